import { downloadAll } from './downloadAll';
import { forget } from './earlierTry';
import { makeByChain } from './fallback';
import type { DownloadWishes, Order, WaitWishes } from './order';
import { asJobError, ended, JobError, type Made, partialHints } from './outcome';
import { Slots } from './slots';
import { submit, type Submitted } from './submit';
import { isFinal } from './task';
import { Watchers, type WatchResult } from './watcher';

/** Requests at one vendor at the same time, at the least, where a run asks for its tasks. */
const looksAtOnce = 5;
export const downloadsAtOnce = 3;

/**
 * Makes the videos of one execution: submits all with bounded concurrency, each when its turn comes
 * in the queue of its account, waits for all together, downloads each as soon as it is there. Keeps
 * order; one order's failure touches no other.
 */
export class Generator {
	private readonly submitSlots: Slots;

	private readonly downloadSlots = new Slots(downloadsAtOnce);

	private readonly watchers: Watchers;

	constructor(concurrency: number) {
		this.submitSlots = new Slots(concurrency);
		this.watchers = new Watchers(Math.max(looksAtOnce, concurrency));
	}

	async makeAll(orders: readonly Order[]): Promise<Array<Made | JobError>> {
		return await Promise.all(
			orders.map(async (order) => await this.makeByAny(order).catch((cause) => asJobError(cause))),
		);
	}

	private async makeByAny(order: Order): Promise<Made> {
		if (!order.fallback) return await this.make(order);
		return await makeByChain(order, order.fallback, async (one) => await this.make(one));
	}

	private async make(wanted: Order): Promise<Made> {
		const submitted = await submit(wanted, this.submitSlots);
		const { order } = submitted;
		order.onAccepted?.(submitted.task);
		const { isPaidBefore = false } = submitted;
		const hints = [...submitted.hints];
		const { wait, provider } = order;
		if (!wait) return { task: submitted.task, files: [], hints, isPaidBefore };
		const result = await this.wait(order, wait, submitted);
		const task = ended(result, wait, provider.name, hints);
		const goesOn = task instanceof JobError && wanted.haste?.goesOn(task);
		if (result.end === 'final' && !goesOn) await order.entry?.ended(result.task);
		if (task instanceof JobError) throw task;
		hints.push(...partialHints(task));
		const made: Made = { task, files: [], hints, isPaidBefore };
		if (task.status !== 'completed' || !order.download) return made;
		return await this.download(order, order.download, made);
	}

	private async wait(order: Order, wishes: WaitWishes, submitted: Submitted): Promise<WatchResult> {
		const { task, acceptedAt } = submitted;
		if (isFinal(task.status)) return { end: 'final', task };
		const watching = this.watchers.of(order).until(
			{ reference: task.reference, facts: task },
			{
				until: 'final',
				patience: wishes.timeout,
				fixedInterval: wishes.fixedInterval,
				ready: order.ready,
				acceptedAt,
			},
		);
		const result = await watching.catch((cause: unknown) => {
			throw asJobError(cause, task);
		});
		// The vendor has given it up and may do better next time: a retry may make a new one.
		if (result.end === 'final' && result.task.failure?.retryable) forget(order);
		return result;
	}

	private async download(order: Order, wishes: DownloadWishes, made: Made): Promise<Made> {
		const { connection, provider } = order;
		const downloader = { connection, provider, slots: this.downloadSlots };
		const downloaded = await downloadAll(downloader, made.task, wishes);
		return { ...made, ...downloaded, hints: [...made.hints, ...downloaded.hints] };
	}
}
