import { z } from 'zod';
import type { ErrorMeaning } from '../../../video/failure';
import { asError, InputError, VendorError, vendorErrorOf } from '../../../video/failure';
import type { Connection, Host, HttpRequest } from '../../../video/host';
import type { JsonAnswer } from '../../../video/answerErrors';
import { meaningOfStatus, read, vendorError } from '../../../video/answerErrors';
import { exchange } from '../../../video/http';
import { list } from '../../../video/list';
import type { Account, NodeContext } from '../host';
import { connectTo } from '../host';
import { apiAddress, makeKey, type Scope } from './access';

/** The task table: a Data Table of n8n, reached through n8n's own public API. */
export const taskTableCredential = 'hailuoTaskTableApi';

const vendor = 'n8n’s API';
/** n8n asks itself: an answer that takes longer does not come. */
const timeout = 30_000;

const account: Account = {
	name: 'n8n API',
	credential: taskTableCredential,
	baseUrl: ({ baseUrl }) => {
		const address = apiAddress(baseUrl);
		if (address !== undefined) return address;
		throw new InputError(
			'The Base URL of the n8n API credential is not the address of an n8n API',
			'Open the credential and enter an address that ends with /api/v1, e.g. https://n8n.example.com/api/v1.',
		);
	},
};

const text = z
	.string()
	.nullish()
	.transform((value) => value ?? null);

const rowSchema = z
	.object({
		id: z.number(),
		taskRef: text,
		provider: text,
		model: text,
		status: text,
		videoUrl: text,
		expiresAt: text,
		cost: z
			.number()
			.nullish()
			.transform((value) => value ?? null),
		costUnit: text,
		results: z
			.number()
			.nullish()
			.transform((value) => value ?? null),
		nextCheckAt: text,
		failure: text,
		label: text,
		workflowId: text,
		executionId: text,
		createdAt: z.string(),
		updatedAt: z.string(),
	})
	.passthrough();

/** A row as n8n stores it. Dates are ISO 8601; `id`, `createdAt` and `updatedAt` are n8n's own. */
export type TaskRow = Readonly<z.output<typeof rowSchema>>;

/** What we write. Null empties a cell. */
export type RowChange = Partial<
	Pick<
		TaskRow,
		| 'provider'
		| 'model'
		| 'status'
		| 'videoUrl'
		| 'expiresAt'
		| 'cost'
		| 'costUnit'
		| 'results'
		| 'nextCheckAt'
		| 'failure'
		| 'label'
		| 'workflowId'
		| 'executionId'
	>
>;
export type NewTaskRow = RowChange & { readonly taskRef: string };

const columns = [
	{ name: 'taskRef', type: 'string' },
	{ name: 'provider', type: 'string' },
	{ name: 'model', type: 'string' },
	{ name: 'status', type: 'string' },
	{ name: 'videoUrl', type: 'string' },
	{ name: 'expiresAt', type: 'date' },
	{ name: 'cost', type: 'number' },
	{ name: 'costUnit', type: 'string' },
	{ name: 'nextCheckAt', type: 'date' },
	{ name: 'failure', type: 'string' },
	{ name: 'label', type: 'string' },
	{ name: 'workflowId', type: 'string' },
	{ name: 'executionId', type: 'string' },
] as const;

/** Columns that tables made by version 0.1 lack. They are added, or done without. */
const laterColumns = [{ name: 'results', type: 'number' }] as const;

/** Not for dates: n8n 2.41 on SQLite compares them as texts of two forms, right to the day only. */
export interface RowFilter {
	readonly columnName: string;
	readonly condition: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte';
	readonly value: string | number | null;
}

export interface PageOptions {
	/** `column:asc` or `column:desc`. */
	readonly sortBy?: string;
	/** At most 250. */
	readonly limit: number;
	/** Rows that meet one of the filters; all of them otherwise. */
	readonly anyOf?: boolean;
}

export interface TaskTable {
	readonly id: string;
	insert(row: NewTaskRow): Promise<void>;
	/** Changes the row of a task; whether there was one. */
	update(taskRef: string, change: RowChange): Promise<boolean>;
	page(filters: readonly RowFilter[], options: PageOptions): Promise<TaskRow[]>;
}

/**
 * Finds the table by its name, and makes it where it is missing and wanted.
 * Throws InputError for a table that cannot be ours, VendorError for everything between.
 */
export async function openTaskTable(
	context: NodeContext,
	host: Host,
	name: string,
	{ createWhenMissing }: { createWhenMissing: boolean },
): Promise<TaskTable> {
	const connection = await connectTo(context, host, account);
	const found = await find(connection, name);
	if (!found && !createWhenMissing) {
		throw new InputError(
			`The task table “${name}” does not exist`,
			'Check its name, or run a node with Record Task once: it makes the table.',
		);
	}
	const table = found ?? (await create(connection, name));
	const names = createWhenMissing
		? await withLaterColumns(connection, table)
		: new Set(table.columns.map((column) => column.name));
	return new DataTable(connection, table.id, names);
}

const tableSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		columns: z.array(z.object({ name: z.string() }).passthrough()).default([]),
	})
	.passthrough();

/**
 * n8n finds every name that holds the text. An owner sees the tables of all projects, and names are
 * unique within a project only: the oldest is the same one at every look.
 */
async function find(connection: Connection, name: string) {
	const query = queryOf({
		limit: '250',
		sortBy: 'createdAt:asc',
		filter: JSON.stringify({ name }),
	});
	const answer = await call(connection, {
		method: 'GET',
		path: `/data-tables?${query}`,
		scope: 'dataTable:list',
	});
	const { data } = read(z.object({ data: z.array(tableSchema) }), answer, vendor);
	const table = data.find((one) => one.name === name);
	if (table) checkColumns(name, table.columns);
	return table;
}

