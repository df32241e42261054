import { type Account, accountOf } from '../../video/account';
import { Allowance } from '../../video/allowance';
import type { Question } from '../../video/ask';
import type { Connection } from '../../video/host';
import { keepNewest } from '../../video/list';
import type { Provider } from '../../video/provider';
import { formatReference, type TaskReference } from '../../video/reference';
import { Watcher, type WatchOptions, type WatchResult } from '../../video/watcher';

/** Requests that one account gets at the same time. */
const concurrency = 20;
/** Questions that callbacks about tasks nobody knows may cost an account at once, and per second. */
const strangers = { most: 300, perSecond: 1 };
/** Tasks whose first question is remembered as asked. */
const firstsAtMost = 20_000;

interface Desk {
	watcher: Watcher;
	readonly allowance: Allowance;
	readonly asked: Set<string>;
}

/** What all callback triggers of this process share that use one account. */
const desks = new WeakMap<Account, Desk>();

/** Asks the vendor for tasks that somebody has called back for. */
export class Questions {
	private readonly account: Account;

	private readonly desk: Desk;

	constructor(
		provider: Provider,
		private readonly connection: Connection,
	) {
		this.account = accountOf(provider, connection);
		const watcher = new Watcher(provider, connection, concurrency);
		const { most, perSecond } = strangers;
		this.desk = desks.get(this.account) ?? {
			watcher,
			allowance: new Allowance(most, perSecond),
			asked: new Set(),
		};
		desks.set(this.account, this.desk);
		// One that is at work goes on with the connection that it has.
		if (this.desk.watcher.isIdle) this.desk.watcher = watcher;
	}

	/** Whether this process has made the task. */
	isOwn(reference: TaskReference): boolean {
		return this.account.isClaimed(reference);
	}

	/**
	 * Whether a question for this task may be asked: the first one for a task that is surely ours,
	 * and others as long as the allowance of the account lasts.
	 */
	isAllowed(reference: TaskReference, isOurs: boolean): boolean {
		const { asked, allowance } = this.desk;
		const name = formatReference(reference);
		if (isOurs && !asked.has(name)) {
			asked.add(name);
			keepNewest(asked, firstsAtMost);
			return true;
		}
		return allowance.take(this.connection.host.elapsed());
	}

	async ask(
		question: Question,
		options: Pick<WatchOptions, 'until' | 'patience'>,
	): Promise<WatchResult> {
		return await this.desk.watcher.until(question, options);
	}
}
