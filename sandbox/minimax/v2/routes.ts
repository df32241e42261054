import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

import { type NewTask, numericId, type Task } from '../../tasks';
import { isRecord, look } from '../../world';
import { v2Refusal } from '../answers';
import { authenticate, checkCallback, checkContentAndBalance } from '../checks';
import type { MiniMaxWorld } from '../settings';
import { CONTEXT_USAGE, type Details, view, WORDS } from './answers';
import {
	admit,
	isRecent,
	listOf,
	pageNumber,
	readContext,
	readGeneration,
	readRegeneration,
	refuse,
	requireTask,
} from './checks';
import { sizeOf } from './models';

/** Reference media are not fetched, so nobody knows how long they are. */
const UNKNOWN_MEDIA_SECONDS = 5;
const REGENERATION_USD_PER_SECOND = 0.05;

/** A video from text, as somebody else would order it. */
export function usualV2Task(key: string, model = 'MiniMax-H3'): NewTask {
	const details = detailsOf('generation', { resolution: '768P', ratio: '16:9' });
	return {
		id: numericId(),
		vendor: 'minimax',
		kind: 'v2',
		key,
		model,
		text: '',
		request: {},
		...sizeOf(details.resolution, details.ratio),
		seconds: 5,
		price: { amount: 0.4, unit: 'USD' },
		details: { ...details },
	};
}

const detailsOf = (taskType: Details['taskType'], more: Partial<Details> = {}): Details => ({
	taskType,
	resolution: '',
	ratio: '',
	images: 0,
	inputSeconds: 0,
	audioSeconds: 0,
	...more,
});

interface NewV2Task extends Pick<NewTask, 'model' | 'text' | 'seconds' | 'width' | 'height'> {
	usd: number;
	details: Details;
}

/** The end of every create: the last checks, and the task. */
async function accept(
	world: MiniMaxWorld,
	request: FastifyRequest,
	key: string,
	callbackUrl: string | undefined,
	{ usd, details, ...task }: NewV2Task,
) {
	await checkCallback(world, callbackUrl, v2Refusal);
	checkContentAndBalance(task.text, key, v2Refusal);
	const created = world.tasks.create({
		id: numericId(),
		vendor: 'minimax',
		kind: 'v2',
		key,
		request: isRecord(request.body) ? request.body : {},
		price: { amount: Math.round(usd * 1e6) / 1e6, unit: 'USD' },
		details: { ...details },
		...task,
	});
	if (callbackUrl) callBack(world, created, callbackUrl);
	return { task_id: created.id };
}

/** V2 calls back with what a query shows, whenever its word changes. */
function callBack(world: MiniMaxWorld, task: Task, url: string): void {
	let told = WORDS[world.tasks.phase(task)];
	world.callbacks.watch(task, (phase) => {
		if (WORDS[phase] === told) return;
		told = WORDS[phase];
		void world.callbacks.tell(task, url, JSON.stringify({ task: view(world, task, phase) }));
	});
}

const generate = (world: MiniMaxWorld) => async (request: FastifyRequest) => {
	const key = admit(world, request);
	const { body, inputs, model, perSecond } = readGeneration(world, key, request.body);
	const wanted = inputs.frames > 0 ? 'adaptive' : (body.ratio ?? 'adaptive');
	const ratio = wanted === 'adaptive' ? '16:9' : wanted;
	const inputSeconds = inputs.videos * UNKNOWN_MEDIA_SECONDS;
	const usd =
		perSecond * body.duration +
		Math.max(0, inputs.images - model.freeImages) * model.perImage +
		inputSeconds * (model.perVideoSecond[body.resolution] ?? 0);
	return await accept(world, request, key, body.callback_url, {
		model: body.model,
		text: inputs.text,
		...sizeOf(body.resolution, ratio),
		seconds: body.duration,
		usd,
		details: detailsOf('generation', {
			resolution: body.resolution,
			ratio,
			images: inputs.images,
			inputSeconds,
			audioSeconds: inputs.audios * UNKNOWN_MEDIA_SECONDS,
		}),
	});
};