function checkColumns(name: string, present: ReadonlyArray<{ name: string }>) {
	const names = new Set(present.map((column) => column.name));
	const missing = columns.filter((column) => !names.has(column.name));
	if (missing.length === 0) return;
	throw new InputError(
		`The data table “${name}” is not a task table: it has no ${
			missing.length === 1 ? 'column' : 'columns'
		} ${list(
			missing.map((column) => column.name),
			'and',
		)}`,
		'Add them, or choose a name that no table has yet: the table is then made.',
	);
}

type FoundTable = z.output<typeof tableSchema>;

async function create(connection: Connection, name: string): Promise<FoundTable> {
	const all = [...columns, ...laterColumns];
	try {
		const answer = await call(connection, {
			method: 'POST',
			path: '/data-tables',
			json: { name, columns: all },
			scope: 'dataTable:create',
		});
		return { ...read(tableSchema, answer, vendor), columns: all };
	} catch (cause) {
		if (!(cause instanceof VendorError) || !isTaken(cause)) throw asError(cause);
		const made = await find(connection, name);
		if (made) return made;
		throw asError(cause);
	}
}

/** The names of all columns, after adding what an older table lacks and the key may add. */
async function withLaterColumns(
	connection: Connection,
	{ id, columns: present }: FoundTable,
): Promise<ReadonlySet<string>> {
	const names = new Set(present.map(({ name }) => name));
	for (const column of laterColumns.filter(({ name }) => !names.has(name))) {
		const json = column;
		const path = `/data-tables/${id}/columns`;
		const added = await call(connection, {
			method: 'POST',
			path,
			json,
			scope: 'dataTableColumn:create',
		}).catch(vendorErrorOf);
		if (!(added instanceof VendorError)) names.add(column.name);
	}
	return names;
}

/** Another node has made the table before, or in the same moment: then n8n answers with a fault. */
const isTaken = ({ status = 0 }: VendorError) => status === 409 || status >= 500;

class DataTable implements TaskTable {
	constructor(
		private readonly connection: Connection,
		readonly id: string,
		private readonly columns: ReadonlySet<string>,
	) {}

	/** Without the cells that the table has no column for. */
	private cells<Row extends RowChange>(row: Row): Partial<Row> {
		const entries = Object.entries(row).filter(([name]) => this.columns.has(name));
		return Object.fromEntries(entries) as Partial<Row>;
	}

	async insert(row: NewTaskRow): Promise<void> {
		const json = { data: [this.cells(row)], returnType: 'count' };
		await call(this.connection, {
			method: 'POST',
			path: `/data-tables/${this.id}/rows`,
			json,
			scope: 'dataTableRow:create',
		});
	}

	async update(taskRef: string, change: RowChange): Promise<boolean> {
		const filter = {
			type: 'and',
			filters: [{ columnName: 'taskRef', condition: 'eq', value: taskRef }],
		};
		const answer = await call(this.connection, {
			method: 'PATCH',
			path: `/data-tables/${this.id}/rows/update`,
			json: { filter, data: this.cells(change), returnData: true },
			scope: 'dataTableRow:update',
		});
		return Array.isArray(answer.body) && answer.body.length > 0;
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
}

/** n8n refuses a plus sign for a space, which URLSearchParams would write. */
function queryOf(values: Readonly<Record<string, string>>): string {
	return Object.entries(values)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join('&');
}

type Call = Omit<HttpRequest, 'url'> & { readonly path: string; readonly scope: Scope };

async function call(
	connection: Connection,
	{ path, scope, ...request }: Call,
): Promise<JsonAnswer> {
	const url = `${connection.baseUrl}${path}`;
	const answer = await exchange(connection, { ...request, url }, { vendor, timeout }).catch(
		somethingElseAnswered,
	);
	if (answer.status < 400) return answer;
	const known = meaningOf(answer.status, scope);
	if (known) throw vendorError(answer, known);
	const message = z.object({ message: z.string() }).safeParse(answer.body);
	throw vendorError(
		answer,
		meaningOfStatus(answer.status, vendor),
		undefined,
		message.success ? message.data.message : undefined,
	);
}

/** n8n answers with a page where it has no API: elsewhere, or everywhere when it is switched off. */
function somethingElseAnswered(cause: unknown): never {
	const { category, outcome, status = 0 } = vendorErrorOf(cause);
	if (outcome !== 'refused' || status === 0) throw cause;
	throw new VendorError({
		category,
		outcome,
		status,
		message: `No n8n API answers at the Base URL of the task table’s credential (HTTP ${status})`,
		advice:
			'Check the Base URL: it ends with /api/v1. If it is right, the public API of that n8n may be switched off (N8N_PUBLIC_API_DISABLED).',
	});
}

function meaningOf(status: number, scope: Scope): ErrorMeaning | undefined {
	switch (status) {
		case 401:
			return {
				category: 'credential',
				what: `${vendor} does not accept the API key of the task table`,
				advice: makeKey,
			};
		case 403:
			return {
				category: 'credential',
				what: `The API key of the task table lacks the scope ${scope}`,
				advice:
					'Give it the scope in n8n under Settings > n8n API. If it has it, the key’s owner may not use this table.',
			};
		case 404:
			return {
				category: 'notFound',
				...(isAboutOneTable(scope)
					? {
							what: 'The task table is gone: it was deleted a moment ago',
							advice: 'The next node that records a task makes it again.',
						}
					: {
							what: 'The API of this n8n has no data tables yet',
							advice: 'Update n8n to the newest 2.x.',
						}),
			};
		default:
			return undefined;
	}
}

const isAboutOneTable = (scope: Scope) => scope.startsWith('dataTableRow:');
