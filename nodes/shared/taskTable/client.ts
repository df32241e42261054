import { z } from 'zod';
import { InputError, VendorError } from '../../../video/failure';
import type { Connection, Host, HttpRequest } from '../../../video/host';
import type { JsonAnswer } from '../../../video/http';
import { exchange, meaningOfStatus, read, vendorError } from '../../../video/http';
import { list } from '../../../video/media';
import type { NodeContext } from '../host';
import { connectTo } from '../host';

/** The task table: a Data Table of n8n, reached through n8n's own public API. */
export const taskTableCredential = 'hailuoTaskTableApi';

const vendor = 'The n8n API';

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
	readonly any?: boolean;
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
	const connection = await connectTo(context, host, {
		name: 'n8n API',
		credential: taskTableCredential,
	});
	const found = await find(connection, name);
	if (!found && !createWhenMissing) {
		throw new InputError(
			`The task table “${name}” does not exist`,
			'Check its name, or run a node with Record Task once: it makes the table.',
		);
	}
	return new DataTable(connection, found?.id ?? (await create(connection, name)));
}

const tableSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		columns: z.array(z.object({ name: z.string() }).passthrough()).default([]),
	})
	.passthrough();

async function find(connection: Connection, name: string) {
	const query = queryOf({ filter: JSON.stringify({ name }) });
	const answer = await call(connection, { method: 'GET', path: `/data-tables?${query}` });
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

async function create(connection: Connection, name: string): Promise<string> {
	try {
		const json = { name, columns };
		const answer = await call(connection, { method: 'POST', path: '/data-tables', json });
		return read(tableSchema, answer, vendor).id;
	} catch (cause) {
		// Another node has made it in the same moment.
		const made =
			cause instanceof VendorError && cause.status === 409
				? await find(connection, name)
				: undefined;
		if (made) return made.id;
		throw asError(cause);
	}
}

class DataTable implements TaskTable {
	constructor(
		private readonly connection: Connection,
		readonly id: string,
	) {}

	async insert(row: NewTaskRow): Promise<void> {
		const json = { data: [row], returnType: 'count' };
		await call(this.connection, { method: 'POST', path: `/data-tables/${this.id}/rows`, json });
	}

	async update(taskRef: string, change: RowChange): Promise<boolean> {
		const filter = {
			type: 'and',
			filters: [{ columnName: 'taskRef', condition: 'eq', value: taskRef }],
		};
		const answer = await call(this.connection, {
			method: 'PATCH',
			path: `/data-tables/${this.id}/rows/update`,
			json: { filter, data: change, returnData: true },
		});
		return Array.isArray(answer.body) && answer.body.length > 0;
	}

	async page(
		filters: readonly RowFilter[],
		{ sortBy, limit, any = false }: PageOptions,
	): Promise<TaskRow[]> {
		const query = queryOf({
			limit: String(limit),
			...(sortBy && { sortBy }),
			...(filters.length > 0 && {
				filter: JSON.stringify({ type: any ? 'or' : 'and', filters }),
			}),
		});
		const answer = await call(this.connection, {
			method: 'GET',
			path: `/data-tables/${this.id}/rows?${query}`,
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

type Call = Omit<HttpRequest, 'url'> & { readonly path: string };

async function call(connection: Connection, { path, ...request }: Call): Promise<JsonAnswer> {
	const url = `${connection.baseUrl}${path}`;
	const answer = await exchange(connection, { ...request, url }, { vendor });
	if (answer.status < 400) return answer;
	const message = z.object({ message: z.string() }).safeParse(answer.body);
	throw vendorError(
		answer,
		{ ...meaningOfStatus(answer.status, vendor), ...(advices[answer.status] ?? {}) },
		undefined,
		message.success ? message.data.message : undefined,
	);
}

const advices: Readonly<Record<number, { what: string; advice: string }>> = {
	401: {
		what: 'The n8n API does not accept the API key of the task table',
		advice: 'Make a new key in n8n under Settings > n8n API and put it into the credential.',
	},
	403: {
		what: 'The API key of the task table lacks a scope',
		advice: 'Open the credential and test it: it names the missing scopes.',
	},
	404: {
		what: 'The n8n API does not know the task table',
		advice:
			'The table may have been deleted, or the public API is switched off (N8N_PUBLIC_API_DISABLED). Check the Base URL too: it ends with /api/v1.',
	},
};

function asError(cause: unknown): Error {
	return cause instanceof Error ? cause : new Error(String(cause));
}
