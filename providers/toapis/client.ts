import { endpoint, askEach } from '../../video/endpoint';
import type { Connection } from '../../video/host';
import { read } from '../../video/answerErrors';
import type { MediaFile } from '../../video/media';
import type { CreateRequest, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { VideoTask } from '../../video/task';
import { refusedFile, uploadForm } from '../uploads';
import { decode } from './decode';
import { errorIn, vendor } from './errors';
import { taskSchema, uploadedSchema } from './wire';

const call = endpoint(vendor, errorIn);

export async function create(
	connection: Connection,
	{ path, body }: CreateRequest,
): Promise<VideoTask> {
	const answer = await call(connection, { method: 'POST', path, json: body, creates: true });
	const task = decode(read(taskSchema, answer, vendor));
	// A create that seems to be finished at once is looked at like any other.
	return task.status === 'completed' ? { ...task, status: 'processing', videos: [] } : task;
}

export async function status(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<readonly StatusAnswer[]> {
	return await askEach(references, async (reference) => {
		const path = `/v1/videos/generations/${encodeURIComponent(reference.id)}`;
		const answer = await call(connection, { method: 'GET', path });
		return { ...decode(read(taskSchema, answer, vendor)), reference };
	});
}

/** Sources: https://docs.toapis.com/docs/en/api-reference/uploads/images and .../uploads/videos */
const uploads: Readonly<Record<string, { path: string; megabytes: number }>> = {
	image: { path: '/v1/uploads/images', megabytes: 10 },
	video: { path: '/v1/uploads/videos', megabytes: 50 },
};

/** Uploads an image of at most 10 MB or a video of at most 50 MB; gives its link. */
export async function upload(connection: Connection, file: MediaFile): Promise<string> {
	const target = uploads[file.mimeType.split('/')[0]];
	if (!target) {
		throw refusedFile(
			file,
			`is of the type ${file.mimeType}, for which ${vendor} has no upload`,
			'Give a public link to the file instead.',
		);
	}
	const { path, megabytes } = target;
	const advice = 'Use a smaller file, or give a public link to it.';
	const form = await uploadForm(file, { vendor, megabytes, advice });
	const answer = await call(connection, { method: 'POST', path, form });
	return read(uploadedSchema, answer, vendor);
}
