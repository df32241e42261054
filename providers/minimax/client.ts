import { VendorError, vendorErrorOf } from '../../video/failure';
import type { Connection, HttpRequest } from '../../video/host';
import type { JsonAnswer } from '../../video/http';
import { exchange, read, vendorError } from '../../video/http';
import type {
	CreateRequest,
	Recovery,
	StatusAnswer,
	TaskFilter,
	TaskPage,
} from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { formatReference } from '../../video/reference';
import type { TaskStatus, VideoTask } from '../../video/task';
import { decodeV1, decodeV2, linkExpiry, statusOf, withoutLink } from './decode';
import { errorIn, vendor } from './errors';
import {
	cancelledSchema,
	createdSchema,
	createV2Schema,
	listedV2Schema,
	queriedV1Schema,
	queriedV2Schema,
	retrievedSchema,
} from './wire';

type Call = Pick<HttpRequest, 'method' | 'json'> & {
	path: string;
	query?: readonly (readonly [string, string])[];
};

/** Throws VendorError for every answer that is not a success. */
async function call(
	connection: Connection,
	{ path, query = [], ...request }: Call,
): Promise<JsonAnswer> {
	const search = new URLSearchParams(
		query.map(([name, value]): [string, string] => [name, value]),
	).toString();
	const url = `${connection.baseUrl}${path}${search && `?${search}`}`;
	const answer = await exchange(connection, { ...request, url }, { vendor });
	const error = errorIn(answer);
	if (error) throw error;
	return answer;
}

export async function create(connection: Connection, request: CreateRequest): Promise<VideoTask> {
	const answer = await call(connection, { method: 'POST', path: request.path, json: request.body });
	const { task_id: id } = read(createdSchema, answer, vendor);
	return {
		reference: { provider: 'minimax', kind: request.kind, id },
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
	return await Promise.all(
		references.map(async (reference) => {
			try {
				return listed.get(reference.id) ?? (await askOne(connection, reference));
			} catch (cause) {
				return vendorErrorOf(cause);
			}
		}),
	);
}

async function askOne(connection: Connection, reference: TaskReference): Promise<VideoTask> {
	if (reference.kind === 'v2') {
		const path = `/v2/query/video_generation/${encodeURIComponent(reference.id)}`;
		const answer = await call(connection, { method: 'GET', path });
		return complete(decodeV2(read(queriedV2Schema, answer, vendor).task));
	}
	const template = reference.kind === 'template';
	const answer = await queryV1(
		connection,
		template ? '/v1/query/video_template_generation' : '/v1/query/video_generation',
		reference.id,
	);
	const task = decodeV1(reference, answer, connection.host.now());
	if (template || task.status !== 'completed') return complete(task);
	const url = await retrieveLink(connection, answer.file_id);
	return { ...task, videos: [{ url, expiresAt: linkExpiry('v1', connection.host.now()) }] };
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

function complete(task: VideoTask): VideoTask {
	if (task.status === 'completed' && task.videos.length === 0) throw withoutLink();
	return task;
}

async function retrieveLink(connection: Connection, fileId = ''): Promise<string> {
	if (fileId === '') throw withoutLink();
	const answer = await call(connection, {
		method: 'GET',
		path: '/v1/files/retrieve',
		query: [['file_id', fileId]],
	});
	const { download_url: url, backup_download_url: backup } = read(
		retrievedSchema,
		answer,
		vendor,
	).file;
	const link = url || backup;
	if (!link) throw withoutLink();
	// The page's sample has no scheme.
	return /^https?:\/\//i.test(link) ? link : `https://${link}`;
}

/** Tasks that the list does not hold are left to single questions. */
async function askList(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<ReadonlyMap<string, VideoTask>> {
	const wanted = new Set(references.map(({ id }) => id));
	try {
		const answer = await call(connection, {
			method: 'GET',
			path: '/v2/query/video_generation',
			query: [
				['page_num', '1'],
				['page_size', String(references.length)],
				...references.map(({ id }) => ['filter.task_ids', id] as const),
			],
		});
		const tasks = read(listedV2Schema, answer, vendor).items.map(decodeV2);
		const usable = tasks.filter(
			(task) =>
				wanted.has(task.reference.id) && (task.status !== 'completed' || task.videos.length > 0),
		);
		return new Map(usable.map((task) => [task.reference.id, task]));
	} catch (cause) {
		// How the list takes several IDs is not documented in full: fall back to one question each.
		if (cause instanceof VendorError && cause.category === 'input') return new Map();
		throw vendorErrorOf(cause);
	}
}

const pageSize = 50;

const statusWords: Partial<Record<TaskStatus, string>> = {
	queued: 'queued',
	processing: 'running',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

/** GET /v2/query/video_generation: H3 tasks of the last 7 days, newest first. */
export async function listTasks(
	connection: Connection,
	filter: TaskFilter,
	page = '1',
): Promise<TaskPage> {
	const word = filter.status && statusWords[filter.status];
	const answer = await call(connection, {
		method: 'GET',
		path: '/v2/query/video_generation',
		query: [
			['page_num', page],
			['page_size', String(pageSize)],
			...(word ? [['filter.status', word] as const] : []),
			...(filter.model ? [['filter.model', filter.model] as const] : []),
		],
	});
	const { items, total } = read(listedV2Schema, answer, vendor);
	const videos = items.filter(
		({ task_type: type }) => type === undefined || type !== 'h3_context_ir',
	);
	const tasks = videos.map(decodeV2).filter((task) => isWanted(task, filter));
	const last = items.length < pageSize || (total !== undefined && Number(page) * pageSize >= total);
	return { tasks, ...(!last && { next: String(Number(page) + 1) }) };
}

function isWanted(task: VideoTask, { status: wanted, createdAfter }: TaskFilter): boolean {
	if (wanted && task.status !== wanted) return false;
	return (
		createdAfter === undefined || !task.createdAt || Date.parse(task.createdAt) >= createdAfter
	);
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

/** The clocks of the two sides may differ by so much. */
const clockDifferenceMs = 30_000;

/**
 * Looks a lost create up in the list (second generation only: the first has none). A task of the
 * same model and output, made since we sent the request and not yet ours, is taken for it.
 */
export async function recover(
	connection: Connection,
	{ kind, body }: CreateRequest,
	sentAt: number,
	taken: ReadonlySet<string>,
): Promise<Recovery> {
	if (kind !== 'v2') return { unclear: '' };
	const sent = createV2Schema.parse(body);
	const createdAfter = Math.floor((sentAt - clockDifferenceMs) / 1000) * 1000;
	const { tasks } = await listTasks(connection, { model: sent.model, createdAfter });
	const candidates = tasks.filter(
		(task) =>
			!taken.has(formatReference(task.reference)) &&
			(task.durationSeconds === undefined || task.durationSeconds === sent.duration) &&
			(task.resolution === undefined || task.resolution === sent.resolution),
	);
	if (candidates.length === 0) return { notCreated: true };
	if (candidates.length === 1) return { found: { ...candidates[0], status: 'queued', videos: [] } };
	const references = candidates.map(({ reference }) => formatReference(reference)).join(', ');
	return { unclear: `One of these tasks may be it: ${references}.` };
}