const describeContext = (world: MiniMaxWorld) => async (request: FastifyRequest) => {
	const key = admit(world, request);
	const { body, inputs } = readContext(world, key, request.body);
	// Per million tokens: 0.90 in, 3.60 out.
	const { prompt_tokens: tokensIn, completion_tokens: tokensOut } = CONTEXT_USAGE;
	return await accept(world, request, key, body.callback_url, {
		model: body.model,
		text: inputs.text,
		...sizeOf('768P', '16:9'),
		seconds: body.duration,
		usd: (tokensIn * 0.9 + tokensOut * 3.6) / 1e6,
		details: detailsOf('h3_context_ir', {
			ratio: body.ratio ?? 'adaptive',
			images: inputs.images,
		}),
	});
};

const regenerate = (world: MiniMaxWorld) => async (request: FastifyRequest) => {
	const key = admit(world, request);
	const { body, source, text } = readRegeneration(world, key, request.body);
	const seconds = source?.seconds ?? UNKNOWN_MEDIA_SECONDS;
	return await accept(world, request, key, body.callback_url, {
		model: body.model,
		text,
		...sizeOf('2K', '16:9'),
		seconds,
		usd: REGENERATION_USD_PER_SECOND * seconds,
		details: detailsOf('regeneration', { resolution: '2K' }),
	});
};

interface OneTask {
	Params: { id: string };
}

const query = (world: MiniMaxWorld) => async (request: FastifyRequest<OneTask>) => {
	const key = authenticate(request, v2Refusal);
	const task = requireTask(world, key, request.params.id);
	return { task: view(world, task, look(world, request, task).phase, request) };
};

interface ListQuery {
	Querystring: Record<string, unknown>;
}

const list = (world: MiniMaxWorld) => async (request: FastifyRequest<ListQuery>) => {
	const key = authenticate(request, v2Refusal);
	const { query } = request;
	const page = pageNumber(query.page_num, 'page_num', 1, 1_000_000);
	const pageSize = pageNumber(query.page_size, 'page_size', 20, 100);
	const filter = (name: string): ((value: string) => boolean) => {
		const wanted = listOf(query[`filter.${name}`]);
		return (value) => wanted.length === 0 || wanted.includes(value);
	};
	const [hasStatus, hasId] = [filter('status'), filter('task_ids')];
	const [hasModel, hasType] = [filter('model'), filter('task_type')];
	const found = world.tasks
		.list('minimax', key, 'v2')
		.filter((task) => isRecent(world, task))
		.map((task) => ({ task, phase: look(world, request, task).phase }))
		.filter(
			({ task, phase }) =>
				hasStatus(WORDS[phase]) &&
				hasId(task.id) &&
				hasModel(task.model) &&
				hasType(String(task.details?.taskType)),
		);
	const start = (page - 1) * pageSize;
	return {
		items: found
			.slice(start, start + pageSize)
			.map(({ task, phase }) => view(world, task, phase, request)),
		total: found.length,
	};
};

/** Cancels what waits, deletes what is over. */
const remove = (world: MiniMaxWorld) => async (request: FastifyRequest<OneTask>) => {
	const key = authenticate(request, v2Refusal);
	const task = requireTask(world, key, request.params.id);
	const word = WORDS[world.tasks.phase(task)];
	if (word === 'running' || word === 'cancelled') {
		throw refuse(`a ${word} task cannot be cancelled or deleted`);
	}
	const action = word === 'queued' ? 'cancelled' : 'deleted';
	if (action === 'cancelled') world.tasks.cancel(task);
	else world.tasks.remove(task);
	return { task_id: task.id, action, status: action };
};

export const v2 =
	(world: MiniMaxWorld): FastifyPluginAsync =>
	async (server) => {
		const creating = { config: { step: 'create' } } as const;
		server.post('/v2/video_generation', creating, generate(world));
		server.post('/v2/h3_context_ir', creating, describeContext(world));
		server.post('/v2/video_regeneration', creating, regenerate(world));
		const path = '/v2/query/video_generation';
		server.get<OneTask>(`${path}/:id`, { config: { step: 'status' } }, query(world));
		server.get<ListQuery>(path, { config: { step: 'list' } }, list(world));
		server.delete<OneTask>(
			'/v2/video_generation/:id',
			{ config: { step: 'cancel' } },
			remove(world),
		);
	};
