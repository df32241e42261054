import { z } from 'zod';
import { read } from '../../../video/answerErrors';
import { InputError } from '../../../video/failure';
import type { Connection } from '../../../video/host';
import { list } from '../../../video/list';
import { call, queryOf, vendor } from './n8nApi';
import type { Column, OwnCells } from './ownColumns';
import { fittingCells } from './ownColumns';
import type { ColumnName, RowChange, TaskRow } from './rows';
import { rowSchema } from './rows';

/** Careful with dates: n8n 2.41 on SQLite compares them as texts of two forms, right to the day only. */
export interface RowFilter {
	readonly columnName: string;
	readonly condition: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like';
	readonly value: string | number | null;
}

/** Rows that n8n gives in one answer at the most. */
export const pageSize = 250;

/** The rows with a value in a column; null finds empty cells. */
export const is = (columnName: RowFilter['columnName'], value: RowFilter['value']): RowFilter => ({
	columnName,
	condition: 'eq',
	value,
});

/** The row of a task, or its rows where several have written it at one moment. */
export const rowOf = (taskRef: string): RowFilter => is('taskRef', taskRef);

export interface PageOptions {
	/** `column:asc` or `column:desc`. */
	readonly sortBy?: string;
	/** At most `pageSize`. */
	readonly limit: number;
	/** Rows that meet one of the filters; all of them otherwise. */
	readonly anyOf?: boolean;
}

export interface TaskTable {
	readonly id: string;
	/** Gives the number of the new row. */
	insert(row: RowChange, own?: OwnCells): Promise<number>;
	/** Why the table does not take some of the person's own cells, as sentences. */
	problemsOf(own: OwnCells): string[];
	/** Changes the rows that meet the filters, in one step; gives them as they are after it. */
	change(
		filters: readonly RowFilter[],
		change: RowChange,
		options?: Pick<PageOptions, 'anyOf'>,
	): Promise<TaskRow[]>;
	/** Whether the table has the column: one of an older version may lack it. */
	has(name: ColumnName): boolean;
	/** Throws InputError where the table is of an older version and lacks one of the columns. */
	need(names: readonly ColumnName[]): void;
	/** The ID of an older table with the same name, which a newcomer would take for it. */
	readonly namesake?: string;
	page(filters: readonly RowFilter[], options: PageOptions): Promise<TaskRow[]>;
	/** Deletes the rows that meet all filters. */
	delete(filters: readonly RowFilter[]): Promise<void>;
}

/** A table as n8n's API serves it; see `openTaskTable`. */
export class DataTable implements TaskTable {
	private readonly names: ReadonlySet<string>;

	constructor(
		private readonly connection: Connection,
		private readonly table: { readonly id: string; readonly name: string },
		private readonly columns: readonly Column[],
		readonly namesake?: string,
	) {
		this.names = new Set(columns.map(({ name }) => name));
	}

	get id(): string {
		return this.table.id;
	}

	has(name: ColumnName): boolean {
		return this.names.has(name);
	}

	need(names: readonly ColumnName[]) {
		const missing = names.filter((name) => !this.has(name));
		if (missing.length === 0) return;
		throw new InputError(
			`The task table “${this.table.name}” was made by an older version and has no ${
				missing.length === 1 ? 'column' : 'columns'
			} ${list(missing, 'and')}`,
			'Give the API key the scope dataTableColumn:create, and they are added by themselves, or choose a new Table Name.',
		);
	}

	/** Without the cells that the table has no column for. */
	private cells(row: RowChange): RowChange {
		const entries = Object.entries(row).filter(([name]) => this.names.has(name));
		return Object.fromEntries(entries);
	}

	problemsOf(own: OwnCells): string[] {
		return fittingCells(own, this.columns).problems;
	}

	async insert(row: RowChange, own: OwnCells = {}): Promise<number> {
		const { cells } = fittingCells(own, this.columns);
		const json = { data: [{ ...cells, ...this.cells(row) }], returnType: 'id' };
		const answer = await call(this.connection, {
			method: 'POST',
			path: `/data-tables/${this.id}/rows`,
			json,
			scope: 'dataTableRow:create',
		});
		const [{ id }] = read(z.tuple([z.object({ id: z.number() })]), answer, vendor);
		return id;
	}

	async change(
		filters: readonly RowFilter[],
		change: RowChange,
		{ anyOf = false }: Pick<PageOptions, 'anyOf'> = {},
	): Promise<TaskRow[]> {
		const filter = { type: anyOf ? 'or' : 'and', filters };
		const answer = await call(this.connection, {
			method: 'PATCH',
			path: `/data-tables/${this.id}/rows/update`,
			json: { filter, data: this.cells(change), returnData: true },
			scope: 'dataTableRow:update',
		});
		return read(z.array(rowSchema), answer, vendor);
	}

	async page(
		filters: readonly RowFilter[],
		{ sortBy, limit, anyOf = false }: PageOptions,
	): Promise<TaskRow[]> {
		const query = queryOf({
			limit: String(limit),
			...(sortBy && { sortBy }),
			...(filters.length > 0 && {
				filter: JSON.stringify({ type: anyOf ? 'or' : 'and', filters }),
			}),
		});
		const answer = await call(this.connection, {
			method: 'GET',
			path: `/data-tables/${this.id}/rows?${query}`,
			scope: 'dataTableRow:read',
		});
		return read(z.object({ data: z.array(rowSchema) }), answer, vendor).data;
	}

	async delete(filters: readonly RowFilter[]): Promise<void> {
		const filter = JSON.stringify({ type: 'and', filters });
		await call(this.connection, {
			method: 'DELETE',
			path: `/data-tables/${this.id}/rows/delete?${queryOf({ filter })}`,
			scope: 'dataTableRow:delete',
		});
	}
}
