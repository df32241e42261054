import type { Host } from '../host';
import type { TaskReference } from '../reference';
import type { Attempt, VideoTask } from '../task';
import {
	type Asked,
	isHeldTask,
	type OrderChange,
	type OrderRow,
	type OrderRows,
	type SeenOrder,
	type TaskRowOptions,
} from './orderRow';
import { patiently, unlessStopped } from './rowFaults';

/** A create that is about to leave. */
export interface Create {
	readonly asked: Asked;
	readonly requestId: string;
	/** When it is surely over, in milliseconds since 1970. */
	readonly overAt: number;
}

/**
 * The row of one order, as long as it is in these hands. Each step is made only while the row is as
 * it was seen, so that of several who want it one gets it.
 */
export class HeldRow {
	/** Vendors that could not make it. */
	attempts: readonly Attempt[] = [];

	/** The number of this order's own row. */
	private own?: number;

	/** Whose hands the row is in when it is in ours: new ones for each create, so that who looked at it before does not take it. */
	private holder: string;

	private readonly holders = new Set<string>();

	constructor(
		private readonly rows: OrderRows,
		private readonly host: Host,
		/** Whether nothing may be sent without it. */
		private readonly isNeeded: boolean,
	) {
		this.holder = host.uuid();
		this.holders.add(this.holder);
	}

	/** Undefined where there is none, or it is not in these hands any more. */
	get number(): number | undefined {
		return this.own;
	}

	/** A step whose answer was lost may have put a row into these hands. */
	recognise(rows: readonly OrderRow[]) {
		const mine = rows.find(({ heldBy }) => this.holders.has(heldBy));
		if (mine) [this.own, this.holder] = [mine.row, mine.heldBy];
	}

	isTheirs(seen: OrderRow | undefined): boolean {
		return seen !== undefined && isHeldTask(seen) && !this.holders.has(seen.heldBy);
	}

	async insert({ asked, requestId }: Create) {
		const { attempts } = this;
		this.own = await patiently(this.host, async () => {
			// An insert whose answer was lost may have made the row.
			const known = await this.rows.ofRequest(requestId);
			if (known?.heldBy === this.holder) return known.row;
			const heldBy = this.holder;
			return await this.rows.insert({ state: 'reserved', asked, attempts, requestId, heldBy });
		});
	}

	/** The step to the create that only one can make. */
	async take(create: Create): Promise<boolean> {
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

	/** Without a promise to keep: whether the row could be written makes no difference. */
	async writeDown(create: Create) {
		const sending = this.sending(create);
		if (this.own === undefined) {
			this.own = await this.rows.insert({ ...sending, heldBy: this.holder });
		} else if (!(await this.rows.change(this.held(this.own, 'reserved'), sending))) {
			await this.rows.change(this.held(this.own, 'sending'), sending);
		}
	}

	/** Takes an order into these hands that somebody else has left. Whether it was still as seen. */
	async takeOver(seen: SeenOrder): Promise<boolean> {
		const isMine = await this.change(seen, { state: 'reserved', heldBy: this.holder });
		if (isMine) this.own = seen.row;
		return isMine;
	}

	/** The row is the order's again, for the next vendor, unless somebody else has settled it. */
	async takeBack(seen: OrderRow): Promise<boolean> {
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

	/** Nothing was sent for it, and nothing will be, here. `task` is what was given up last. */
	async putAway(failure: string, { task }: { readonly task?: VideoTask } = {}) {
		if (this.own === undefined) return;
		const state = task ? 'failed' : 'cancelled';
		const end: OrderChange = { state, ...(task && { task }), failure, heldBy: '' };
		await this.change(this.held(this.own, 'reserved'), end);
		this.own = undefined;
	}

	/** The row is the task's from now on, and in these hands where the order may outlive the task. */
	handOver(outlivesTask: boolean): TaskRowOptions {
		const { own: row, attempts } = this;
		if (!outlivesTask) this.letGo();
		this.own = undefined;
		return { row, attempts, heldBy: this.handsFor(outlivesTask) };
	}

	/** In whose hands the row of a task is: ours where the order may outlive it, else nobody’s. */
	handsFor(outlivesTask: boolean): string {
		return outlivesTask ? this.holder : '';
	}

	/** Takes the row of a task that runs into these hands, which held it in an earlier try. */
	async hold(reference: TaskReference) {
		const seen = await this.ofTask(reference);
		if (!seen || !isHeldTask(seen)) return;
		const { holder: heldBy } = this;
		await this.reach(async () => await this.rows.change(seen, { heldBy })).catch(unlessStopped);
	}

	/** The row is nobody's, or somebody else's. */
	letGo() {
		this.own = undefined;
		this.holders.clear();
		this.holder = this.host.uuid();
		this.holders.add(this.holder);
	}

	/** The row of a task; undefined as well where it could not be reached. */
	async ofTask(reference: TaskReference): Promise<OrderRow | undefined> {
		return await this.reach(async () => await this.rows.ofTask(reference)).catch(unlessStopped);
	}

	/** Changes this row, as soon as it can be reached. */
	async owe(state: OrderRow['state'], change: OrderChange) {
		if (this.own !== undefined) await this.rows.owe(this.held(this.own, state), change);
	}

	/** Changes any row, this one or another. Whether it was as seen. */
	async change(seen: SeenOrder, change: OrderChange): Promise<boolean> {
		return await patiently(this.host, async () => await this.rows.change(seen, change));
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

	private held(row: number, state: OrderRow['state']): SeenOrder {
		return { row, state, heldBy: this.holder };
	}

	/** Only a promise is worth holding somebody up. */
	private async reach<T>(work: () => Promise<T>): Promise<T> {
		return this.isNeeded ? await patiently(this.host, work) : await work();
	}
}
