import { asError, InputError, StoppedError, VendorError } from '../failure';
import type { Host } from '../host';
import { repeat } from '../retry';
import type { TaskReference } from '../reference';
import { parseReference } from '../reference';
import type { Attempt, KnownTask, VideoTask } from '../task';
import { isGivenUp } from '../task';
import type { BudgetGuard } from './budget';
import { withLock } from './locks';
import type { Asked, OrderChange, OrderRow, OrderRows, SeenOrder } from './orderRow';
import { isHeldTask } from './orderRow';
import { checkSame } from './sameOrder';

/** What the row of an order is to promise; where it promises nothing, the order is only written down. */
export interface EntryWishes {
	/** A video under this key is made once. */
	readonly key?: string;
	/** The same for all entries that share their rows. */
	readonly table: string;
	/** Who may be asked for it. */
	readonly vendors: readonly Asked[];
	/** What people call a vendor. */
	readonly nameOf: (provider: string) => string;
	readonly budget?: BudgetGuard;
}

/** A create that is about to leave. */
interface Create {
	readonly asked: Asked;
	readonly requestId: string;
	/** When it is surely over, in milliseconds since 1970. */
	readonly overAt: number;
}

/** Milliseconds that rows are tried without which nothing may be sent. */
const patience = 60_000;
/** Milliseconds between two looks at a row that somebody else is about to send. */
const lookEvery = 1000;
/** Nobody holds a reserved row for longer: its process is gone, or waits and can be overtaken. */
const reservedFor = 20_000;
/** How often orders get out of each other's way before a budget counts as spent. */
const mostRetreats = 10;

/**
 * The row of one order that is about to be sent, to one vendor after the other where several may
 * make it. Of all who want to send an order under one key, in
 * this process and in others, one gets it: each puts a row of its own beside the others first and
 * looks then, so that of two at least one sees the other, and a reserved row is taken or put away in
 * one step.
 */
export class LedgerEntry {
	/** The number of this order's own row. */
	private own?: number;

	/** Whose hands the row is in when it is in ours: new ones for each create, so that who looked at it before does not take it. */
	private holder: string;

	private readonly holders = new Set<string>();

	/** Vendors that could not make it. */
	private attempts: readonly Attempt[] = [];

	/** When a row in somebody's hands was first seen, by `host.elapsed`. */
	private readonly firstSeen = new Map<string, number>();

	constructor(
		private readonly rows: OrderRows,
		private readonly host: Host,
		private readonly wishes: EntryWishes,
	) {
		this.holder = host.uuid();
		this.holders.add(this.holder);
	}

	get key(): string | undefined {
		return this.wishes.key;
	}

	/** Whether nothing may be sent without a row. */
	get isNeeded(): boolean {
		return this.wishes.key !== undefined || this.wishes.budget !== undefined;
	}

	/** Runs one order under this key at a time in this process. */
	async alone<T>(job: () => Promise<T>): Promise<T> {
		const { key, table } = this.wishes;
		return key === undefined ? await job() : await withLock(this.host, `${table} ${key}`, job);
	}

	/** The order that was made under the key before. Throws InputError where it was another one. */
	async earlier(): Promise<OrderRow | undefined> {
		const rows = await this.underKey();
		return rows.find(({ state, row }) => state !== 'reserved' && row !== this.own);
	}

	/**
	 * To be called right before each create at a vendor. Undefined: it may be sent, and the row says so; otherwise
	 * the order that somebody else has made under the key. Throws where it needs a row and has none.
	 */
	async send(provider: string, requestId: string, overAt: number): Promise<OrderRow | undefined> {
		const { key, budget, table } = this.wishes;
		const create: Create = { asked: this.asked(provider), requestId, overAt };
		if (budget) {
			return await withLock(this.host, `${table} budget`, async () => this.sendOnce(create));
		}
		if (key !== undefined) return await this.sendOnce(create);
		await this.writeDown(create).catch(unlessStopped);
		return undefined;
	}

	/** An earlier try of the node has sent this order: its row is ours. */
	async adopt(requestId: string): Promise<void> {
		const known = await this.patiently(async () => await this.rows.ofRequest(requestId)).catch(
			unlessStopped,
		);
		if (known && isPending(known)) await this.takeOver(known).catch(unlessStopped);
	}

	/** Takes an order into these hands that somebody else has left. Whether it was still as seen. */
	async takeOver(seen: SeenOrder): Promise<boolean> {
		const isMine = await this.change(seen, { state: 'reserved', heldBy: this.holder });
		if (isMine) this.own = seen.row;
		return isMine;
	}

	/** The vendor has refused the create, and it will be sent again, there or elsewhere. */
	async refused() {
		await this.owe('sending', { state: 'reserved' });
	}

	/** Others are asked after these, which could not make it; `task` is what the last of them gave up. */
	async goOnAfter(attempts: readonly Attempt[], task?: KnownTask) {
		this.attempts = attempts;
		if (!task) return await this.owe('reserved', { attempts });
		const seen = await this.rowOf(task.reference);
		const isBack = seen !== undefined && (await this.takeBack(seen).catch(unlessStopped));
		if (isBack) return;
		const isTheirs = this.isTheirs(seen);
		this.letGo();
		// The row is that of its end, and the order gets another one.
		if (!isTheirs) await this.rows.oweTask({ status: 'failed', ...task });
	}

