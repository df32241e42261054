import type { FastifyPluginAsync } from 'fastify';

import type { Step } from '../steps';
import { entryOf, isRecord, showsStart } from '../world';
import { answer, DOCUMENTATION } from './answers';
import { authenticate } from './checks';
import { type Refusal, TaskRefusal, unsupported } from './refusals';
import type { RunwareWorld } from './settings';
import { TASK_TYPES } from './taskTypes';

/** What an array of tasks does is what its first real task does. */
function stepOf(body: unknown): Step | undefined {
	if (!Array.isArray(body)) return undefined;
	const types = body.filter(isRecord).map((task) => String(task.taskType));
	const type = types.find((one) => one !== 'authentication') ?? '';
	return entryOf(TASK_TYPES, type)?.step;
}

export interface RunwareAnswer {
	status: number;
	body: { data?: unknown[]; errors?: unknown[] };
}

/** Serves an array of tasks, whichever way it came in. `frozen` shows every task as it was at first. */
export function serve(
	world: RunwareWorld,
	tasks: unknown[],
	key: string,
	frozen = false,
): RunwareAnswer {
	const data: unknown[] = [];
	const refusals: Refusal[] = [];
	for (const task of tasks) {
		try {
			if (!isRecord(task)) throw new TaskRefusal(400, 'invalidTask', 'A task must be an object');
			const { items, errors = [] } = typeOf(task).serve(world, { task, key, frozen });
			data.push(...items);
			refusals.push(...errors.map((error) => ({ status: 200, error })));
		} catch (error) {
			if (!(error instanceof TaskRefusal)) throw error;
			refusals.push(addressed(error.refusal, task));
		}
	}
	const [first] = refusals;
	return {
		status: data.length === 0 && first ? first.status : 200,
		body: {
			...((data.length > 0 || !first) && { data }),
			...(first && { errors: refusals.map(({ error }) => error) }),
		},
	};
}

function typeOf({ taskType }: Record<string, unknown>) {
	const type = typeof taskType === 'string' ? entryOf(TASK_TYPES, taskType) : undefined;
	if (type) return type;
	const message = `Task type ${String(taskType)} is not supported`;
	throw unsupported('taskType', message, Object.keys(TASK_TYPES));
}

/** Says in a refusal which task it is for. */
function addressed({ status, error }: Refusal, task: unknown): Refusal {
	const { taskType, taskUUID } = isRecord(task) ? task : {};
	return {
		status,
		error: {
			documentation: DOCUMENTATION,
			...error,
			...(typeof taskType === 'string' && { taskType }),
			...(typeof taskUUID === 'string' && { taskUUID }),
		},
	};
}

export const isAuthentication = (task: unknown): task is Record<string, unknown> =>
	isRecord(task) && task.taskType === 'authentication';

export const routes =
	(world: RunwareWorld): FastifyPluginAsync =>
	async (server) => {
		server.post('/', { config: { step: stepOf } }, async (request, reply) => {
			if (!Array.isArray(request.body)) throw answer('badRequest', '');
			const tasks: unknown[] = request.body;
			const key = authenticate(request, tasks);
			const work = tasks.filter((task) => !isAuthentication(task));
			const { status, body } = serve(world, work, key, showsStart(request));
			return await reply.code(status).send(body);
		});
	};
