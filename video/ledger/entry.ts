import { InputError } from '../failure';
import type { Host } from '../host';
import { parseReference } from '../reference';
import { type Attempt, isGivenUp, type KnownTask, type VideoTask } from '../task';
import type { BudgetGuard } from './budget';
import { type Create, HeldRow } from './heldRow';
import { withLock } from './locks';
import type { Asked, OrderChange, OrderRow, OrderRows, SeenOrder } from './orderRow';
import { patiently, unlessStopped } from './rowFaults';
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

/** Milliseconds between two looks at a row that somebody else is about to send. */
const lookEvery = 1000;
/** Nobody holds a reserved row for longer: its process is gone, or waits and can be overtaken. */
const reservedFor = 20_000;
/** How often orders get out of each other's way before a budget counts as spent. */
const mostRetreats = 10;

/**
 * One order that is about to be sent, to one vendor after the other where several may make it, with
 * its row. Of all who want to send an order under one key, in this process and in others, one gets
 * it: each puts a row of its own beside the others first and looks then, so that of two at least one
 * sees the other, and a reserved row is taken or put away in one step.
 */
export class LedgerEntry {
	private readonly own: HeldRow;

	/** When a row in somebody's hands was first seen, by `host.elapsed`. */
	private readonly firstSeen = new Map<string, number>();

	constructor(
		private readonly rows: OrderRows,
		private readonly host: Host,
		private readonly wishes: EntryWishes,
	) {
		this.own = new HeldRow(rows, host, this.isNeeded);
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
		return rows.find(({ state, row }) => state !== 'reserved' && row !== this.own.number);
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
		await this.own.writeDown(create).catch(unlessStopped);
		return undefined;
	}

	/** An earlier try of the node has sent this order: its row is ours. */
	async adopt(requestId: string): Promise<void> {
		const find = async () => await this.rows.ofRequest(requestId);
		const known = await patiently(this.host, find).catch(unlessStopped);
		if (known && isPending(known)) await this.takeOver(known).catch(unlessStopped);
	}

	/** Takes an order into these hands that somebody else has left. Whether it was still as seen. */
	async takeOver(seen: SeenOrder): Promise<boolean> {
		return await this.own.takeOver(seen);
	}

	/** The vendor has refused the create, and it will be sent again, there or elsewhere. */
	async refused() {
		await this.own.owe('sending', { state: 'reserved' });
	}

	/** Others are asked after these, which could not make it; `task` is what the last of them gave up. */
	async goOnAfter(attempts: readonly Attempt[], task?: KnownTask) {
		const { own } = this;
		own.attempts = attempts;
		if (!task) return await own.owe('reserved', { attempts });
		const seen = await own.ofTask(task.reference);
		const isBack = seen !== undefined && (await own.takeBack(seen).catch(unlessStopped));
		if (isBack) return;
		const isTheirs = own.isTheirs(seen);
		own.letGo();
		// The row is that of its end, and the order gets another one.
		if (!isTheirs) await this.rows.oweTask({ status: 'failed', ...task });
	}

	/** Nothing will come of this order, but the end of the task that was given up last. */
	async failed(failure: string) {
		const end = { state: 'failed', ...(await this.lastTask()), failure, heldBy: '' } as const;
		await this.own.owe('sending', end);
		await this.own.owe('reserved', end);
	}

	/** Nobody can know what became of the create, and none is on its way any more. */
	async lost(failure: string) {
		await this.own.owe('sending', { overAt: this.host.now(), failure });
	}

	/**
	 * The vendor has accepted the order: the row is the task's from now on. It stays in these hands
	 * where the order may go on after the end of the task.
	 */
	async accepted(task: VideoTask, outlivesTask: boolean) {
		await this.rows.oweTask(task, this.own.handOver(outlivesTask));
	}

