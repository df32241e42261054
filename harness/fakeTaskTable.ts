import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { clock } from '../nodes/shared/clock';
import { neededScopes, type Scope } from '../nodes/shared/taskTable/n8nApi';
import { columns as taskColumns, type TaskRow } from '../nodes/shared/taskTable/rows';
import { type Cell, type Filter, meets } from './rowFilter';

export type FakeRow = Record<string, Cell> & { id: number };

interface FakeTable {
	readonly id: string;
	readonly name: string;
	columns: ReadonlyArray<{ name: string; type: string }>;
	readonly createdAt: string;
	readonly rows: FakeRow[];
}

type Query = Record<string, string | undefined>;
interface RowBody {
	readonly data: Array<Record<string, Cell>>;
	readonly returnType?: 'count' | 'id';
}
interface UpdateBody {
	readonly filter: Filter;
	readonly data: Record<string, Cell>;
	readonly returnData?: boolean;
}

interface FakeAnswer {
	readonly status: number;
	readonly text: string;
}

/** The public API of n8n 2.41.1 for data tables, as a real one answered: see the tests beside it. */
export class FakeTaskTable {
	/** The keys that are valid, with their scopes. */
	readonly keys = new Map<string, readonly string[]>();

	/** `POST /data-tables` and so on, in the order of arrival. */
	readonly requests: string[] = [];

	readonly tables: FakeTable[] = [];

	/** Switched off, n8n 2.41 refuses every key; where there is no API, a page answers. */
	state: 'on' | 'off' | 'elsewhere' | 'withoutDiscovery' | 'withoutDataTables' = 'on';

	/** Whether all data tables together are as large as n8n lets them be. */
	isFull = false;

	/** Answers the next requests with this status, or this text, instead. */
	faults: Array<number | FakeAnswer> = [];

	private made = 0;

	private readonly server: FastifyInstance = fastify();

	private constructor() {
		this.server.setNotFoundHandler(async (_request, reply) => await page(reply));
		this.server.addHook('onRequest', async (request, reply) => {
			const [path] = request.url.replace('/api/v1', '').split('?');
			this.requests.push(`${request.method} ${path}`);
			if (this.state === 'elsewhere' || !request.url.startsWith('/api/v1/'))
				return await page(reply);
			const fault = this.faults.shift();
			if (typeof fault === 'object')
				return await reply.code(fault.status).type('text/html').send(fault.text);
			if (fault) return await reply.code(fault).send({ message: 'Internal server error' });
			const key = String(request.headers['x-n8n-api-key']);
			if (this.state === 'off' || !this.keys.has(key))
				return await reply.code(401).send({ message: 'unauthorized' });
			const isKnown =
				this.state === 'on' || (this.state === 'withoutDiscovery' && path !== '/discover');
			if (!isKnown) return await reply.code(404).send({ message: 'not found' });
			const scope = scopeOf(request.method, path);
			if (scope && !this.keys.get(key)?.includes(scope)) {
				return await reply.code(403).send({ message: 'Forbidden' });
			}
		});
		this.addTables();
		this.addColumns();
		this.addRows();
		this.server.get('/api/v1/discover', (request) => ({
			data: { scopes: this.keys.get(String(request.headers['x-n8n-api-key'])), resources: {} },
		}));
	}

	static async start(): Promise<FakeTaskTable> {
		const fake = new FakeTaskTable();
		await fake.server.listen({ host: '127.0.0.1', port: 0 });
		fake.reset();
		return fake;
	}

	async close() {
		await this.server.close();
	}

	reset() {
		this.keys.clear();
		this.keys.set('n8n-key', neededScopes);
		this.requests.length = 0;
		this.tables.length = 0;
		this.faults = [];
		this.state = 'on';
		this.isFull = false;
	}

	get baseUrl(): string {
		const [{ port }] = this.server.addresses();
		return `http://127.0.0.1:${port}/api/v1`;
	}

	/** The rows of the newest table. */
	get rows(): FakeRow[] {
		return this.tables[this.tables.length - 1]?.rows ?? [];
	}

	create(name = 'Hailuo Tasks', columns: FakeTable['columns'] = taskColumns): FakeTable {
		const id = `table${++this.made}`;
		const table = { id, name, columns, createdAt: new Date(this.made).toISOString(), rows: [] };
		this.tables.push(table);
		return table;
	}

	/** Lets the key add columns. */
	allowColumns() {
		this.allow('dataTableColumn:create');
	}

	/** Gives the key one of the scopes that it can do without. */
	allow(scope: Scope) {
		this.keys.set('n8n-key', [...neededScopes, scope]);
	}

	/** Deletes the oldest table. */
	drop() {
		this.tables.shift();
	}

	/** Adds a row to the newest table, as a node does that records a task. */
	insert(row: Partial<Omit<TaskRow, 'id'>>) {
		const now = nowText();
		const id = (this.rows.at(-1)?.id ?? 0) + 1;
		this.rows.push({ id, createdAt: now, updatedAt: now, ...row } as FakeRow);
	}

	update(taskRef: string, change: Record<string, Cell>) {
		for (const row of this.rows) if (row.taskRef === taskRef) Object.assign(row, change);
	}

