import { CreateQueue, type Room } from './createQueue';
import type { Connection } from './host';
import { LearnedTimes } from './learnedTimes';
import { chunks, keepNewest } from './list';
import type { Provider, TimeSpan } from './provider';
import { formatReference, type TaskReference } from './reference';
import type { Ready } from './watchlist';
import { ask, batchSizeOf } from './ask';
import { VendorError, isLasting } from './failure';
import { isFinal } from './task';

/** Milliseconds after which an account that nobody uses is forgotten. */
const forgottenAfter = 3_600_000;
/** Milliseconds between two looks at the tasks that fill an account. */
const roomEvery = 8000;
/** A task that nobody can be asked about counts as ended after so many times its usual time. */
const assumedEnd = 5;
const maxClaims = 20_000;
const maxLost = 1000;

interface Unfinished {
	readonly reference: TaskReference;
	readonly ready: Ready;
	/** By `host.elapsed`. */
	readonly since: number;
}

/** A create whose answer was lost and of which nobody knows yet what became of it. */
export interface LostCreate extends TimeSpan {
	readonly kind: string;
}

/**
 * What all executions of this process share that use one key at one vendor: the queue of creates,
 * the tasks that are unfinished, what was learned about times, and which tasks are whose.
 */
export class Account {
	readonly times = new LearnedTimes();

	lastUsed = 0;

	private readonly queues = new Map<string, CreateQueue>();

	private readonly unfinished = new Map<string, Unfinished>();

	/** Tasks that somebody in this process has been given. */
	private readonly claims = new Set<string>();

	/** Creates of this process whose fate is unknown, by the UUID that was chosen for them. */
	private readonly lost = new Map<string, LostCreate>();

	private lookedAt = -Infinity;

	private lastRefusal?: { readonly cause: VendorError; readonly at: number };

	constructor(private readonly provider: Provider) {}

	queue(kind: string): CreateQueue {
		const known = this.queues.get(kind);
		if (known) return known;
		const queue = new CreateQueue(this.kind(kind)?.createLimit);
		this.queues.set(kind, queue);
		return queue;
	}

	get isBusy(): boolean {
		return [...this.queues.values()].some(({ isBusy }) => isBusy);
	}

	/** The room for unfinished tasks of a kind; undefined where the vendor sets no bound. */
	room(kind: string, connection: Connection): Room | undefined {
		const most = this.kind(kind)?.maxInFlight;
		if (most === undefined) return undefined;
		return {
			has: (onTheWay) => this.ofKind(kind).length + onTheWay < most,
			look: async () => await this.lookForRoom(kind, connection),
		};
	}

	/** A create was accepted: the task belongs to whoever sent it, and fills the account. */
	accepted(reference: TaskReference, ready: Ready, since: number) {
		this.claim(reference);
		if (this.kind(reference.kind)?.maxInFlight === undefined) return;
		this.unfinished.set(formatReference(reference), { reference, ready, since });
	}

	/** What the vendor has answered to a create; undefined where it has accepted it. */
	answered(cause: VendorError | undefined, at: number) {
		if (!cause) this.lastRefusal = undefined;
		else if (isLasting(cause)) this.lastRefusal = { cause, at };
	}

	/** Why the account cannot be used for a while, where it was found after then (`host.elapsed`). */
	refusedSince(moment: number): VendorError | undefined {
		return this.lastRefusal && this.lastRefusal.at > moment ? this.lastRefusal.cause : undefined;
	}

	/** A task has ended, or is known to be gone. */
	ended(reference: TaskReference) {
		if (this.unfinished.delete(formatReference(reference))) this.queue(reference.kind).wakeNext();
	}

	claim(reference: TaskReference) {
		this.claims.add(formatReference(reference));
		keepNewest(this.claims, maxClaims);
	}

	isClaimed(reference: TaskReference): boolean {
		return this.claims.has(formatReference(reference));
	}

	/** The answer to a create was lost; what became of it is not known yet. */
	lose(id: string, create: LostCreate) {
		this.lost.set(id, create);
		keepNewest(this.lost, maxLost);
	}

	/** What became of a lost create is known now. */
	resolve(id: string) {
		this.lost.delete(id);
	}

	/** Whether another lost create may have made the same task as this one. */
	hasRival(own: LostCreate): boolean {
		return [...this.lost.values()].some(
			(other) =>
				other !== own && other.kind === own.kind && other.from <= own.to && other.to >= own.from,
		);
	}

	private kind(kind: string) {
		return this.provider.kinds.find((one) => one.kind === kind);
	}

	private ofKind(kind: string): Unfinished[] {
		return [...this.unfinished.values()].filter(({ reference }) => reference.kind === kind);
	}

	/** Those who made the tasks may have gone without waiting: then the next in line asks. */
	private async lookForRoom(kind: string, connection: Connection): Promise<number> {
		const { host } = connection;
		const now = host.elapsed();
		const tasks = this.ofKind(kind);
		const soonest = Math.min(...tasks.map(({ since, ready }) => since + ready.earliest * 1000));
		const due = Math.max(soonest, this.lookedAt + roomEvery);
		if (due > now) return due - now;
		this.lookedAt = now;
		for (const call of chunks(tasks, batchSizeOf(this.provider, kind))) {
			const questions = call.map(({ reference }) => ({ reference, facts: {} }));
			const answers = await ask(connection, this.provider, questions);
			call.forEach(({ reference, since, ready }, index) => {
				const answer = answers[index];
				const isOver =
					answer instanceof VendorError
						? answer.isHopeless || now - since > ready.typical * 1000 * assumedEnd
						: isFinal(answer.status);
				if (isOver) this.ended(reference);
			});
		}
		return roomEvery;
	}
}

const accounts = new Map<string, Account>();

/** The account behind a connection, shared by all who use the same key at the same address. */
export function accountOf(provider: Provider, { baseUrl, keyDigest, host }: Connection): Account {
	const now = host.elapsed();
	for (const [name, account] of accounts) {
		if (now - account.lastUsed > forgottenAfter && !account.isBusy) accounts.delete(name);
	}
	const name = [provider.id, baseUrl, keyDigest].join(' ');
	const account = accounts.get(name) ?? new Account(provider);
	account.lastUsed = now;
	accounts.set(name, account);
	return account;
}

/** As a restart of n8n does. For tests. */
export function forgetAccounts() {
	accounts.clear();
}
