import type { SpentRow } from '../../../video/ledger/budget';
import { orderState, rowFacts } from './orderCells';
import { readRows } from './pages';
import type { TaskRow } from './rows';
import { pageSize, type RowFilter, type TaskTable } from './taskTable';

/** Deleted rows are noticed after so long. */
const readAnewAfter = 10 * 60_000;
/** Milliseconds by which a row may become visible after one with a later time. */
const lateRows = 60_000;

/**
 * What the rows of a task table have cost, read whole once, and from then on only what has changed:
 * a budget is asked before each create.
 */
export class Spending {
	private rows = new Map<number, SpentRow>();

	private readAt = -Infinity;

	private newest = 0;

	constructor(
		/** Which rows count. */
		private readonly scope: readonly RowFilter[],
		/** By a clock that never goes back, in milliseconds. */
		private readonly elapsed: () => number,
	) {}

	/** The rows that were ordered at or after a moment, and some that are older. */
	async since(table: TaskTable, moment: number): Promise<readonly SpentRow[]> {
		const isOld = this.elapsed() - this.readAt > readAnewAfter;
		await (isOld ? this.readAll(table, moment) : this.readChanged(table, moment));
		return [...this.rows.values()];
	}

	private async readAll(table: TaskTable, moment: number) {
		const now = this.elapsed();
		// A read that breaks off leaves rows out: the next one begins anew.
		this.readAt = -Infinity;
		const rows = new Map<number, SpentRow>();
		await readRows(table, this.scope, { from: moment }, (page) => this.keep(page, rows));
		this.rows = rows;
		this.readAt = now;
	}

	/** From the row that was changed last back to what is known already. */
	private async readChanged(table: TaskTable, moment: number) {
		const known = this.newest - lateRows;
		const page = await table.page(this.scope, { sortBy: 'updatedAt:desc', limit: pageSize });
		this.keep(page, this.rows);
		const oldest = page[page.length - 1];
		const isAll = page.length < pageSize || Date.parse(oldest.updatedAt) < known;
		if (!isAll) await this.readAll(table, moment);
	}

	private keep(page: readonly TaskRow[], rows: Map<number, SpentRow>) {
		for (const row of page) {
			const changedAt = Date.parse(row.updatedAt);
			this.newest = Math.max(this.newest, changedAt);
			rows.set(row.id, {
				row: row.id,
				state: orderState(row),
				cost: rowFacts(row).cost,
				orderedAt: Date.parse(row.createdAt),
				changedAt,
			});
		}
	}
}