	private addTables() {
		this.server.get<{ Querystring: Query }>('/api/v1/data-tables', ({ query }) => {
			const { name = '' } = JSON.parse(query.filter ?? '{}') as { name?: string };
			// Every name that holds the text, whatever its case; the newest first unless asked.
			const found = this.tables.filter((one) =>
				one.name.toLowerCase().includes(name.toLowerCase()),
			);
			if (query.sortBy !== 'createdAt:asc') found.reverse();
			return { data: found.map(described), nextCursor: null };
		});
		this.server.post<{ Body: Pick<FakeTable, 'name' | 'columns'> }>(
			'/api/v1/data-tables',
			async ({ body: { name, columns } }, reply) => {
				if (this.tables.some((one) => one.name === name)) {
					const message = `Data table with name '${name}' already exists in this project`;
					return await reply.code(409).send({ message });
				}
				return await reply.code(201).send(described(this.create(name, columns)));
			},
		);
	}

	private addColumns() {
		this.server.post<{ Params: { id: string }; Body: { name: string; type: string } }>(
			'/api/v1/data-tables/:id/columns',
			async ({ params, body }, reply) => {
				const table = this.tables.find(({ id }) => id === params.id);
				if (!table) return await gone(reply, params.id);
				if (table.columns.some(({ name }) => name === body.name)) {
					return await reply.code(409).send({ message: `Column '${body.name}' already exists` });
				}
				table.columns = [...table.columns, { name: body.name, type: body.type }];
				return await reply.code(201).send(body);
			},
		);
	}

	private addRows() {
		type Params = { id: string };
		const rows = '/api/v1/data-tables/:id/rows';
		this.server.get<{ Params: Params; Querystring: Query }>(
			rows,
			async ({ params, query }, reply) => {
				const table = this.tables.find(({ id }) => id === params.id);
				if (!table) return await gone(reply, params.id);
				const limit = Number(query.limit ?? 100);
				if (limit > 250) {
					return await reply.code(400).send({ message: 'request/query/limit must be <= 250' });
				}
				const filter = JSON.parse(query.filter ?? '{"type":"and","filters":[]}') as Filter;
				const found = table.rows.filter((row) => meets(row, filter));
				if (query.sortBy?.endsWith(':desc')) found.reverse();
				return { data: found.slice(0, limit), nextCursor: null };
			},
		);
		this.server.post<{ Params: Params; Body: RowBody }>(rows, async ({ params, body }, reply) => {
			const table = this.tables.find(({ id }) => id === params.id);
			if (!table) return await gone(reply, params.id);
			if (this.isFull) return await full(reply);
			const names = table.columns.map(({ name }) => name);
			const unknown = body.data.flatMap(Object.keys).find((name) => !names.includes(name));
			if (unknown !== undefined) {
				const message = `Validation error with data table request: unknown column name '${unknown}'`;
				return await reply.code(400).send({ message });
			}
			const ids: Array<{ id: number }> = [];
			for (const row of body.data) {
				const empty = Object.fromEntries(names.map((name) => [name, null]));
				const now = nowText();
				const id = (table.rows.at(-1)?.id ?? 0) + 1;
				table.rows.push({ ...empty, ...row, id, createdAt: now, updatedAt: now });
				ids.push({ id });
			}
			if (body.returnType === 'id') return ids;
			return { success: true, insertedRows: body.data.length };
		});
		this.server.patch<{ Params: Params; Body: UpdateBody }>(
			`${rows}/update`,
			async ({ params, body: { filter, data, returnData = false } }, reply) => {
				const table = this.tables.find(({ id }) => id === params.id);
				if (!table) return await gone(reply, params.id);
				if (this.isFull) return await full(reply);
				const found = table.rows.filter((row) => meets(row, filter));
				for (const row of found) Object.assign(row, data, { updatedAt: nowText() });
				return returnData ? found : await reply.type('application/json').send('true');
			},
		);
		this.server.delete<{ Params: Params; Querystring: Query }>(
			`${rows}/delete`,
			async ({ params, query }, reply) => {
				const table = this.tables.find(({ id }) => id === params.id);
				if (!table) return await gone(reply, params.id);
				const filter = JSON.parse(query.filter ?? '{"filters":[]}') as Filter;
				if (filter.filters.length === 0) {
					return await reply
						.code(400)
						.send({ message: 'Filter is required for delete operations' });
				}
				const kept = table.rows.filter((row) => !meets(row, filter));
				table.rows.splice(0, Infinity, ...kept);
				return await reply.type('application/json').send('true');
			},
		);
	}
}

const nowText = () => new Date(clock.now()).toISOString();

const described = ({ id, name, columns, createdAt }: FakeTable) => ({
	id,
	name,
	columns,
	createdAt,
});

const pageOfNone = '<!DOCTYPE html><pre>Cannot GET /</pre>';

const page = async (reply: FastifyReply) =>
	await reply.code(404).type('text/html').send(pageOfNone);

/** What comes in n8n's place while it restarts behind a proxy, one after the other. */
export const restartAnswers: ReadonlyArray<number | FakeAnswer> = [
	{ status: 502, text: '<html><h1>502 Bad Gateway</h1></html>' },
	503,
	{ status: 200, text: 'n8n is starting up. Please wait' },
	{ status: 404, text: pageOfNone },
];

const gone = async (reply: FastifyReply, id: string) =>
	await reply.code(404).send({ message: `Could not find the data table: '${id}'` });

const full = async (reply: FastifyReply) =>
	await reply.code(400).send({
		message:
			'Validation error with data table request: Data table size limit exceeded: 201MB used, limit is 200MB',
	});

function scopeOf(method: string, path: string): string | undefined {
	if (!path.startsWith('/data-tables')) return undefined;
	const verbs = { GET: 'read', POST: 'create', PATCH: 'update', DELETE: 'delete' } as const;
	if (path.endsWith('/columns')) return 'dataTableColumn:create';
	if (path.includes('/rows')) return `dataTableRow:${verbs[method as keyof typeof verbs]}`;
	return method === 'POST' ? 'dataTable:create' : 'dataTable:list';
}
