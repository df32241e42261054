import { createHmac } from 'node:crypto';

import type { Phase, Task } from '../tasks';
import { unixSeconds } from '../world';
import { businessId, failure, result } from './answers';
import { newId } from './ids';
import type { ToApisWorld } from './settings';

/** The next ones come after minutes and hours, when no test waits any more. */
const RETRIES_MS = [10_000, 30_000];

/** Tells the user's own server how a task has ended, signed with the secret of the token. */
export function notify(world: ToApisWorld, task: Task, phase: Phase, url: string): void {
	const webhook = world.config().toapisWebhook;
	if (!webhook || (phase !== 'succeeded' && phase !== 'failed')) return;
	const id = newId('evt');
	const now = unixSeconds(world.clock.now());
	const body = JSON.stringify(message(world, task, phase, { id, now }));
	void world.callbacks.tell(task, url, body, {
		headers: () => headers(id, unixSeconds(world.clock.now()), body, webhook.secret),
		delays: RETRIES_MS,
	});
}

/** A repeated event keeps its ID and has a time of its own. */
function headers(id: string, time: number, body: string, secret: string) {
	const signature = createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('hex');
	return {
		'User-Agent': 'ToAPIs-Webhook/1.0',
		'X-ToAPIs-Webhook-Id': id,
		'X-ToAPIs-Webhook-Timestamp': String(time),
		'X-ToAPIs-Webhook-Signature': `v1=${signature}`,
	};
}

function message(
	world: ToApisWorld,
	task: Task,
	phase: 'succeeded' | 'failed',
	{ id, now }: { id: string; now: number },
) {
	const done = phase === 'succeeded';
	return {
		id,
		type: done ? 'generation.completed' : 'generation.failed',
		api_version: 'v1',
		created_at: now,
		data: {
			task_id: task.id,
			...businessId(task),
			task_type: 'video',
			model: task.model,
			status: done ? 'SUCCESS' : 'FAILURE',
			progress: '100%',
			result: done ? result(world, task) : null,
			error: done ? null : failure(task),
			submitted_at: unixSeconds(task.createdAt),
			finished_at: unixSeconds(task.endsAt),
		},
	};
}
