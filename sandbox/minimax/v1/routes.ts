import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

import { hailuoPrice, SIZES } from '../../hailuo';
import { fileId, type NewTask, numericId } from '../../tasks';
import { isRecord, look } from '../../world';
import { succeeded, unknownTask, v1Refusal } from '../answers';
import { callBack } from '../callbacks';
import { authenticate, checkCallback, checkContentAndBalance } from '../checks';
import type { MiniMaxWorld } from '../settings';
import { view, WORDS } from './answers';
import { DEFAULT_SECONDS, readOrder } from './checks';

/** What every V1 task is made of. */
function newTask(key: string, model: string, resolution: string, seconds: number) {
	return {
		id: numericId(),
		vendor: 'minimax',
		kind: 'v1',
		key,
		model,
		...SIZES[resolution],
		seconds,
		price: { amount: hailuoPrice(model, resolution, seconds), unit: 'USD' as const },
		details: { fileId: fileId() },
	};
}

/** A video from text, as somebody else would order it. */
export const usualV1Task = (key: string, model = 'MiniMax-Hailuo-2.3'): NewTask => ({
	...newTask(key, model, '768P', DEFAULT_SECONDS),
	text: '',
	request: {},
});

const create = (world: MiniMaxWorld) => async (request: FastifyRequest) => {
	const key = authenticate(request, v1Refusal);
	if (!world.limits.take('minimaxV1', key).allowed) throw v1Refusal('rateLimit');
	const { body, resolution, seconds } = readOrder(request.body);
	const text = body.prompt ?? '';
	await checkCallback(world, body.callback_url, v1Refusal);
	checkContentAndBalance(text, key, v1Refusal);
	const task = world.tasks.create({
		...newTask(key, body.model, resolution, seconds),
		text,
		request: isRecord(request.body) ? request.body : {},
	});
	callBack(world, task, body.callback_url, (phase, word) => view(task, phase, word));
	return succeeded({ task_id: task.id });
};

interface TaskQuery {
	Querystring: { task_id?: string };
}

const query = (world: MiniMaxWorld) => async (request: FastifyRequest<TaskQuery>) => {
	const key = authenticate(request, v1Refusal);
	const task = world.tasks.find('minimax', key, request.query.task_id ?? '', 'v1');
	if (!task) throw unknownTask(v1Refusal);
	const { phase } = look(world, request, task);
	return view(task, phase, WORDS[phase]);
};

export const v1 =
	(world: MiniMaxWorld): FastifyPluginAsync =>
	async (server) => {
		server.post('/v1/video_generation', { config: { step: 'create' } }, create(world));
		server.get<TaskQuery>(
			'/v1/query/video_generation',
			{ config: { step: 'status' } },
			query(world),
		);
	};