	/** An earlier try of the node has made this task: what it held is in these hands. */
	async goesOn(task: VideoTask, outlivesTask: boolean) {
		const heldBy = this.own.handsFor(outlivesTask);
		await this.rows.oweTask(task, { ifMissing: true, heldBy });
		if (outlivesTask) await this.own.hold(task.reference);
	}

	/** What became of the task. In other hands the order may go on after it. */
	async ended(task: VideoTask) {
		const { own } = this;
		if (isGivenUp(task.status) && own.isTheirs(await own.ofTask(task.reference))) return;
		await this.rows.oweTask(task);
	}

	/** What somebody has found out about a task. */
	async seen(task: VideoTask) {
		await this.rows.oweTask(task);
	}

	/** What became of an order that somebody else has sent. */
	async settle(seen: SeenOrder, task: VideoTask) {
		await this.own.change(seen, { task, heldBy: '' });
	}

	/** The task that was given up last, where no other row has its end. */
	private async lastTask(): Promise<{ task?: VideoTask }> {
		const { own } = this;
		const given = [...own.attempts].reverse().find(({ taskRef }) => taskRef !== undefined);
		const reference = parseReference(given?.taskRef ?? '');
		if (own.number === undefined || !given || !reference) return {};
		if (await own.ofTask(reference)) return {};
		const { failure } = given;
		return { task: { reference, status: 'failed', videos: [], failure } };
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
				if (await this.own.take(create)) return undefined;
				continue;
			}
			if (verdict instanceof Error || retreats === mostRetreats) {
				await this.own.putAway('The budget is spent', await this.lastTask());
				throw verdict instanceof Error ? verdict : crowded;
			}
			if (verdict === 'waits') await this.own.putAway('Another order was before it');
			await this.host.sleep(lookEvery * (1 + this.host.random()));
		}
	}

	/** Resolves when this order has a row and nobody else has, or with the order that was made. */
	private async reserve(create: Create): Promise<OrderRow | undefined> {
		const { own } = this;
		for (;;) {
			const rows = await this.underKey();
			const others = rows.filter(({ row }) => row !== own.number);
			const made = others.find(({ state }) => state !== 'reserved');
			const before = others.find(({ row }) => own.number === undefined || row < own.number);
			if (made ?? before) await own.putAway(madeElsewhere);
			if (made) return made;
			if (before) await this.outwait(before);
			else if (own.number === undefined) await own.insert(create);
			else if (await this.putOthersAway(others)) return undefined;
		}
	}

	private async outwait(other: OrderRow) {
		const name = `${other.row} ${other.heldBy}`;
		const since = this.firstSeen.get(name) ?? this.host.elapsed();
		this.firstSeen.set(name, since);
		if (this.host.elapsed() - since < reservedFor) await this.host.sleep(lookEvery);
		else await this.own.takeOver(other);
	}

	private async putOthersAway(others: readonly OrderRow[]): Promise<boolean> {
		const change: OrderChange = { state: 'cancelled', failure: madeElsewhere, heldBy: '' };
		for (const other of others) if (!(await this.own.change(other, change))) return false;
		return true;
	}

	private async judge({ provider }: Asked) {
		const { budget } = this.wishes;
		const { number } = this.own;
		if (!budget || number === undefined) return 'within';
		return await patiently(this.host, async () => await budget.judge(number, provider));
	}

	private async underKey(): Promise<OrderRow[]> {
		const { key } = this.wishes;
		if (key === undefined) return [];
		const rows = await patiently(this.host, async () => await this.rows.ofKey(key));
		const { vendors, nameOf } = this.wishes;
		for (const row of rows) checkSame(row, key, vendors, nameOf);
		this.own.recognise(rows);
		return rows;
	}
}

const isPending = ({ state }: OrderRow) => state === 'reserved' || state === 'sending';

const madeElsewhere = 'The same order was made elsewhere';

const crowded = new InputError(
	'Other executions use what is left of Budget in this moment',
	'Nothing was sent. Run this again in a minute.',
);
