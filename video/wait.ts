import { StoppedError, VendorError } from './failure';
import type { Connection } from './host';
import type { Provider } from './provider';
import type { TaskReference } from './reference';
import { formatReference } from './reference';
import { nextLook } from './schedule';
import { Slots } from './slots';
import type { TaskFacts, VideoTask } from './task';
import { isFinal, withFacts } from './task';

export interface WatchOptions {
	/** Milliseconds since 1970. */
	readonly deadline: number;
	/** Milliseconds; replaces the automatic schedule. */
	readonly fixedInterval?: number;
	/** Seconds until tasks of this kind are done. */
	readonly ready: { readonly earliest: number; readonly typical: number };
	readonly facts: TaskFacts;
	/** Milliseconds since 1970. */
	readonly acceptedAt: number;
}

/** How a wait ended. `lastError` is the last thing that kept us from an answer. */
export type WatchResult =
	| { readonly end: 'final'; readonly task: VideoTask }
	| { readonly end: 'timeout'; readonly task: VideoTask; readonly lastError?: VendorError }
	| { readonly end: 'error'; readonly task: VideoTask; readonly error: VendorError };

interface Watched {
	readonly reference: TaskReference;
	readonly options: WatchOptions;
	readonly family: string;
	readonly settle: (result: WatchResult) => void;
	readonly fail: (cause: unknown) => void;
	readonly random: number;
	task: VideoTask;
	lastLook?: number;
	failures: number;
	retryAfter?: number;
	lastError?: VendorError;
	asking: boolean;
}

/** A vendor may need a moment until it knows the task that it has just accepted. */
const newTaskMs = 60_000;
/** Sleeps are cut so that what one task teaches reaches the others, soon while answers are on their way. */
const longestSleepMs = { idle: 1000, asking: 100 };
/** Looks that fall together are asked in one call where the vendor can. */
const gatherMs = 200;

/**
 * Waits for any number of tasks of one connection together. One loop, bounded concurrency; vendors
 * that answer for many tasks in one call are asked once for all.
 */
export class Watcher {
	private readonly open = new Set<Watched>();

	private readonly learned = new Map<string, number>();

	private running = false;

	private readonly slots: Slots;

	constructor(
		private readonly provider: Provider,
		private readonly connection: Connection,
		concurrency: number,
	) {
		this.slots = new Slots(concurrency);
	}

	/** Resolves when the task has a final status, the deadline has passed or asking is hopeless. */
	async until(reference: TaskReference, options: WatchOptions): Promise<WatchResult> {
		return await new Promise((settle, fail) => {
			const { model, resolution, durationSeconds } = options.facts;
			this.open.add({
				reference,
				options,
				family: [reference.kind, model, resolution, durationSeconds].join(' '),
				settle,
				fail,
				random: this.connection.host.random(),
				task: { ...options.facts, reference, status: 'queued', videos: [] },
				failures: 0,
				asking: false,
			});
			if (!this.running) void this.loop();
		});
	}

	private async loop() {
		this.running = true;
		try {
			while (this.open.size > 0) {
				const due = this.due();
				for (const batch of this.batches(due)) {
					batch.forEach((watched) => (watched.asking = true));
					this.slots.run(async () => await this.look(batch)).catch((cause) => this.stop(cause));
				}
				await this.connection.host.sleep(this.untilNext());
			}
		} catch (cause) {
			this.stop(cause);
		} finally {
			this.running = false;
		}
	}

	private stop(cause: unknown) {
		for (const watched of this.open) watched.fail(cause);
		this.open.clear();
	}

	private now(): number {
		return this.connection.host.now();
	}

	private nextLook(watched: Watched): number {
		const { options, family, lastLook, failures, retryAfter, random } = watched;
		const learned = this.learned.get(family);
		const next =
			options.acceptedAt +
			nextLook({
				lastLook: lastLook === undefined ? undefined : lastLook - options.acceptedAt,
				earliest: options.ready.earliest * 1000,
				typical: options.ready.typical * 1000,
				learned,
				scout: this.isScout(watched),
				failures,
				retryAfter,
				fixedInterval: options.fixedInterval,
				random,
			});
		return Math.min(next, options.deadline);
	}

