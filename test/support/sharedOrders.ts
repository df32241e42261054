import { VendorError } from '../../video/failure';
import type { Host } from '../../video/host';
import type {
	NewOrder,
	OrderChange,
	OrderRow,
	OrderRows,
	SeenOrder,
	TaskRowOptions,
} from '../../video/ledger/orderRow';
import { formatReference } from '../../video/reference';
import { isFinal, type VideoTask } from '../../video/task';

interface StoredOrder extends OrderRow {
	readonly key?: string;
	/** Another transaction does not see it before. */
	isCommitted: boolean;
}

/** What a request to the table meets: milliseconds there and back, and whether it is lost on the way. */
export interface Way {
	readonly there: number;
	readonly back: number;
	readonly lost: 'there' | 'back' | undefined;
}

/**
 * The rows of one key, shared by several simulated processes, with what n8n's data tables promise: a
 * change of one row is one step; numbers are given in the order of arrival, and a row with a lower
 * number may become visible after one with a higher one.
 */
export class SharedOrders {
	readonly rows: StoredOrder[] = [];

	constructor(
		private readonly now: () => number,
		private readonly nextWay: () => Way,
	) {}

	get live(): OrderRow[] {
		return this.rows.filter(
			({ state }) => !['failed', 'cancelled', 'expired'].includes(state as string),
		);
	}

	/** The rows as one process reaches them, for an order under a key. */
	of(host: Host, key?: string, nextWay = this.nextWay): OrderRows {
		const travel = async <T>(work: () => T | Promise<T>): Promise<T> => {
			const way = nextWay();
			await host.sleep(way.there);
			if (way.lost === 'there') throw away();
			const result = await work();
			await host.sleep(way.back);
			if (way.lost === 'back') throw away();
			return result;
		};
		const seen = (test: (row: StoredOrder) => boolean) =>
			this.rows.filter((row) => row.isCommitted && test(row)).map((row) => ({ ...row }));
		const insert = async (order: NewOrder) => {
			const { state, requestId, heldBy, asked } = order;
			const row: StoredOrder = {
				row: this.rows.length + 1,
				state,
				requestId,
				heldBy,
				key,
				...asked,
				orderedAt: this.now(),
				isCommitted: false,
			};
			this.rows.push(row);
			apply(row, order);
			await host.sleep(nextWay().there);
			row.isCommitted = true;
			return row.row;
		};
		const change = (wanted: SeenOrder, change: OrderChange) => {
			const found = this.rows.find(
				({ row, state, heldBy, isCommitted }) =>
					isCommitted && row === wanted.row && state === wanted.state && heldBy === wanted.heldBy,
			);
			if (found) apply(found, change);
			return found !== undefined;
		};
		const owe = async (work: () => unknown) => {
			for (let tries = 0; tries < 30; tries++) {
				try {
					return void (await travel(work));
				} catch (cause) {
					if (!(cause instanceof VendorError)) throw cause;
					await host.sleep(2000);
				}
			}
		};
		return {
			ofKey: async (wanted) =>
				await travel(() => seen((row) => row.key === wanted && this.live.includes(row))),
			ofRequest: async (id) => await travel(() => seen((row) => row.requestId === id)[0]),
			ofTask: async ({ id, provider }) =>
				await travel(
					() => seen(({ reference }) => reference?.id === id && reference.provider === provider)[0],
				),
			insert: async (order) => await travel(async () => await insert(order)),
			change: async (wanted, to) => await travel(() => change(wanted, to)),
			owe: async (wanted, to) => await owe(() => change(wanted, to)),
			oweTask: async (task, { row, heldBy, ifMissing = false }: TaskRowOptions = {}) =>
				await owe(() => {
					const found = this.rows.find((one) => one.row === row || isSame(one, task));
					const isFree = isFinal(task.status) || heldBy === '';
					if (found && !ifMissing) apply(found, { task, ...(isFree && { heldBy: '' }) });
				}),
		};
	}
}

const isSame = ({ reference }: StoredOrder, task: VideoTask) =>
	reference !== undefined && formatReference(reference) === formatReference(task.reference);

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function apply(row: Mutable<StoredOrder>, change: OrderChange) {
	const { task, asked, ...cells } = change;
	Object.assign(row, { ...cells, ...asked });
	if (task === null) [row.reference, row.overAt] = [undefined, undefined];
	if (!task) return;
	row.state = task.status;
	row.reference = task.reference;
	if (isFinal(task.status)) row.overAt = undefined;
}

const away = () =>
	new VendorError({
		category: 'server',
		outcome: 'unknown',
		message: 'n8n’s API gave no answer',
		advice: 'Try again later.',
	});
