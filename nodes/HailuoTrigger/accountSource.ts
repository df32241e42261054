import { findProvider, listingProviders } from '../../providers';
import { finished } from '../../video/ask';
import { InputError, VendorError } from '../../video/failure';
import { list } from '../../video/list';
import type { Provider } from '../../video/provider';
import { formatReference } from '../../video/reference';
import { repeat } from '../../video/retry';
import { isFinal, type VideoTask, withoutAbsent } from '../../video/task';
import {
	type AccountCursor,
	advanceCursor,
	isHandled,
	type ListedTask,
	longestRun,
	startAccount,
	stepAccount,
} from '../../video/trigger/accountCursor';
import { isWanted } from '../../video/trigger/events';
import type { WatchedTask } from '../../video/watchlist';
import type { Round, Source, SourceTools } from './source';
import type { FoundTask, ListPart, ListReading } from './triggerMemory';

/** Milliseconds between two looks at the list for new tasks. */
const lookEvery = 8000;
/**
 * A task may come into the list so late, or move between pages while they are read: the first look
 * of a poll reads further back than the others. Milliseconds.
 */
const late = { first: 300_000, later: 60_000 };
/** Milliseconds that passing faults of the vendor are waited out at an activation. */
const patience = 20_000;
const samplePages = 20;
/** Part of the trigger that can fail on its own: see Faults. */
const listPart = 'list of tasks';

type AccountRound = Round<AccountCursor, ListedTask>;

/**
 * Fires for the tasks of a vendor's own list, whoever made them. The list tells of new tasks; those
 * that are unfinished are then asked for one by one, so that nobody reads far back for them.
 */
export class AccountSource implements Source<AccountCursor, ListedTask> {
	readonly howToMakeOne: string;

	private readonly provider: Provider;

	/** Vendor and credential. */
	private readonly account: string;

	private readonly reading: ListReading;

	private lastLook?: number;

	/** Of the last look, until its tasks have fired. */
	private progress: Pick<ListReading, 'readTo' | 'rest'> = {};

	/** Tasks that were found to have ended in this poll. */
	private readonly ended = new Set<string>();

	constructor(private readonly tools: SourceTools) {
		const { form, memory } = tools;
		this.provider = readProvider(form.provider);
		const credential = form.node.credentials?.[this.provider.credential];
		this.account = `${this.provider.id} ${credential?.id ?? credential?.name ?? ''}`;
		this.howToMakeOne = `Make a video with this ${this.provider.name} account, wait until it is finished, then fetch a test event again.`;
		const { account } = this;
		if (memory.list?.account !== account) memory.list = { account, running: new Map() };
		this.reading = memory.list as ListReading;
	}

	step(cursor: AccountCursor, found: readonly FoundTask[]) {
		return stepAccount(cursor, found, this.tools.form.wishes);
	}

	async start(saved: AccountCursor | undefined): Promise<AccountCursor> {
		const { host } = this.tools;
		const read = async (since?: number, page?: string) =>
			await repeat({ host }, this.now() + patience, async () => await this.page(since, page));
		const first = await read();
		if (saved?.account === this.account) return saved;
		const since = (first.newest ?? 0) - longestRun;
		const listed = [...first.tasks];
		for (let page = first; page.next !== undefined; ) {
			page = await read(since, page.next);
			listed.push(...page.tasks);
		}
		return startAccount(this.account, listed, first.newest);
	}

	tick(round: AccountRound): boolean {
		const { jobs, vendors } = this.tools;
		const { reading } = this;
		// What was handed over until now fires right after this: only then it counts as read.
		Object.assign(reading, this.progress);
		const cursor = round.cursor();
		for (const [name, task] of reading.running) {
			if (isHandled(cursor, task)) reading.running.delete(name);
		}
		const due = this.lastLook === undefined || this.now() - this.lastLook >= lookEvery;
		if (due || reading.rest) jobs.start(listPart, async () => await this.look(round));
		const open = [...reading.running.values()].filter(({ name }) => !this.ended.has(name));
		const watched = open.map(asWatched);
		vendors.keep(watched);
		vendors.look(watched, round.until, ({ name }, task) => {
			this.ended.add(name);
			// Whether there is such a task the list knows best.
			if (task.status !== 'expired') round.report([this.asFound(task)]);
		});
		return open.length > 0 || reading.rest !== undefined;
	}