	/** Nothing will come of this order, but the end of the task that was given up last. */
	async failed(failure: string) {
		const end = { state: 'failed', ...(await this.lastTask()), failure, heldBy: '' } as const;
		await this.owe('sending', end);
		await this.owe('reserved', end);
	}

	/** Nobody can know what became of the create, and none is on its way any more. */
	async lost(failure: string) {
		await this.owe('sending', { overAt: this.host.now(), failure });
	}

	/**
	 * The vendor has accepted the order: the row is the task's from now on. It stays in these hands
	 * where the order may go on after the end of the task.
	 */
	async accepted(task: VideoTask, outlivesTask: boolean) {
		const { own, attempts } = this;
		if (!outlivesTask) this.letGo();
		const heldBy = outlivesTask ? this.holder : '';
		this.own = undefined;
		await this.rows.oweTask(task, { row: own, attempts, heldBy });
	}

	/** An earlier try of the node has made this task: what it held is in these hands. */
	async goesOn(task: VideoTask, outlivesTask: boolean) {
		const heldBy = outlivesTask ? this.holder : '';
		await this.rows.oweTask(task, { ifMissing: true, heldBy });
		const seen = outlivesTask ? await this.rowOf(task.reference) : undefined;
		if (!seen || !isHeldTask(seen)) return;
		await this.reach(async () => await this.rows.change(seen, { heldBy })).catch(unlessStopped);
	}

	/** What became of the task. In other hands the order may go on after it. */
	async ended(task: VideoTask) {
		if (isGivenUp(task.status) && this.isTheirs(await this.rowOf(task.reference))) return;
		await this.rows.oweTask(task);
	}

	/** What somebody has found out about a task. */
	async seen(task: VideoTask) {
		await this.rows.oweTask(task);
	}

	/** What became of an order that somebody else has sent. */
	async settle(seen: SeenOrder, task: VideoTask) {
		await this.change(seen, { task, heldBy: '' });
	}

	/** The row is the order's again, for the next vendor, unless somebody else has settled it. */
	private async takeBack(seen: OrderRow): Promise<boolean> {
		const { row, state, heldBy } = seen;
		if (!isHeldTask(seen) || !this.holders.has(heldBy)) return false;
		const { attempts } = this;
		// A step whose answer was lost is made already.
		for (const before of [state, 'reserved'] as const) {
			const change = { state: 'reserved', task: null, attempts } as const;
			const isMine = await this.reach(
				async () => await this.rows.change({ row, state: before, heldBy }, change),
			);
			if (!isMine) continue;
			[this.own, this.holder] = [row, heldBy];
			return true;
		}
		return false;
	}

	/** The task that was given up last, where no other row has its end. */
	private async lastTask(): Promise<{ task?: VideoTask }> {
		const given = [...this.attempts].reverse().find(({ taskRef }) => taskRef !== undefined);
		const reference = parseReference(given?.taskRef ?? '');
		if (this.own === undefined || !given || !reference) return {};
		if (await this.rowOf(reference)) return {};
		const { failure } = given;
		return { task: { reference, status: 'failed', videos: [], failure } };
	}

	private async rowOf(reference: TaskReference): Promise<OrderRow | undefined> {
		return await this.reach(async () => await this.rows.ofTask(reference)).catch(unlessStopped);
	}

	private isTheirs(seen: OrderRow | undefined): boolean {
		return seen !== undefined && isHeldTask(seen) && !this.holders.has(seen.heldBy);
	}

	/** The row is nobody's, or somebody else's. */
	private letGo() {
		this.own = undefined;
		this.holders.clear();
		this.holder = this.host.uuid();
		this.holders.add(this.holder);
	}

	private asked(provider: string): Asked {
		const asked = this.wishes.vendors.find((one) => one.provider === provider);
		if (!asked) throw new Error(`The order is not for ${provider}`);
		return asked;
	}

	private async sendOnce(create: Create): Promise<OrderRow | undefined> {
		for (let retreats = 0; ; retreats++) {
			const made = await this.reserve(create);
			if (made) return made;
			const verdict = await this.judge(create.asked);
			if (verdict === 'within') {
				if (await this.take(create)) return undefined;
				continue;
			}
			if (verdict instanceof Error || retreats === mostRetreats) {
				await this.putAway('The budget is spent', await this.lastTask());
				throw verdict instanceof Error ? verdict : crowded;
			}
			if (verdict === 'waits') await this.putAway('Another order was before it');
			await this.host.sleep(lookEvery * (1 + this.host.random()));
		}
	}

