import { z } from 'zod';
import { read } from '../../../video/answerErrors';
import { InputError } from '../../../video/failure';
import type { Connection } from '../../../video/host';
import { list } from '../../../video/list';
import { call, queryOf, vendor } from './n8nApi';
import { type Column, fittingCells, type OwnCells } from './ownColumns';
import { type ColumnName, type RowChange, rowSchema, type TaskRow } from './rows';

/** Careful with dates: n8n 2.41 on SQLite compares them as texts of two forms, right to the day only. */
export interface RowFilter {
	readonly columnName: string;
	readonly condition: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like';
	readonly value: string | number | null;
}

/** Rows that n8n gives in one answer at the most. */
export const pageSize = 250;

export const where = (
	columnName: RowFilter['columnName'],
	condition: RowFilter['condition'],
	value: RowFilter['value'],
): RowFilter => ({ columnName, condition, value });

/** The rows with a value in a column; null finds empty cells. */
export const is = (columnName: RowFilter['columnName'], value: RowFilter['value']): RowFilter =>
	where(columnName, 'eq', value);

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

/** A table as n8n's API serves it; see `openTaskTable`. */
export class TaskTable {
	private readonly names: ReadonlySet<string>;

	constructor(
		private readonly connection: Connection,
		private readonly table: { readonly id: string; readonly name: string },
		private readonly columns: readonly Column[],
		/** The ID of an older table with the same name, which a newcomer would take for it. */
		readonly namesake?: string,
	) {
		this.names = new Set(columns.map(({ name }) => name));
	}

	get id(): string {
		return this.table.id;
	}

	/** Whether the table has the column: one of an older version may lack it. */
	has(name: ColumnName): boolean {
		return this.names.has(name);
	}

	/** Throws InputError where the table is of an older version and lacks one of the columns. */
	need(names: readonly ColumnName[]) {
		const missing = names.filter((name) => !this.has(name));
		if (missing.length === 0) return;
		throw new InputError(
			`The task table “${this.table.name}” was made by an older version and has no ${columnsText(missing)}`,
			'Give the API key the scope dataTableColumn:create, and they are added by themselves, or choose a new Table Name.',
		);
	}

	/** Without the cells that the table has no column for. */
	private cells(row: RowChange): RowChange {
		const entries = Object.entries(row).filter(([name]) => this.names.has(name));
		return Object.fromEntries(entries);
	}

	/** Why the table does not take some of the person's own cells, as sentences. */
	problemsOf(own: OwnCells): string[] {
		return fittingCells(own, this.columns).problems;
	}

	/** Gives the number of the new row. */
	async insert(row: RowChange, own: OwnCells = {}): Promise<number> {
		const { cells } = fittingCells(own, this.columns);
		const json = { data: [{ ...cells, ...this.cells(row) }], returnType: 'id' };
		const answer = await this.call('create', '/rows', json);
		const [{ id }] = read(z.tuple([z.object({ id: z.number() })]), answer, vendor);
		return id;
	}

	/** Changes the rows that meet the filters, in one step; gives them as they are after it. */
	async change(
		filters: readonly RowFilter[],
		change: RowChange,
		{ anyOf }: Pick<PageOptions, 'anyOf'> = {},
	): Promise<TaskRow[]> {
		const json = { filter: filterOf(filters, anyOf), data: this.cells(change), returnData: true };
		return read(z.array(rowSchema), await this.call('update', '/rows/update', json), vendor);
	}

	async page(
		filters: readonly RowFilter[],
		{ sortBy, limit, anyOf }: PageOptions,
	): Promise<TaskRow[]> {
		const query = queryOf({
			limit: String(limit),
			...(sortBy && { sortBy }),
			...(filters.length > 0 && { filter: JSON.stringify(filterOf(filters, anyOf)) }),
		});
		const answer = await this.call('read', `/rows?${query}`);
		return read(z.object({ data: z.array(rowSchema) }), answer, vendor).data;
	}

	/** Deletes the rows that meet all filters. */
	async delete(filters: readonly RowFilter[]): Promise<void> {
		const query = queryOf({ filter: JSON.stringify(filterOf(filters)) });
		await this.call('delete', `/rows/delete?${query}`);
	}

	private async call(work: keyof typeof methods, path: string, json?: object) {
		return await call(this.connection, {
			method: methods[work],
			path: `/data-tables/${this.id}${path}`,
			json,
			scope: `dataTableRow:${work}`,
		});
	}
}

/** `columns status and label`. */
export const columnsText = (names: readonly string[]) =>
	`${names.length === 1 ? 'column' : 'columns'} ${list(names, 'and')}`;

const methods = { create: 'POST', read: 'GET', update: 'PATCH', delete: 'DELETE' } as const;

const filterOf = (filters: readonly RowFilter[], anyOf = false) => ({
	type: anyOf ? 'or' : 'and',
	filters,
});
