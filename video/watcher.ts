import { type Account, accountOf } from './account';
import { StoppedError, type VendorError } from './failure';
import type { Connection } from './host';
import type { Provider, StatusAnswer } from './provider';
import { formatReference } from './reference';
import { Slots } from './slots';
import type { VideoTask } from './task';
import { ask, type Question } from './ask';
import { gather, type Judgement, type WatchedTask, Watchlist } from './watchlist';

export interface WatchOptions extends Pick<WatchedTask, 'fixedInterval' | 'ready'> {
	/** What ends it: the end of the task, or the first answer about it. */
	readonly until: 'final' | 'answered';
	/** Milliseconds from now on. */
	readonly patience: number;
	/**
	 * When the vendor accepted it, in milliseconds since 1970. Absent: as its facts say, and the task
	 * may be long done, so that the first look is at once.
	 */
	readonly acceptedAt?: number;
}

/** How a wait ended. `lastError` is the last thing that kept us from an answer. */
export type WatchResult =
	| { readonly end: 'final' | 'answered'; readonly task: VideoTask }
	| { readonly end: 'timeout'; readonly task: VideoTask; readonly lastError?: VendorError }
	| { readonly end: 'error'; readonly task: VideoTask; readonly error: VendorError };

interface Watched extends WatchedTask {
	readonly until: WatchOptions['until'];
	readonly lookBy: number;
	readonly settle: (result: WatchResult) => void;
	readonly fail: (cause: unknown) => void;
	/** As it was last seen. */
	task: VideoTask;
	lastError?: VendorError;
}

/** A vendor may need a moment until it knows the task that it has just accepted. */
const newTaskMs = 60_000;
/** Sleeps are cut so that what one task teaches reaches the others, soon while answers are on their way. */
const longestSleepMs = { idle: 1000, asking: 100 };

/**
 * Waits for any number of tasks of one connection together, in one loop with bounded concurrency.
 */
export class Watcher {
	private readonly account: Account;

	private readonly watchlist: Watchlist<Watched>;

	private readonly slots: Slots;

	private asking = 0;

	private count = 0;

	private running = false;

	constructor(
		private readonly provider: Provider,
		private readonly connection: Connection,
		concurrency: number,
	) {
		this.account = accountOf(provider, connection);
		this.watchlist = new Watchlist(provider, this.account.times, connection.host);
		this.slots = new Slots(concurrency);
	}

	/** Whether it watches nothing. */
	get isIdle(): boolean {
		return this.watchlist.size === 0;
	}

	/**
	 * Resolves when the task is final (or answered for), the patience is over or asking is hopeless.
	 * Throws StoppedError.
	 */
	async until(question: Question, options: WatchOptions): Promise<WatchResult> {
		return await new Promise((settle, fail) => {
			const { host } = this.connection;
			this.watchlist.add({
				...question,
				...options,
				acceptedAt: options.acceptedAt ?? acceptedAtOf(question),
				lookNow: options.acceptedAt === undefined,
				name: `${++this.count} ${formatReference(question.reference)}`,
				lookBy: host.elapsed() + options.patience,
				settle,
				fail,
				task: { ...question.facts, reference: question.reference, status: 'queued', videos: [] },
			});
			if (!this.running) void this.loop();
		});
	}

	/** Asks for each task at once, and again after passing faults until the patience (ms) is over. */
	async answers(questions: readonly Question[], patience: number): Promise<StatusAnswer[]> {
		return await Promise.all(
			questions.map(async (question) => {
				const result = await this.until(question, { until: 'answered', patience });
				if (result.end === 'error') return result.error;
				return (result.end === 'timeout' && result.lastError) || result.task;
			}),
		);
	}

	private async loop() {
		this.running = true;
		try {
			// Those who come together are asked for together.
			await this.connection.host.sleep(0);
			while (this.watchlist.size > 0) {
				for (const call of this.watchlist.due()) {
					this.slots.run(async () => await this.look(call)).catch((cause) => this.stop(cause));
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
		for (const watched of this.watchlist.tasks) watched.fail(cause ?? new StoppedError());
		this.watchlist.keep([]);
	}

	private untilNext(): number {
		const longest = this.asking > 0 ? longestSleepMs.asking : longestSleepMs.idle;
		return Math.max(10, Math.min(longest, this.watchlist.untilNext()));
	}

	private async look(call: readonly Watched[]) {
		this.asking++;
		try {
			const answers = await ask(this.connection, this.provider, call);
			call.forEach((watched, index) => {
				this.judged(watched, this.watchlist.judge(watched, answers[index]));
			});
		} finally {
			this.asking--;
		}
	}

	private judged(watched: Watched, judgement: Judgement) {
		if (judgement.is === 'final' || judgement.is === 'running') {
			Object.assign(watched, { task: judgement.task, lastError: undefined });
		} else {
			watched.lastError = judgement.error;
		}
		const result = this.resultOf(watched, judgement);
		if (!result) return;
		if (result.end === 'final') this.account.ended(watched.reference);
		this.watchlist.remove(watched);
		watched.settle(result);
	}

	private resultOf(watched: Watched, judgement: Judgement): WatchResult | undefined {
		const { until, lookBy, acceptedAt, task, lastError } = watched;
		if (judgement.is === 'final') return { end: 'final', task };
		if (judgement.is === 'running' && until === 'answered') return { end: 'answered', task };
		const isNew = acceptedAt !== undefined && this.watchlist.ageOf(watched) < newTaskMs;
		if (judgement.is === 'hopeless' || (judgement.is === 'unknown' && !isNew)) {
			return { end: 'error', task, error: judgement.error };
		}
		const isOver = this.connection.host.elapsed() >= lookBy - gather;
		return isOver ? { end: 'timeout', task, lastError } : undefined;
	}
}

/** The watchers of one execution or poll: one for each connection, all with the same concurrency. */
export class Watchers {
	private readonly watchers = new Map<Connection, Watcher>();

	constructor(private readonly concurrency: number) {}

	of({ provider, connection }: { provider: Provider; connection: Connection }): Watcher {
		const known = this.watchers.get(connection);
		if (known) return known;
		const watcher = new Watcher(provider, connection, this.concurrency);
		this.watchers.set(connection, watcher);
		return watcher;
	}
}

/** When a task was accepted, as far as its facts tell. Milliseconds since 1970. */
function acceptedAtOf({ facts: { createdAt } }: Question): number | undefined {
	const time = createdAt === undefined ? NaN : Date.parse(createdAt);
	return Number.isNaN(time) ? undefined : time;
}
