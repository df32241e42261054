import { asError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { withLock } from '../../../video/ledger/locks';
import type {
	Asked,
	NewOrder,
	OrderChange,
	OrderRow,
	OrderRows,
	SeenOrder,
	TaskRowOptions,
} from '../../../video/ledger/orderRow';
import { formatReference, type TaskReference } from '../../../video/reference';
import { isFinal, type VideoTask } from '../../../video/task';
import { unclaimed } from './claims';
import { rowsAfter } from './heldRows';
import { cellsOfAsked, cellsOfAttempts, cellsOfChange, cellsOfTask, orderRow } from './orderCells';
import type { Outbox } from './outbox';
import type { ColumnName, RowChange, TaskRow } from './rows';
import type { TableSettings } from './tableSettings';
import type { TaskTables } from './tables';
import { is, pageSize, type RowFilter, rowOf, type TaskTable, where } from './taskTable';

/** A vendor that an order may be sent to. */
export interface AskedVendor extends Asked {
	/** Seconds after which it is worth asking for a task that it has accepted just now. */
	readonly earliest: number;
}

/** What the row of an order says from the beginning. */
export interface NewRowFacts {
	readonly vendors: readonly AskedVendor[];
	/** The vendor is asked to call back when the task has ended. */
	readonly callsBack?: boolean;
	readonly workflowId?: string;
	readonly executionId?: string;
}

interface Tools {
	readonly tables: TaskTables;
	readonly outbox: Outbox;
	readonly host: Host;
	/** Is told what was never written. */
	readonly unwritten: (what: string, cause: Error) => void;
	/** Is told what a row could not take. */
	readonly problem: (sentence: string) => void;
}

const keyColumns: readonly ColumnName[] = ['orderKey', 'requestId', 'heldBy', 'request'];

/** The rows of an item's order in the task table. */
export class TableOrders implements OrderRows {
	private readonly name: string;

	constructor(
		private readonly tools: Tools,
		private readonly settings: TableSettings,
		private readonly newRow: NewRowFacts,
	) {
		this.name = tools.host.uuid();
	}

	async ofKey(key: string): Promise<OrderRow[]> {
		const given = ['failed', 'cancelled', 'expired'].map((word) => where('status', 'neq', word));
		const filters = [is('orderKey', key), ...given];
		const rows = await this.use(
			async (table) => await table.page(filters, { sortBy: 'id:asc', limit: pageSize }),
		);
		return rows.map(orderRow);
	}

	async ofRequest(requestId: string): Promise<OrderRow | undefined> {
		return await this.first(is('requestId', requestId));
	}

	async ofTask(reference: TaskReference): Promise<OrderRow | undefined> {
		return await this.first(rowOf(formatReference(reference)));
	}

	private async first(filter: RowFilter): Promise<OrderRow | undefined> {
		const [row] = await this.use(async (table) => await table.page([filter], { limit: 1 }));
		return row && orderRow(row);
	}

	async insert(order: NewOrder): Promise<number> {
		const cells = { ...this.firstCells(), ...cellsOfChange(order, this.nextCheck(order)) };
		return await this.use(async (table) => await this.insertInto(table, cells));
	}

	async change(seen: SeenOrder, change: OrderChange): Promise<boolean> {
		return await this.use(async (table) => await this.changeIn(table, seen, change));
	}

	async owe(seen: SeenOrder, change: OrderChange): Promise<void> {
		await this.post(
			`the end of order ${seen.row}`,
			async (table) => await this.changeIn(table, seen, change),
		);
	}

	async oweTask(
		task: VideoTask,
		{ row, attempts = [], heldBy, ifMissing = false }: TaskRowOptions = {},
	): Promise<void> {
		const taskRef = formatReference(task.reference);
		const isFree = isFinal(task.status) || heldBy === '';
		const cells = {
			...cellsOfTask(task, this.nextCheck({ task })),
			...(isFree && { heldBy: null }),
		};
		const { provider } = task.reference;
		const asked = this.newRow.vendors.find((one) => one.provider === provider);
		await this.post(taskRef, async (table) => {
			await withLock(this.tools.host, `${table.id} ${taskRef}`, async () => {
				const own = row === undefined ? [] : [is('id', row)];
				const filters = [...own, rowOf(taskRef)];
				const found = ifMissing
					? await table.page(filters, { limit: pageSize })
					: await table.change(filters, cells, { anyOf: true });
				if (found.length > 0) return await keepOne(table, found);
				if ((await rowsAfter(table, taskRef)).length > 0) return;
				await this.insertInto(table, {
					...this.firstCells(),
					heldBy: heldBy || null,
					...(asked && cellsOfAsked(asked)),
					...cellsOfAttempts(attempts),
					...cells,
				});
				await keepOne(table, await table.page(filters, { limit: pageSize }));
			});
		});
	}

	private async insertInto(table: TaskTable, cells: RowChange): Promise<number> {
		const { columns } = this.settings;
		if (!columns) return await table.insert(cells);
		for (const sentence of table.problemsOf(columns)) this.tools.problem(sentence);
		return await table.insert(cells, columns);
	}

	/** Without a promise to keep, a table that does not answer holds nobody up for long. */
	private async use<T>(work: (table: TaskTable) => Promise<T>): Promise<T> {
		const { orderKey, budget, name } = this.settings;
		const { tables } = this.tools;
		if (orderKey === undefined && !budget) return await tables.attempt(name, work);
		return await tables.use(name, async (table) => {
			table.need(keyColumns);
			return await work(table);
		});
	}

	private async post(what: string, work: (table: TaskTable) => Promise<unknown>) {
		const { outbox, tables, unwritten } = this.tools;
		await outbox.owe(
			this.name,
			async () => await tables.use(this.settings.name, work),
			(cause) => unwritten(what, asError(cause)),
		);
	}

	/** n8n on SQLite gives out rows that another writer changed in between: what they say counts. */
	private async changeIn(table: TaskTable, seen: SeenOrder, change: OrderChange): Promise<boolean> {
		// Without the column nobody could tell whose task it was.
		if (change.task === null && !table.has('attempts')) return false;
		const cells = {
			...cellsOfChange(change, this.nextCheck(change)),
			// What fires from now on is another task.
			...(change.task === null && { firedBy: this.firstCells().firedBy }),
		};
		const filters = [
			is('id', seen.row),
			is('status', seen.state),
			is('heldBy', seen.heldBy === '' ? null : seen.heldBy),
		];
		const [row] = await table.change(filters, cells);
		const status = cells.status ?? seen.state;
		const heldBy = 'heldBy' in cells ? cells.heldBy : seen.heldBy || null;
		return row !== undefined && row.status === status && row.heldBy === heldBy;
	}

	private firstCells(): RowChange {
		const { callsBack, workflowId, executionId } = this.newRow;
		const { label = null, orderKey = null } = this.settings;
		return {
			firedBy: callsBack ? unclaimed : null,
			label,
			orderKey,
			workflowId: workflowId ?? null,
			executionId: executionId ?? null,
		};
	}

	private nextCheck({ task }: Pick<OrderChange, 'task'>): number {
		const vendor = this.newRow.vendors.find(
			({ provider }) => provider === task?.reference.provider,
		);
		return this.tools.host.now() + (vendor?.earliest ?? 0) * 1000;
	}
}

/** One task, one row: the one of its order, or else the first. The others are nobody's from now on. */
async function keepOne(table: TaskTable, rows: readonly TaskRow[]) {
	if (rows.length < 2) return;
	const [first] = [...rows].sort((one, other) => one.id - other.id);
	const kept = rows.find(({ requestId }) => requestId !== null) ?? first;
	for (const { id } of rows) {
		if (id === kept.id) continue;
		await table.change([is('id', id)], {
			taskRef: null,
			status: 'cancelled',
			nextCheckAt: null,
			failure: `The task is in row ${kept.id}`,
		});
	}
}
