import type { INodeCredentials } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { accountOf } from '../../video/account';
import { VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import type { Provider, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { Slots } from '../../video/slots';
import { isFinal, type VideoTask } from '../../video/task';
import { Watchers } from '../../video/watcher';
import { type Judgement, type WatchedTask, Watchlist } from '../../video/watchlist';
import { ask } from '../../video/ask';
import type { Connections } from '../shared/connections';
import type { Faults } from './faults';
import type { Jobs } from './jobs';

/** The unfinished tasks that a trigger watches from poll to poll, by vendor. */
export type Watchlists = Map<string, Watchlist<WatchedTask>>;

/** Requests that one vendor gets at the same time. */
const concurrency = 20;
/** Tasks of a family that are looked at closely, the oldest ones: a poll finds tasks of all ages. */
const scouts = 20;
/** Milliseconds that a question with nobody to repeat it waits out a vendor's passing faults. */
const patience = 5000;
/** A vendor may lose sight of a task for a while; after that it is gone. */
const goneAfter = { milliseconds: 600_000, looks: 4 };

/** A task that the vendor has lost is looked at so often, should it turn up again. Milliseconds. */
const lostEvery = 3_600_000;

export interface Watched extends WatchedTask {
	/** The vendor has lost it, as far as is known: only its own word that it knows it is news. */
	readonly isLost?: boolean;
}

export const lost = <Task extends WatchedTask>(task: Task): Task & Watched => ({
	...task,
	isLost: true,
	fixedInterval: lostEvery,
});

/** Asks the vendors for unfinished tasks: those that are due, each vendor on its own. */
export class Vendors {
	private readonly watchers = new Watchers(concurrency);

	private readonly opened = new Map<Provider, Promise<Connection>>();

	constructor(
		readonly connections: Connections,
		private readonly watchlists: Watchlists,
		private readonly faults: Faults,
		private readonly jobs: Jobs,
	) {}

	/**
	 * Starts asking every vendor that is not being asked already. No request starts after `until`.
	 * Gives tasks that have ended, and lost ones that are there after all.
	 */
	look<Task extends Watched>(
		tasks: readonly Task[],
		until: number,
		news: (task: Task, answer: VideoTask) => void,
	) {
		for (const [provider, own] of byProvider(tasks)) {
			this.jobs.start(provider.id, async () => {
				await this.lookAt(provider, own, until, news);
			});
		}
	}

	/** Forgets all tasks but these. */
	keep(tasks: readonly WatchedTask[]) {
		const groups = new Map([...byProvider(tasks)].map(([{ id }, own]) => [id, own]));
		for (const [id, watchlist] of this.watchlists) watchlist.keep(groups.get(id) ?? []);
	}

	/** Throws VendorError when a vendor does not accept its key. */
	async checkKeys(credentials: INodeCredentials = {}) {
		const chosen = providers.filter(({ credential }) => credentials[credential]);
		const check = async (provider: Provider) => {
			const id = this.connections.host.uuid();
			const reference = { provider: provider.id, kind: provider.kinds[0].kind, id };
			const [answer] = await this.ask(provider, [{ name: id, reference, facts: {} }], 0);
			if (isBadKey(answer)) throw answer;
		};
		await Promise.all(chosen.map(check));
	}

	/** Asks for all of these at once, whether they are due or not. Answers in order. */
	async askNow(tasks: readonly WatchedTask[]): Promise<StatusAnswer[]> {
		const found = new Map<WatchedTask, StatusAnswer>();
		const askFor = async ([provider, own]: [Provider, WatchedTask[]]) => {
			const answers = await this.ask(provider, own, patience);
			own.forEach((task, index) => found.set(task, answers[index]));
		};
		await Promise.all([...byProvider(tasks)].map(askFor));
		return tasks.map((task) => found.get(task) as StatusAnswer);
	}

	private async lookAt<Task extends Watched>(
		provider: Provider,
		tasks: readonly Task[],
		until: number,
		news: (task: Task, answer: VideoTask) => void,
	) {
		const connection = await this.connection(provider);
		const watchlist = this.watchlist(provider, connection) as unknown as Watchlist<Task>;
		for (const task of tasks) watchlist.add(task);
		const slots = new Slots(concurrency);
		const call = async (some: readonly Task[]) => {
			if (this.connections.host.elapsed() >= until) return watchlist.putOff(some);
			const answers = await ask(connection, provider, some);
			some.forEach((task, index) => {
				const answer = this.newsOf(task, watchlist.judge(task, answers[index]), provider);
				if (!answer) return;
				if (isFinal(answer.status)) watchlist.remove(task);
				news(task, answer);
			});
		};
		await Promise.all(
			watchlist.due().map(async (some) => await slots.run(async () => await call(some))),
		);
	}

	/** The task when its answer is news; notes what kept the vendor from answering. */
	private newsOf(
		{ reference, facts, isLost = false }: Watched,
		judgement: Judgement,
		{ id }: Provider,
	): VideoTask | undefined {
		if (judgement.is === 'hopeless' || judgement.is === 'unanswered') {
			this.faults.note(id, judgement.error);
			return undefined;
		}
		this.faults.good(id);
		if (judgement.is !== 'unknown') {
			const isNews = isLost ? judgement.task.status !== 'expired' : judgement.is === 'final';
			return isNews ? judgement.task : undefined;
		}
		const { error, since, looks } = judgement;
		if (isLost || since < goneAfter.milliseconds || looks < goneAfter.looks) return undefined;
		const failure = { ...error.toFailure(), retryable: true };
		return { ...facts, reference, status: 'expired', videos: [], failure };
	}

	private async ask(provider: Provider, tasks: readonly WatchedTask[], wait: number) {
		const connection = await this.connection(provider);
		return await this.watchers.of({ provider, connection }).answers(tasks, wait);
	}

	private async connection(provider: Provider): Promise<Connection> {
		const known = this.opened.get(provider);
		if (known) return await known;
		const opening = this.connections.connection(provider, 0);
		this.opened.set(provider, opening);
		return await opening;
	}

	private watchlist(provider: Provider, connection: Connection): Watchlist<WatchedTask> {
		const known = this.watchlists.get(provider.id);
		if (known) return known;
		const { times } = accountOf(provider, connection);
		const watchlist = new Watchlist<WatchedTask>(provider, times, this.connections.host, scouts);
		this.watchlists.set(provider.id, watchlist);
		return watchlist;
	}
}

/** Whether a reference belongs to a vendor and a kind that we know. */
export function isKnown({ provider, kind }: TaskReference): boolean {
	return findProvider(provider)?.kinds.some((one) => one.kind === kind) ?? false;
}

export function isBadKey(answer: StatusAnswer): answer is VendorError {
	return answer instanceof VendorError && answer.category === 'credential';
}

function byProvider<Task extends WatchedTask>(tasks: readonly Task[]): Map<Provider, Task[]> {
	const groups = new Map<Provider, Task[]>();
	for (const task of tasks) {
		const provider = findProvider(task.reference.provider) as Provider;
		const group = groups.get(provider);
		if (group) group.push(task);
		else groups.set(provider, [task]);
	}
	return groups;
}