	/** Resolves when this order has a row and nobody else has, or with the order that was made. */
	private async reserve(create: Create): Promise<OrderRow | undefined> {
		for (;;) {
			const rows = await this.underKey();
			const others = rows.filter(({ row }) => row !== this.own);
			const made = others.find(({ state }) => state !== 'reserved');
			const before = others.find(({ row }) => this.own === undefined || row < this.own);
			if (made ?? before) await this.putAway('The same order was made elsewhere');
			if (made) return made;
			if (before) await this.outwait(before);
			else if (this.own === undefined) await this.insert(create);
			else if (await this.putOthersAway(others)) return undefined;
		}
	}

	private async insert({ asked, requestId }: Create) {
		const { attempts } = this;
		this.own = await this.patiently(async () => {
			// An insert whose answer was lost may have made the row.
			const known = await this.rows.ofRequest(requestId);
			if (known?.heldBy === this.holder) return known.row;
			const heldBy = this.holder;
			return await this.rows.insert({ state: 'reserved', asked, attempts, requestId, heldBy });
		});
	}

	/** Without a promise to keep: whether the row could be written makes no difference. */
	private async writeDown(create: Create) {
		const sending = this.sending(create);
		if (this.own === undefined) {
			this.own = await this.rows.insert({ ...sending, heldBy: this.holder });
		} else if (!(await this.rows.change(this.held(this.own, 'reserved'), sending))) {
			await this.rows.change(this.held(this.own, 'sending'), sending);
		}
	}

	/** The step that only one can make. */
	private async take(create: Create): Promise<boolean> {
		const { own, host } = this;
		if (own === undefined) return false;
		const heldBy = host.uuid();
		this.holders.add(heldBy);
		const sending = { ...this.sending(create), heldBy };
		for (const state of ['reserved', 'sending'] as const) {
			if (!(await this.change(this.held(own, state), sending))) continue;
			this.holder = heldBy;
			return true;
		}
		this.own = undefined;
		return false;
	}

	private sending(create: Create) {
		const { attempts, host } = this;
		return {
			...create,
			state: 'sending',
			// Those of whom the row was taken over stay in it.
			...(attempts.length > 0 && { attempts }),
			sentAt: host.now(),
		} as const;
	}

	private async outwait(other: OrderRow) {
		const name = `${other.row} ${other.heldBy}`;
		const since = this.firstSeen.get(name) ?? this.host.elapsed();
		this.firstSeen.set(name, since);
		if (this.host.elapsed() - since < reservedFor) await this.host.sleep(lookEvery);
		else await this.takeOver(other);
	}

	private async putOthersAway(others: readonly OrderRow[]): Promise<boolean> {
		const change: OrderChange = {
			state: 'cancelled',
			failure: 'The same order was made elsewhere',
			heldBy: '',
		};
		for (const other of others) if (!(await this.change(other, change))) return false;
		return true;
	}

	private async putAway(failure: string, { task }: { readonly task?: VideoTask } = {}) {
		if (this.own === undefined) return;
		const state = task ? 'failed' : 'cancelled';
		const end: OrderChange = { state, ...(task && { task }), failure, heldBy: '' };
		await this.change(this.held(this.own, 'reserved'), end);
		this.own = undefined;
	}

	private async judge({ provider }: Asked) {
		const { budget } = this.wishes;
		if (!budget || this.own === undefined) return 'within';
		const { own } = this;
		return await this.patiently(async () => await budget.judge(own, provider));
	}

	private async underKey(): Promise<OrderRow[]> {
		const { key } = this.wishes;
		if (key === undefined) return [];
		const rows = await this.patiently(async () => await this.rows.ofKey(key));
		const { vendors, nameOf } = this.wishes;
		for (const row of rows) checkSame(row, key, vendors, nameOf);
		// A step whose answer was lost may have put a row into these hands.
		const mine = rows.find(({ heldBy }) => this.holders.has(heldBy));
		if (mine) [this.own, this.holder] = [mine.row, mine.heldBy];
		return rows;
	}

	private held(row: number, state: OrderRow['state']): SeenOrder {
		return { row, state, heldBy: this.holder };
	}

	private async owe(state: OrderRow['state'], change: OrderChange) {
		if (this.own !== undefined) await this.rows.owe(this.held(this.own, state), change);
	}

	private async change(seen: SeenOrder, change: OrderChange): Promise<boolean> {
		return await this.patiently(async () => await this.rows.change(seen, change));
	}

	/** Only a promise is worth holding somebody up. */
	private async reach<T>(work: () => Promise<T>): Promise<T> {
		return this.isNeeded ? await this.patiently(work) : await work();
	}

	private async patiently<T>(work: () => Promise<T>): Promise<T> {
		const { host } = this;
		return await repeat({ host }, host.elapsed() + patience, work);
	}
}

const isPending = ({ state }: OrderRow) => state === 'reserved' || state === 'sending';

const crowded = new InputError(
	'Other executions use what is left of Budget in this moment',
	'Nothing was sent. Run this again in a minute.',
);

/** The row is a record, and no error of it costs a video; but who was stopped, is. */
function unlessStopped(cause: unknown): undefined {
	if (cause instanceof StoppedError) throw cause;
	if (!(cause instanceof VendorError || cause instanceof InputError)) throw asError(cause);
	return undefined;
}
