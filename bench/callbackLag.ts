import { setTimeout as sleep } from 'node:timers/promises';
import { orderWithCallbacks } from '../harness/n8n/callbackOrders';
import { executionsOf } from '../harness/n8n/events';
import { itemsOf } from '../harness/n8n/workflows';
import type { QueueLab } from './queueLab';

/** Ordering them takes less than the first one renders; then they end one after the other. */
const seconds = { first: 120, last: 240 };

/**
 * Seconds from the end of each task to the start of the execution that its callback fires: a call of
 * the vendor, the question to it, n8n's queue.
 */
export async function measureCallbackLag(lab: QueueLab, count: number): Promise<number[]> {
	const { cluster, session } = lab;
	const secondsOf = (index: number) =>
		seconds.first + ((seconds.last - seconds.first) * index) / count;
	const { url } = cluster.webhook;
	const orders = await orderWithCallbacks(session, { name: 'Called', count, url, secondsOf });
	try {
		const endOf = new Map(orders.sandbox.tasks().map(({ id, endsAt }) => [id, endsAt]));
		for (const deadline = Date.now() + 10 * 60_000; Date.now() < deadline; await sleep(5000)) {
			const executions = await executionsOf(cluster.storage, orders.byCall);
			const lags = executions.flatMap((execution) =>
				itemsOf(execution, 'Kept').map(
					({ json }) =>
						(execution.startedAt.getTime() - (endOf.get(String(json.taskId)) ?? NaN)) / 1000,
				),
			);
			if (lags.length === count) return lags;
		}
		throw new Error(`Not all ${count} tasks fired by callback.`);
	} finally {
		await session.call('POST', `/workflows/${orders.byCall}/deactivate`).catch(() => undefined);
		await orders.sandbox.close();
	}
}
