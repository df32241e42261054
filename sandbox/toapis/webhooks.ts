import { createHmac } from 'node:crypto';

import type { Phase, Task } from '../tasks';
import { unixSeconds } from '../world';
import { businessId, failure, result } from './answers';
import { newId } from './ids';
import type { ToApisWorld } from './settings';

const RETRIES_MS = [10_000, 30_000];

/** Tells the user's own server how a task has ended, signed with the secret of the token. */
export function notify(world: ToApisWorld, task: Task, phase: Phase, url: string): void {
	const webhook = world.config().toapisWebhook;
	if (!webhook || (phase !== 'succeeded' && phase !== 'failed')) return;
	const id = newId('evt');
	const now = unixSeconds(world.clock.now());
	const body = JSON.stringify(message(world, task, phase, { id, now }));
	const signature = createHmac('sha256', webhook.secret)
		.update(`${id}.${now}.${body}`)
		.digest('hex');
	void world.callbacks.deliver(url, body, {
		headers: {
			'User-Agent': 'ToAPIs-Webhook/1.0',
			'X-ToAPIs-Webhook-Id': id,
			'X-ToAPIs-Webhook-Timestamp': String(now),
			'X-ToAPIs-Webhook-Signature': `v1=${signature}`,
		},
		delays: RETRIES_MS,
	});
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
