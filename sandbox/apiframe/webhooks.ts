import { createHash, createHmac } from 'node:crypto';

import type { Phase, Task } from '../tasks';
import { view } from './answers';
import type { Order } from './checks';
import type { ApiframeWorld } from './settings';

/** Tells the user's own server of the events that it asked for, signed with the hash of the key. */
export function notify(world: ApiframeWorld, task: Task, phase: Phase, order: Order): void {
	const event = { running: 'progress', succeeded: 'completed', failed: 'failed' }[
		phase as 'running' | 'succeeded' | 'failed'
	];
	const { webhookUrl, webhookEvents } = order;
	if (!event || !webhookUrl || (webhookEvents && !webhookEvents.includes(event as never))) return;
	const { status, progress, result, model, creditCost, completedAt, error } = view(
		world,
		task,
		phase,
		world.tasks.progress(task),
	);
	const head = { event, jobId: task.id, status };
	const body = JSON.stringify(
		event === 'completed'
			? { ...head, progress, result, model, creditCost, completedAt }
			: event === 'failed'
				? { ...head, error, model }
				: { ...head, progress, model },
	);
	const secret = createHash('sha256').update(task.key).digest();
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	void world.callbacks
		.tell(task, webhookUrl, body, {
			headers: () => ({
				'X-Webhook-Signature': `sha256=${signature}`,
				'X-Webhook-Event': event,
			}),
		})
		.then((delivered) => {
			task.details = { webhookStatus: delivered ? 'delivered' : 'failed' };
		});
}
