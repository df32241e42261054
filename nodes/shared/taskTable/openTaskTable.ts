import { z } from 'zod';
import { read } from '../../../video/answerErrors';
import { asError, InputError, VendorError, vendorErrorOf } from '../../../video/failure';
import type { Connection, Host } from '../../../video/host';
import { connectTo, type NodeContext } from '../host';
import { account, call, queryOf, vendor } from './n8nApi';
import { type Column, missingColumns } from './ownColumns';
import { columns, firstColumns } from './rows';
import { columnsText, TaskTable } from './taskTable';

export interface OpenOptions {
	readonly createWhenMissing: boolean;
	/** Of several tables with the name, the one to take; the oldest otherwise. */
	readonly id?: string;
	/** Columns of the person's own, which are added where they are missing. */
	readonly columns?: readonly string[];
}

/**
 * Finds the table by its name, and makes it where it is missing and wanted.
 * Throws InputError for a table that cannot be ours, VendorError for everything between.
 */
export async function openTaskTable(
	context: NodeContext,
	host: Host,
	name: string,
	{ createWhenMissing, id, columns: own = [] }: OpenOptions,
): Promise<TaskTable> {
	const connection = await connectTo(context, host, account);
	const [oldest, ...others] = await find(connection, name);
	const found = others.find((one) => one.id === id) ?? oldest;
	if (!found && !createWhenMissing) {
		throw new InputError(
			`The task table “${name}” does not exist`,
			'Check its name, or run a node with Record Task once: it makes the table.',
		);
	}
	if (found) checkColumns(name, found.columns);
	const table = found ?? (await create(connection, name, own));
	const namesake = found === oldest ? undefined : oldest.id;
	const present = createWhenMissing
		? await withLaterColumns(connection, table, own)
		: table.columns;
	return new TaskTable(connection, table, present, namesake);
}

const tableSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		columns: z
			.array(z.object({ name: z.string(), type: z.string().optional() }).passthrough())
			.default([]),
	})
	.passthrough();

/**
 * n8n finds every name that holds the text. An owner sees the tables of all projects, and names are
 * unique within a project only: the oldest is the same one at every look.
 */
async function find(connection: Connection, name: string): Promise<FoundTable[]> {
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
	return data.filter((one) => one.name === name);
}

function checkColumns(name: string, present: ReadonlyArray<{ name: string }>) {
	const names = new Set(present.map((column) => column.name));
	const missing = firstColumns.filter((column) => !names.has(column));
	if (missing.length === 0) return;
	throw new InputError(
		`The data table “${name}” is not a task table: it has no ${columnsText(missing)}`,
		'Add them, or choose a name that no table has yet: the table is then made.',
	);
}

type FoundTable = z.output<typeof tableSchema>;

async function create(
	connection: Connection,
	name: string,
	own: readonly string[],
): Promise<FoundTable> {
	// People look for their own words first.
	const [label, orderKey, ...others] = columns;
	const all = [label, orderKey, ...missingColumns(own, columns), ...others];
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
		const [made] = await find(connection, name);
		if (!made) throw asError(cause);
		checkColumns(name, made.columns);
		return made;
	}
}

/** All columns, after adding what an older table lacks and the key may add. */
async function withLaterColumns(
	connection: Connection,
	{ id, columns: present }: FoundTable,
	own: readonly string[],
): Promise<readonly Column[]> {
	const names = new Set(present.map(({ name }) => name));
	const ours = columns.filter(({ name }) => !names.has(name));
	const all: Column[] = [...present];
	for (const column of [...ours, ...missingColumns(own, present)]) {
		const added = await call(connection, {
			method: 'POST',
			path: `/data-tables/${id}/columns`,
			json: column,
			scope: 'dataTableColumn:create',
		}).catch(vendorErrorOf);
		// Another node may have added it at the same moment.
		if (!(added instanceof VendorError) || added.status === 409) all.push(column);
	}
	return all;
}

/** Another node has made the table before, or in the same moment: then n8n answers with a fault. */
const isTaken = ({ status = 0 }: VendorError) => status === 409 || status >= 500;
