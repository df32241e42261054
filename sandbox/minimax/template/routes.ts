import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

import { SIZES } from '../../hailuo';
import { numericId } from '../../tasks';
import { isRecord, look } from '../../world';
import { succeeded, unknownTask, v1Refusal } from '../answers';
import { callBack } from '../callbacks';
import { authenticate, checkCallback, checkContentAndBalance } from '../checks';
import type { MiniMaxWorld } from '../settings';
import { view, WORDS } from './answers';
import { readOrder } from './checks';

const create = (world: MiniMaxWorld) => async (request: FastifyRequest) => {
	const key = authenticate(request, v1Refusal);
	const { body, price } = readOrder(request.body);
	await checkCallback(world, body.callback_url, v1Refusal);
	const text = (body.text_inputs ?? []).map(({ value }) => value).join('\n');
	checkContentAndBalance(text, key, v1Refusal);
	const task = world.tasks.create({
		id: numericId(),
		vendor: 'minimax',
		kind: 'template',
		key,
		model: body.template_id,
		text,
		request: isRecord(request.body) ? request.body : {},
		...SIZES['720P'],
		seconds: 6,
		price: { amount: price, unit: 'USD' },
	});
	callBack(world, task, body.callback_url, (phase, word) => view(world, task, phase, word));
	return succeeded({ task_id: task.id });
};

interface TaskQuery {
	Querystring: { task_id?: string };
}

const query = (world: MiniMaxWorld) => async (request: FastifyRequest<TaskQuery>) => {
	const key = authenticate(request, v1Refusal);
	const task = world.tasks.find('minimax', key, request.query.task_id ?? '', 'template');
	if (!task) throw unknownTask(v1Refusal);
	const { phase } = look(world, request, task);
	return view(world, task, phase, WORDS[phase], request);
};

export const template =
	(world: MiniMaxWorld): FastifyPluginAsync =>
	async (server) => {
		server.post('/v1/video_template_generation', { config: { step: 'create' } }, create(world));
		server.get<TaskQuery>(
			'/v1/query/video_template_generation',
			{ config: { step: 'status' } },
			query(world),
		);
	};
