import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NewTaskRow, RowFilter, TaskRow } from '../../nodes/shared/taskTable/client';

type Row = Record<string, unknown> & { id: number };

interface Table {
	readonly id: string;
	readonly name: string;
	readonly columns: ReadonlyArray<{ name: string }>;
	rows: Row[];
}

/** The bodies of a create and of an update. */
interface TableBody {
	readonly name: string;
	readonly filter: { readonly filters: readonly RowFilter[] };
	readonly data: object;
}

const columns = [
	...['taskRef', 'provider', 'model', 'status', 'videoUrl', 'expiresAt', 'cost', 'costUnit'],
	...['nextCheckAt', 'failure', 'label', 'workflowId', 'executionId'],
].map((name) => ({ name }));

/** The part of n8n's public API for data tables that a trigger needs, in memory. */
export class TableServer {
	key = 'n8n-key';

	calls = 0;

	private tables: Table[] = [];

	private made = 0;

	private readonly server = createServer((request, response) => {
		void this.answer(request).then(({ status, body }) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		});
	});

	async listen() {
		await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
	}

	async close() {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v1`;
	}

	reset() {
		this.key = 'n8n-key';
		this.calls = 0;
		this.tables = [];
		this.create('Hailuo Tasks');
	}

	create(name: string, own: Table['columns'] = columns): Table {
		const table = { id: `table-${++this.made}`, name, columns: own, rows: [] };
		this.tables.push(table);
		return table;
	}

	/** Deletes the first table. */
	drop() {
		this.tables.shift();
	}

	get rows(): Row[] {
		return this.tables[0].rows;
	}

	/** As a node does that records a task. */
	insert(row: NewTaskRow & Partial<Pick<TaskRow, 'createdAt'>>) {
		const now = new Date().toISOString();
		this.rows.push({ id: this.rows.length + 1, createdAt: now, updatedAt: now, ...row });
	}

	update(taskRef: string, change: Record<string, unknown>) {
		for (const row of this.rows) if (row.taskRef === taskRef) Object.assign(row, change);
	}

	private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
		this.calls++;
		const url = new URL(request.url ?? '/', 'http://localhost');
		let text = '';
		for await (const chunk of request) text += String(chunk);
		const body = (text ? JSON.parse(text) : {}) as TableBody;
		if (request.headers['x-n8n-api-key'] !== this.key) {
			return { status: 401, body: { message: 'unauthorized' } };
		}
		const [, , , , id] = url.pathname.split('/');
		if (!id && request.method === 'POST') return { status: 201, body: this.create(body.name) };
		if (!id)
			return {
				status: 200,
				body: {
					data: this.tables.map(({ id: own, name, columns: has }) => ({
						id: own,
						name,
						columns: has,
					})),
				},
			};
		const table = this.tables.find((one) => one.id === id);
		if (!table) return { status: 404, body: { message: 'Could not find the data table' } };
		if (request.method === 'GET') return { status: 200, body: { data: page(table, url) } };
		const { filter, data } = body;
		const found = table.rows.filter((row) => filter.filters.every((one) => matches(row, one)));
		for (const row of found) Object.assign(row, data);
		return { status: 200, body: found };
	}
}

function page(table: Table, { searchParams }: URL): Row[] {
	const { type, filters } = JSON.parse(searchParams.get('filter') ?? '{"filters":[]}') as {
		type?: 'and' | 'or';
		filters: RowFilter[];
	};
	const meets = (row: Row) =>
		type === 'or'
			? filters.some((one) => matches(row, one))
			: filters.every((one) => matches(row, one));
	const found = table.rows.filter(meets);
	if (searchParams.get('sortBy') === 'id:desc') found.reverse();
	return found.slice(0, Math.min(250, Number(searchParams.get('limit') ?? 100)));
}

function matches(row: Row, { columnName, condition, value }: RowFilter): boolean {
	const cell = row[columnName] as number;
	if (condition === 'eq') return cell === value;
	if (condition === 'neq') return cell !== value;
	return condition === 'gt' && cell > Number(value);
}

export async function startTableServer(): Promise<TableServer> {
	const server = new TableServer();
	await server.listen();
	server.reset();
	return server;
}
