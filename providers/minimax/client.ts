import { VendorError, vendorErrorOf } from '../../video/failure';
import { askEach, endpoint, type EndpointRequest } from '../../video/endpoint';
import type { Connection } from '../../video/host';
import { read, vendorError } from '../../video/answerErrors';
import { exchange } from '../../video/http';
import { fits, madeDuring, newestOf, reachesBack } from '../../video/listing';
import type {
	CreateRequest,
	Recovery,
	StatusAnswer,
	TaskFilter,
	TaskPage,
	TimeSpan,
} from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { TaskStatus, VideoTask } from '../../video/task';
import { decodeV1, decodeV2, statusOf, videosAt } from './decode';
import { errorIn, vendor } from './errors';
import {
	cancelledSchema,
	createdSchema,
	createV2Schema,
	listedV2Schema,
	queriedV1Schema,
	queriedV2Schema,
	retrievedSchema,
	tasksV2Schema,
} from './wire';

const call = endpoint(vendor, errorIn);

export async function create(
	connection: Connection,
	{ kind, path, body }: CreateRequest,
): Promise<VideoTask> {
	const answer = await call(connection, { method: 'POST', path, json: body, creates: true });
	const { task_id: id } = read(createdSchema, answer, vendor);
	return {
		reference: { provider: 'minimax', kind, id },
		status: 'queued',
		videos: [],
		createdAt: new Date(connection.host.now()).toISOString(),
		raw: answer.body,
	};
}

