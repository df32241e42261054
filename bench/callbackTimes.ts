import { setTimeout as sleep } from 'node:timers/promises';
import { orderWithCallbacks } from '../harness/n8n/callbackOrders';
import type { QueueLab } from './queueLab';

/** Ordering them takes less than the first one renders; then they end one after the other. */
const seconds = { first: 120, last: 240 };

export interface CallbackTimes {
	/**
	 * Seconds from the end of each task to the start of the execution that its callback fires: a call
	 * of the vendor, the question to it, n8n's queue.
	 */
	readonly lags: readonly number[];
	/** Seconds until MiniMax's challenge was answered while n8n was busy. */
	readonly challenges: readonly number[];
}

export async function measureCallbacks(
	lab: QueueLab,
	{ callbacks: count, calls }: { callbacks: number; calls: number },
): Promise<CallbackTimes> {
	const { cluster, session } = lab;
	const secondsOf = (index: number) =>
		seconds.first + ((seconds.last - seconds.first) * index) / count;
	const { url } = cluster.webhook;
	const orders = await orderWithCallbacks(session, { name: 'Called', count, url, secondsOf });
	try {
		const lags = await lab.lagsOf(orders.sandbox, orders.byCall, count);
		const ended = new AbortController();
		const [challenges] = await Promise.all([
			challenge(orders.address, ended.signal),
			lab.submitOften(calls).finally(() => ended.abort()),
		]);
		return { lags, challenges };
	} finally {
		await session.call('POST', `/workflows/${orders.byCall}/deactivate`).catch(() => undefined);
		await orders.sandbox.close();
	}
}

/** As MiniMax does when it is given the address. */
async function challenge(address: string, signal: AbortSignal): Promise<number[]> {
	const times: number[] = [];
	while (!signal.aborted) {
		const sentAt = Date.now();
		const body = JSON.stringify({ challenge: `challenge ${sentAt}` });
		const response = await fetch(address, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body,
		});
		if ((await response.text()) !== body) throw new Error('A challenge was answered wrongly.');
		times.push((Date.now() - sentAt) / 1000);
		await sleep(100);
	}
	return times;
}