	private isScout({ family, reference }: Watched): boolean {
		for (const other of this.open) {
			if (other.family === family) return other.reference === reference;
		}
		return true;
	}

	private due(): Watched[] {
		const now = this.now();
		const idle = [...this.open].filter(({ asking }) => !asking);
		const due = idle.filter((watched) => this.nextLook(watched) <= now + gatherMs);
		const batched = new Set(
			due.map(({ reference }) => reference.kind).filter((kind) => this.batchSize(kind) > 1),
		);
		// Where one call answers for many, all open tasks of the kind ride along for free.
		return idle.filter((one) => due.includes(one) || batched.has(one.reference.kind));
	}

	private batches(due: readonly Watched[]): Watched[][] {
		const kinds = [...new Set(due.map(({ reference }) => reference.kind))];
		return kinds.flatMap((kind) =>
			chunks(
				due.filter(({ reference }) => reference.kind === kind),
				this.batchSize(kind),
			),
		);
	}

	private batchSize(kind: string): number {
		return this.provider.kinds.find((one) => one.kind === kind)?.statusBatch ?? 1;
	}

	private untilNext(): number {
		const idle = [...this.open].filter(({ asking }) => !asking);
		const longest = idle.length < this.open.size ? longestSleepMs.asking : longestSleepMs.idle;
		const moments = idle.map((watched) => this.nextLook(watched) - this.now());
		return Math.max(10, Math.min(longest, ...moments));
	}

	private async look(batch: readonly Watched[]) {
		const answers = await this.ask(batch);
		const now = this.now();
		batch.forEach((watched, index) => {
			watched.asking = false;
			watched.lastLook = now;
			const answer = answers[index];
			if (answer instanceof VendorError) this.notAnswered(watched, answer, now);
			else this.answered(watched, answer, now);
		});
	}

	private async ask(batch: readonly Watched[]): Promise<ReadonlyArray<VideoTask | VendorError>> {
		try {
			return await this.provider.status(
				this.connection,
				batch.map(({ reference }) => reference),
				batch.map(({ options }) => options.facts),
			);
		} catch (cause) {
			if (cause instanceof VendorError) return batch.map(() => cause);
			return stillThrow(cause);
		}
	}

	private notAnswered(watched: Watched, error: VendorError, now: number) {
		const { options, task } = watched;
		watched.failures++;
		watched.retryAfter = error.retryAfterMs;
		watched.lastError = error;
		const young = error.category === 'notFound' && now - options.acceptedAt < newTaskMs;
		if (!error.retryable && !young) this.settle(watched, { end: 'error', task, error });
		else this.settleAtDeadline(watched, now);
	}

	private answered(watched: Watched, answer: VideoTask, now: number) {
		const { options, family } = watched;
		watched.failures = 0;
		watched.retryAfter = undefined;
		watched.lastError = undefined;
		watched.task = withFacts(options.facts, answer);
		if (!isFinal(answer.status)) {
			this.settleAtDeadline(watched, now);
			return;
		}
		if (answer.status === 'completed') this.learned.set(family, now - options.acceptedAt);
		this.settle(watched, { end: 'final', task: watched.task });
	}

	private settleAtDeadline(watched: Watched, now: number) {
		const { options, task, lastError } = watched;
		if (now >= options.deadline - gatherMs)
			this.settle(watched, { end: 'timeout', task, lastError });
	}

	private settle(watched: Watched, result: WatchResult) {
		this.open.delete(watched);
		watched.settle(result);
	}

	/** References of the tasks that are still waited for, for the message of a stopped run. */
	get pending(): string[] {
		return [...this.open].map(({ reference }) => formatReference(reference));
	}
}

function stillThrow(cause: unknown): never {
	throw cause instanceof Error ? cause : new StoppedError();
}

export function chunks<T>(values: readonly T[], size: number): T[][] {
	const result: T[][] = [];
	for (let start = 0; start < values.length; start += size) {
		result.push(values.slice(start, start + size));
	}
	return result;
}
