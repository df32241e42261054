import { nearestClip } from '../clips';
import type { Task } from '../tasks';
import { outcomes } from './answers';
import type { VideoTask } from './checks';
import type { RunwareWorld } from './settings';

const RETRIES_MS = [250, 500, 1000, 2000, 4000, 8000];

/** Webhooks and uploads of the finished results. */
export function announce(
	world: RunwareWorld,
	task: Task,
	{ webhookURL, uploadEndpoint, numberResults }: VideoTask,
): void {
	if (!webhookURL && !uploadEndpoint) return;
	world.callbacks.watch(task, (phase) => {
		if (phase !== 'succeeded' && phase !== 'failed') return;
		if (uploadEndpoint && phase === 'succeeded') {
			const { bytes } = nearestClip(task);
			void world.callbacks.deliver(uploadEndpoint, bytes, { method: 'PUT' });
		}
		for (let index = 0; webhookURL && index < numberResults; index += 1) {
			const { items, errors } = outcomes(world, task, [index]);
			const body = items.length > 0 ? { data: items } : { errors };
			void world.callbacks.tell(task, webhookURL, JSON.stringify(body), { delays: RETRIES_MS });
		}
	});
}