	async newest(): Promise<FoundTask | undefined> {
		let page: string | undefined;
		for (let pages = 0; pages < samplePages; pages++) {
			const { tasks, next } = await this.page(undefined, page);
			const wanted = tasks.find((one) => isWanted(this.tools.form.wishes, one));
			if (wanted || next === undefined) return wanted;
			page = next;
		}
		return undefined;
	}

	/** What is new in the list, then more of what earlier looks did not get to. */
	private async look(round: AccountRound) {
		const overlap = this.lastLook === undefined ? late.first : late.later;
		this.lastLook = this.now();
		const { running, readTo, rest } = this.reading;
		const { from } = round.cursor();
		const seen = new Map(running);
		const since = readTo === undefined ? from : Math.max(from, readTo - overlap);
		const top = await this.read(round, { since }, seen);
		if (top.left) {
			const reachesTo = Math.min(since, rest?.since ?? since);
			this.progress = { readTo: top.newest, rest: { ...top.left, since: reachesTo } };
			return;
		}
		const { left } = rest ? await this.read(round, rest, seen) : { left: undefined };
		this.progress = { readTo: top.newest ?? readTo, rest: left };
		if (!left) round.saveCursor(advanceCursor(round.cursor(), [...seen.values()], top.newest));
	}

	/** Hands over the tasks of page after page, as long as a look may take. Gives what is left. */
	private async read(
		round: AccountRound,
		{ since, page }: ListPart,
		seen: Map<string, FoundTask>,
	): Promise<{ newest?: number; left?: ListPart }> {
		const until = Math.min(round.until, this.now() + lookEvery);
		let newest: number | undefined;
		for (let at = page; ; ) {
			const answer = await this.page(since, at);
			if (round.isOver()) return { newest, left: { page: at, since } };
			this.tools.faults.good(listPart);
			newest ??= answer.newest;
			for (const one of answer.tasks) {
				seen.set(one.name, one);
				if (!isFinal(one.status)) this.reading.running.set(one.name, one);
			}
			round.report(answer.tasks);
			at = answer.next;
			if (at === undefined) return { newest };
			if (this.now() >= until) return { newest, left: { page: at, since } };
		}
	}

	private async page(since?: number, page?: string) {
		const { provider } = this;
		const connection = await this.tools.vendors.connections.connection(provider, 0);
		const read = provider.list as NonNullable<Provider['list']>;
		const answer = await read(connection, { createdAfter: since }, page);
		return { ...answer, tasks: answer.tasks.map((task) => this.asFound(task)) };
	}

	private now(): number {
		return this.tools.host.elapsed();
	}

	private asFound(listed: VideoTask): FoundTask {
		const created = listed.createdAt === undefined ? NaN : Date.parse(listed.createdAt);
		const isLate = finished(listed, this.provider) instanceof VendorError;
		const task: VideoTask = isLate ? { ...listed, status: 'processing' } : listed;
		return {
			name: formatReference(task.reference),
			status: task.status,
			model: task.model,
			...(!Number.isNaN(created) && { created }),
			task,
		};
	}
}

function asWatched({ name, task, created }: FoundTask): WatchedTask {
	const { reference, model, createdAt } = task;
	return { name, reference, facts: withoutAbsent({ model, createdAt }), acceptedAt: created };
}

function readProvider(id: string): Provider {
	const provider = findProvider(id);
	if (provider?.list) return provider;
	throw new InputError(
		provider
			? `${provider.name} has no list of tasks that a trigger could watch`
			: `Provider is “${id}”`,
		`Set Provider to ${list(listingProviders.map(({ name }) => name))}, or set Source to Task Table, which works with every vendor.`,
	);
}