export async function status(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<readonly StatusAnswer[]> {
	const v2 = references.filter(({ kind }) => kind === 'v2');
	const listed = v2.length > 1 ? await askList(connection, v2) : new Map<string, VideoTask>();
	return await askEach(
		references,
		async (reference) =>
			(reference.kind === 'v2' ? listed.get(reference.id) : undefined) ??
			(await askOne(connection, reference)),
	);
}

async function askOne(connection: Connection, reference: TaskReference): Promise<VideoTask> {
	if (reference.kind === 'v2') {
		const path = `/v2/query/video_generation/${encodeURIComponent(reference.id)}`;
		const answer = await call(connection, { method: 'GET', path });
		return { ...decodeV2(read(queriedV2Schema, answer, vendor).task), reference };
	}
	const template = reference.kind === 'template';
	const answer = await queryV1(
		connection,
		template ? '/v1/query/video_template_generation' : '/v1/query/video_generation',
		reference.id,
	);
	const task = decodeV1(reference, answer, connection.host.now());
	if (template || task.status !== 'completed' || answer.file_id === undefined) return task;
	const links = await retrieveLinks(connection, answer.file_id);
	const [first = [], second = []] = links.map((link) =>
		videosAt(link, 'v1', connection.host.now()),
	);
	return { ...task, videos: first.length > 0 ? first : second };
}

/**
 * The one place where a code that is not 0 may be a task's fate and not an error of the request:
 * with the status Fail, or with a content code.
 */
async function queryV1(connection: Connection, path: string, id: string) {
	const url = `${connection.baseUrl}${path}?${new URLSearchParams({ task_id: id }).toString()}`;
	const answer = await exchange(connection, { method: 'GET', url }, { vendor });
	const query = queriedV1Schema.safeParse(answer.body);
	const word = query.success ? query.data.status : undefined;
	if (query.success && word && statusOf(word) === 'failed') return query.data;
	const error = errorIn(answer);
	if (error?.category === 'content' && query.success) return { ...query.data, status: 'Fail' };
	if (error) throw error;
	const data = read(queriedV1Schema, answer, vendor);
	if (data.status === undefined) throw vendorError(answer, unknownAnswer);
	return data;
}

const unknownAnswer = {
	category: 'server',
	what: 'MiniMax answered without a status',
	advice: 'Ask again later with Hailuo Query Task.',
} as const;

async function retrieveLinks(connection: Connection, fileId: string) {
	const answer = await call(connection, {
		method: 'GET',
		path: '/v1/files/retrieve',
		query: [['file_id', fileId]],
	});
	const { file } = read(retrievedSchema, answer, vendor);
	return [file?.download_url, file?.backup_download_url];
}

/** Tasks that the list does not hold are left to single questions. */
async function askList(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<ReadonlyMap<string, VideoTask>> {
	const wanted = new Set(references.map(({ id }) => id));
	try {
		const { tasks } = await askPage(connection, [
			['page_num', '1'],
			['page_size', String(references.length)],
			...references.map(({ id }) => ['filter.task_ids', id] as const),
		]);
		const own = tasks.filter(({ reference }) => wanted.has(reference.id));
		return new Map(own.map((task) => [task.reference.id, task]));
	} catch (cause) {
		// How the list takes several IDs is not documented in full, and one ID that it does not know
		// may spoil all: fall back to one question each.
		const error = vendorErrorOf(cause);
		if (error.category === 'input' || error.category === 'notFound') return new Map();
		throw error;
	}
}

/** GET /v2/query/video_generation. Also says how many items there were, readable or not. */
async function askPage(
	connection: Connection,
	query: EndpointRequest['query'],
): Promise<{ tasks: VideoTask[]; count: number; unreadable: number; total?: number }> {
	const answer = await call(connection, {
		method: 'GET',
		path: '/v2/query/video_generation',
		query,
	});
	const { items, total } = read(listedV2Schema, answer, vendor);
	const readable = tasksV2Schema.parse(items);
	const videos = readable.filter(({ task_type: type }) => type !== 'h3_context_ir');
	return {
		tasks: videos.map(decodeV2),
		count: items.length,
		unreadable: items.length - readable.length,
		total,
	};
}

const pageSize = 50;

const statusWords: Partial<Record<TaskStatus, string>> = {
	queued: 'queued',
	processing: 'running',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

/** H3 tasks of the last 7 days, newest first. */
export async function listTasks(
	connection: Connection,
	filter: TaskFilter,
	page = '1',
): Promise<TaskPage & { unreadable: number }> {
	const word = filter.status && statusWords[filter.status];
	const { tasks, count, unreadable, total } = await askPage(connection, [
		['page_num', page],
		['page_size', String(pageSize)],
		['filter.status', word],
		['filter.model', filter.model],
	]);
	// The vendor's times have whole seconds.
	const { createdAfter = -Infinity } = filter;
	const wanted = { ...filter, createdAfter: Math.floor(createdAfter / 1000) * 1000 };
	const seen = (Number(page) - 1) * pageSize + count;
	// A short page is not the last one where the total says that there is more.
	const isLast = count === 0 || (total === undefined ? count < pageSize : seen === total);
	const ends = isLast || reachesBack(tasks, wanted);
	return {
		tasks: tasks.filter((task) => fits(task, wanted)),
		...newestOf(tasks),
		unreadable,
		...(!ends && { next: String(Number(page) + 1) }),
	};
}

/** DELETE cancels a queued task; it would delete the record of a finished one, so look first. */
export async function cancel(connection: Connection, reference: TaskReference): Promise<VideoTask> {
	const before = await askOne(connection, reference);
	if (before.status !== 'queued') {
		throw new VendorError({
			category: 'input',
			outcome: 'refused',
			message: `The task is ${before.status}. MiniMax cancels queued tasks only`,
			advice:
				before.status === 'processing' ? 'Wait until it is done.' : 'Nothing is left to cancel.',
		});
	}
	const path = `/v2/video_generation/${encodeURIComponent(reference.id)}`;
	const answer = await call(connection, { method: 'DELETE', path });
	const { status: word = 'cancelled' } = read(cancelledSchema, answer, vendor);
	return { ...before, status: statusOf(word), raw: answer.body };
}

/**
 * Looks for a lost create in the list (second generation only: the first has none). What may be it
 * are all tasks with the same model and output that were made meanwhile.
 */
export async function recover(
	connection: Connection,
	{ kind, body }: CreateRequest,
	sent: TimeSpan,
): Promise<Recovery> {
	if (kind !== 'v2') return { unclear: '' };
	const { model, duration, resolution } = createV2Schema.parse(body);
	let unreadable = 0;
	// Without the list's own filter: it would hide tasks whose model is written in another way.
	const tasks = await madeDuring(sent, async (filter, page) => {
		const found = await listTasks(connection, filter, page);
		unreadable += found.unreadable;
		return found;
	});
	const candidates = tasks?.filter(
		(task) =>
			isSame(task.model, model) &&
			isSame(task.resolution, resolution) &&
			Math.round(task.durationSeconds ?? duration) === duration,
	);
	if (candidates === undefined || (candidates.length === 0 && unreadable > 0)) {
		return { unclear: '' };
	}
	return candidates.length > 0 ? { candidates } : { notCreated: true };
}

/** What a task does not say may be the same. */
function isSame(found: string | undefined, wanted: string): boolean {
	return (found ?? wanted).toLowerCase() === wanted.toLowerCase();
}
