import { VendorError, vendorErrorOf } from '../../video/failure';
import type { Connection, HttpRequest } from '../../video/host';
import type { JsonAnswer } from '../../video/http';
import { exchange, read } from '../../video/http';
import type { MediaFile } from '../../video/media';
import type {
	CreateRequest,
	Recovery,
	StatusAnswer,
	TaskFilter,
	TaskPage,
} from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { formatReference } from '../../video/reference';
import { megabyte, sizeText } from '../../video/size';
import type { VideoTask } from '../../video/task';
import { decode, statusOf, withoutLink, wordOf } from './decode';
import { modelId, modelName } from './encode';
import { errorIn, vendor } from './errors';
import { createdSchema, createSchema, jobSchema, listedSchema, uploadedSchema } from './wire';

type Call = Pick<HttpRequest, 'method' | 'headers' | 'json' | 'form'> & { path: string };

/** Throws VendorError for every answer that is not a success. */
async function call(connection: Connection, { path, ...request }: Call): Promise<JsonAnswer> {
	const url = `${connection.baseUrl}${path}`;
	const answer = await exchange(connection, { ...request, url }, { vendor });
	const error = errorIn(answer);
	if (error) throw error;
	return answer;
}

export async function create(
	connection: Connection,
	{ kind, path, headers, body }: CreateRequest,
): Promise<VideoTask> {
	const answer = await call(connection, { method: 'POST', path, headers, json: body });
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
	return await Promise.all(
		references.map(async (reference) => await askOne(connection, reference).catch(vendorErrorOf)),
	);
}

async function askOne(connection: Connection, reference: TaskReference): Promise<VideoTask> {
	const path = `/v2/jobs/${encodeURIComponent(reference.id)}`;
	const task = decode(read(jobSchema, await call(connection, { method: 'GET', path }), vendor));
	if (task.status === 'completed' && task.videos.length === 0) throw withoutLink();
	return { ...task, reference };
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
	const query = new URLSearchParams({
		limit: String(pageSize),
		...(word && { status: word }),
		...(filter.model && { model: modelId(filter.model) }),
		...(page && { cursor: page }),
	});
	const path = `/v2/jobs?${query.toString()}`;
	const answer = await call(connection, { method: 'GET', path });
	const { jobs, nextCursor: next } = read(listedSchema, answer, vendor);
	const tasks = jobs.filter(({ model }) => /^hailuo/i.test(model ?? '')).map(decode);
	const oldest = jobs[jobs.length - 1]?.createdAt;
	const isPast =
		filter.createdAfter !== undefined && Date.parse(oldest ?? '') < filter.createdAfter;
	return {
		tasks: tasks.filter((task) => isWanted(task, filter)),
		...(next && !isPast && { next }),
	};
}

function isWanted(task: VideoTask, { status: wanted, createdAfter }: TaskFilter): boolean {
	if (wanted && task.status !== wanted) return false;
	return (
		createdAfter === undefined || !task.createdAt || Date.parse(task.createdAt) >= createdAfter
	);
}

/** The clocks of the two sides may differ by so much. */
const clockDifferenceMs = 30_000;

/**
 * Sends the same create once more: under its Idempotency-Key it gives the job of the first one.
 * With a newly uploaded image the body is another one, which the vendor refuses; then the job is
 * looked up in the list.
 */
export async function recover(
	connection: Connection,
	request: CreateRequest,
	sentAt: number,
	taken: ReadonlySet<string>,
): Promise<Recovery> {
	const found = await create(connection, request).catch(conflict);
	if (found) return { found };
	const { model } = createSchema.parse(request.body);
	const { tasks } = await listTasks(connection, {
		model: modelName(model),
		createdAfter: sentAt - clockDifferenceMs,
	});
	const candidates = tasks.filter(({ reference }) => !taken.has(formatReference(reference)));
	if (candidates.length === 1) return { found: candidates[0] };
	const references = candidates.map(({ reference }) => formatReference(reference)).join(', ');
	return { unclear: references && `One of these tasks may be it: ${references}.` };
}

function conflict(cause: unknown): undefined {
	if (cause instanceof VendorError && cause.status === 409) return undefined;
	throw cause;
}

/** Megabytes by kind. Source: `POST /v2/uploads` of https://api.apiframe.ai/v2/openapi.json */
const uploadCaps: Readonly<Record<string, number>> = { image: 25, audio: 25, video: 50 };

/** Uploads an image of at most 25 MB; gives its link, which lives for about an hour. */
export async function upload(connection: Connection, file: MediaFile): Promise<string> {
	const cap = uploadCaps[file.mimeType.split('/')[0]] ?? 0;
	if (file.size > cap * megabyte) {
		throw new VendorError({
			category: 'input',
			outcome: 'refused',
			message: cap
				? `The file “${file.name}” has ${sizeText(file.size)}. ${vendor} takes uploads up to ${cap} MB`
				: `The file “${file.name}” is of the type ${file.mimeType}, which ${vendor} does not take`,
			advice: 'Use another file, or give a public link to it.',
		});
	}
	const form = new FormData();
	form.append('file', new Blob([await file.read()], { type: file.mimeType }), file.name);
	const answer = await call(connection, { method: 'POST', path: '/v2/uploads', form });
	return read(uploadedSchema, answer, vendor).url;
}
