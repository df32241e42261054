import { endpoint, askEach } from '../../video/endpoint';
import { VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import { read } from '../../video/answerErrors';
import { fits, madeDuring, newestOf, reachesBack } from '../../video/listing';
import type { MediaFile } from '../../video/media';
import type {
	CreateRequest,
	Recovery,
	StatusAnswer,
	TaskFilter,
	TaskPage,
	TimeSpan,
} from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { VideoTask } from '../../video/task';
import { refusedFile, uploadForm } from '../uploads';
import { decode, statusOf, wordOf } from './decode';
import { modelId, modelName } from './encode';
import { errorIn, vendor } from './errors';
import { createdSchema, createSchema, jobSchema, listedSchema, uploadedSchema } from './wire';

const call = endpoint(vendor, errorIn);

export async function create(
	connection: Connection,
	{ kind, path, headers, body }: CreateRequest,
): Promise<VideoTask> {
	const request = { method: 'POST', path, headers, json: body, creates: true } as const;
	const answer = await call(connection, request);
	const { jobId: id, status: word = 'QUEUED' } = read(createdSchema, answer, vendor);
	return {
		reference: { provider: 'apiframe', kind, id },
		// A replay may name a finished job, whose result only its own page has.
		status: statusOf(word) === 'queued' ? 'queued' : 'processing',
		videos: [],
		createdAt: new Date(connection.host.now()).toISOString(),
		raw: answer.body,
	};
}

export async function status(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<readonly StatusAnswer[]> {
	return await askEach(references, async (reference) => {
		const path = `/v2/jobs/${encodeURIComponent(reference.id)}`;
		const answer = await call(connection, { method: 'GET', path });
		return { ...decode(read(jobSchema, answer, vendor)), reference };
	});
}

/** What one call may ask for at most. */
const pageSize = 100;

/** GET /v2/jobs: the Hailuo jobs of the key, newest first. */
export async function listTasks(
	connection: Connection,
	filter: TaskFilter,
	page?: string,
): Promise<TaskPage> {
	const word = filter.status && wordOf(filter.status);
	const wanted = filter.model && modelId(filter.model);
	const answer = await call(connection, {
		method: 'GET',
		path: '/v2/jobs',
		query: [
			['limit', String(pageSize)],
			['status', word],
			['model', wanted],
			['cursor', page],
		],
	});
	const { jobs, nextCursor: next } = read(listedSchema, answer, vendor);
	const all = jobs.map(decode);
	const ends = next === undefined || reachesBack(all, filter);
	const own = jobs.filter(({ model = wanted ?? '' }) =>
		wanted ? model.toLowerCase() === wanted.toLowerCase() : /^hailuo/i.test(model),
	);
	return {
		tasks: own.map(decode).filter((task) => fits(task, filter)),
		...newestOf(all),
		...(!ends && { next }),
	};
}

/**
 * Sends the same create once more: under its Idempotency-Key it gives the job of the first one.
 * With a newly uploaded image the body is another one, which the vendor refuses; then the job is
 * one of those in the list.
 */
export async function recover(
	connection: Connection,
	request: CreateRequest,
	sent: TimeSpan,
): Promise<Recovery> {
	const found = await create(connection, request).catch(duplicate);
	if (found) return { found };
	const model = modelName(createSchema.parse(request.body).model);
	const candidates = await madeDuring(
		sent,
		async (filter, page) => await listTasks(connection, { ...filter, model }, page),
	);
	return candidates?.length ? { candidates } : { unclear: '' };
}

function duplicate(cause: unknown): undefined {
	if (cause instanceof VendorError && cause.category === 'duplicate') return undefined;
	throw cause;
}

/** Megabytes by kind. Source: `POST /v2/uploads` of https://api.apiframe.ai/v2/openapi.json */
const uploadCaps: Readonly<Record<string, number>> = { image: 25, audio: 25, video: 50 };

/** Uploads an image of at most 25 MB; gives its link, which lives for about an hour. */
export async function upload(connection: Connection, file: MediaFile): Promise<string> {
	const advice = 'Use another file, or give a public link to it.';
	const megabytes = uploadCaps[file.mimeType.split('/')[0]];
	if (!megabytes) {
		const why = `is of the type ${file.mimeType}, which ${vendor} does not take`;
		throw refusedFile(file, why, advice);
	}
	const form = await uploadForm(file, { vendor, megabytes, advice });
	const answer = await call(connection, { method: 'POST', path: '/v2/uploads', form });
	return read(uploadedSchema, answer, vendor);
}
