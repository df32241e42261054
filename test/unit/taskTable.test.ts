import type { IHttpRequestOptions } from 'n8n-workflow';
import { createHost, type NodeContext } from '../../nodes/shared/host';
import { neededScopes } from '../../nodes/shared/taskTable/n8nApi';
import { openTaskTable } from '../../nodes/shared/taskTable/openTaskTable';
import { pagesAbove } from '../../nodes/shared/taskTable/pages';
import { rowOf, where } from '../../nodes/shared/taskTable/taskTable';
import { testTaskTable } from '../../nodes/shared/taskTable/credentialTest';
import { InputError, VendorError } from '../../video/failure';
import { FakeTaskTable } from '../../harness/fakeTaskTable';

let fake: FakeTaskTable;

beforeAll(async () => (fake = await FakeTaskTable.start()));
afterAll(async () => await fake.close());
beforeEach(() => fake.reset());

/** A node with a credential, as far as the client needs one. */
function nodeWith(apiKey = 'n8n-key', baseUrl = fake.baseUrl): NodeContext {
	const send = async (_type: string, { method, url, body }: IHttpRequestOptions) => {
		const answer = await fetch(url, {
			method,
			headers: { 'X-N8N-API-KEY': apiKey, ...(body ? { 'Content-Type': 'application/json' } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		return {
			statusCode: answer.status,
			headers: Object.fromEntries(answer.headers),
			body: await answer.text(),
		};
	};
	return {
		getCredentials: async () => ({ apiKey, baseUrl }),
		getContext: () => ({}),
		helpers: { httpRequestWithAuthentication: send },
	} as unknown as NodeContext;
}

async function open(context = nodeWith(), name = 'Hailuo Tasks', createWhenMissing = true) {
	return await openTaskTable(context, createHost(context), name, { createWhenMissing });
}

async function complaint(promise: Promise<unknown>): Promise<string> {
	const cause: unknown = await promise.then(
		() => undefined,
		(failure: unknown) => failure,
	);
	if (!(cause instanceof VendorError || cause instanceof InputError)) {
		throw new Error(`Expected a sentence, found ${String(cause)}`);
	}
	return `${cause.message}. ${cause.advice ?? ''}`;
}

describe('finding the table', () => {
	test('it is made once, with dates as dates', async () => {
		const first = await open();
		const second = await open();
		expect(second.id).toBe(first.id);
		expect(fake.tables).toHaveLength(1);
		const types = Object.fromEntries(fake.tables[0].columns.map(({ name, type }) => [name, type]));
		expect(types).toMatchObject({
			taskRef: 'string',
			cost: 'number',
			expiresAt: 'date',
			nextCheckAt: 'date',
		});
	});

	test('what people look for stands before IDs and what only the nodes read', async () => {
		await open();
		const order = fake.tables[0].columns.map(({ name }) => name);
		const first = [
			'label',
			'orderKey',
			'prompt',
			'status',
			'videoUrl',
			'cost',
			'costUnit',
			'sentAt',
		];
		expect(order.slice(0, first.length)).toEqual(first);
		const last = order.slice(order.indexOf('taskRef'));
		for (const name of ['model', 'failure', 'elapsedSeconds']) expect(last).not.toContain(name);
		for (const name of ['workflowId', 'executionId', 'requestId', 'request', 'heldBy']) {
			expect(last).toContain(name);
		}
	});

	test('nodes that make it at the same moment share it', async () => {
		const tables = await Promise.all([1, 2, 3].map(async () => await open()));
		expect(new Set(tables.map(({ id }) => id)).size).toBe(1);
	});

	test('the fault with which n8n answers the second of two creates is no fault of the table', async () => {
		const context = nodeWith();
		const { helpers } = context as unknown as { helpers: Record<string, typeof createElsewhere> };
		const send = helpers.httpRequestWithAuthentication;
		async function createElsewhere(type: string, options: IHttpRequestOptions) {
			if (options.method === 'POST' && fake.tables.length === 0) {
				await open();
				return { statusCode: 500, headers: {}, body: '{"message":"Internal server error"}' };
			}
			return await send(type, options);
		}
		helpers.httpRequestWithAuthentication = createElsewhere;
		expect((await open(context)).id).toBe(fake.tables[0].id);
	});

	test('of equal names in several projects it is always the oldest, and never a name that is longer', async () => {
		const { columns } = (await open(), fake.tables[0]);
		fake.tables.length = 0;
		fake.create('Old Hailuo Tasks', columns);
		const oldest = fake.create('Hailuo Tasks', columns);
		fake.create('Hailuo Tasks', columns);
		fake.create('hailuo tasks', columns);
		expect((await open()).id).toBe(oldest.id);
	});

	test('it is not made where it is only read', async () => {
		expect(await complaint(open(nodeWith(), 'Elsewhere', false))).toMatch(
			/“Elsewhere” does not exist/,
		);
		expect(fake.tables).toHaveLength(0);
	});

	test('a table without our columns says which are missing', async () => {
		fake.create(
			'Hailuo Tasks',
			[
				...['taskRef', 'provider', 'model', 'status', 'videoUrl', 'cost', 'costUnit', 'failure'],
				...['nextCheckAt', 'workflowId', 'executionId'],
			].map((name) => ({ name, type: 'string' })),
		);
		expect(await complaint(open())).toMatch(
			/is not a task table: it has no columns expiresAt and label/,
		);
	});
});

describe('rows', () => {
	test('are inserted, updated by their reference and read by filters', async () => {
		const table = await open();
		await table.insert({ taskRef: 'minimax:v1:1', status: 'processing', label: 'a' });
		await table.insert({ taskRef: 'minimax:v1:2', status: 'processing' });
		const done = { status: 'completed', nextCheckAt: null };
		expect(await table.change([rowOf('minimax:v1:1')], done)).toMatchObject([{ id: 1, ...done }]);
		expect(await table.change([rowOf('minimax:v1:3')], done)).toEqual([]);
		const isOpen = [where('status', 'neq', 'completed')];
		const open_ = await table.page(isOpen, { sortBy: 'id:asc', limit: 250 });
		expect(open_).toMatchObject([{ id: 2, taskRef: 'minimax:v1:2', label: null, cost: null }]);
	});

	test('more than one page is read by row number', async () => {
		const table = await open();
		for (let id = 1; id <= 600; id++) {
			const now = new Date().toISOString();
			fake.rows.push({ id, taskRef: `minimax:v1:${id}`, createdAt: now, updatedAt: now });
		}
		const seen: number[] = [];
		for await (const rows of pagesAbove(table, 0, [])) seen.push(...rows.map(({ id }) => id));
		expect(seen).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
	});

	test('of a table that was deleted meanwhile say so', async () => {
		const table = await open();
		fake.tables.length = 0;
		expect(await complaint(table.insert({ taskRef: 'minimax:v1:1' }))).toMatch(/table is gone/);
		expect(await complaint(table.change([rowOf('minimax:v1:1')], { status: 'failed' }))).toMatch(
			/gone/,
		);
		expect(await complaint(table.page([], { limit: 1 }))).toMatch(/gone/);
	});
});

describe('what is wrong is said in a sentence', () => {
	test('a key that was revoked', async () => {
		expect(await complaint(open(nodeWith('revoked')))).toMatch(
			/does not accept the API key.+new key.+switched off/,
		);
	});

	test.each([
		['dataTable:list', async () => await open()],
		['dataTable:create', async () => await open(nodeWith(), 'New')],
		['dataTableRow:create', async () => await (await open()).insert({ taskRef: 'a' })],
		[
			'dataTableRow:update',
			async () => await (await open()).change([rowOf('a')], { status: 'failed' }),
		],
		['dataTableRow:read', async () => await (await open()).page([], { limit: 1 })],
	])('a key without %s', async (scope, work) => {
		await open();
		fake.keys.set(
			'n8n-key',
			neededScopes.filter((one) => one !== scope),
		);
		expect(await complaint(work())).toContain(`lacks the scope ${scope}`);
	});

	test.each([
		'',
		'n8n.example.com/api/v1',
		'https://n8n.example.com',
		'https://n8n.example.com/api/',
	])('a base URL that cannot be one: %s', async (baseUrl) => {
		expect(await complaint(open(nodeWith('n8n-key', baseUrl)))).toMatch(/ends with \/api\/v1/);
	});

	test('an address where something else answers, and a public API that is switched off', async () => {
		const elsewhere = fake.baseUrl.replace('v1', 'v2');
		expect(await complaint(open(nodeWith('n8n-key', elsewhere)))).toMatch(/No n8n API answers/);
		fake.state = 'elsewhere';
		expect(await complaint(open())).toMatch(/No n8n API answers.+N8N_PUBLIC_API_DISABLED/);
		fake.state = 'off';
		expect(await complaint(open())).toMatch(/N8N_PUBLIC_API_DISABLED/);
	});

	test('an address where nobody answers', async () => {
		const nowhere = nodeWith('n8n-key', 'http://127.0.0.1:9/api/v1');
		expect(await complaint(open(nowhere))).toMatch(/n8n’s API/);
	});

	test('an n8n whose API has no data tables', async () => {
		fake.state = 'withoutDataTables';
		expect(await complaint(open())).toMatch(/has no data tables yet.+newest 2\.x/);
	});
});

describe('the test of the credential', () => {
	const helpers = {
		request: async ({ uri, headers }: { uri: string; headers: Record<string, string> }) => {
			const answer = await fetch(uri, { headers });
			return { statusCode: answer.status, body: await answer.text() };
		},
	};

	const verdict = async (apiKey = 'n8n-key', baseUrl = fake.baseUrl) =>
		await testTaskTable.call({ helpers } as unknown as ThisParameterType<typeof testTaskTable>, {
			id: '1',
			name: 'n8n',
			type: 'hailuoTaskTableApi',
			data: { apiKey, baseUrl },
		});

	test('a key with all scopes passes, with a slash at the end of the address too', async () => {
		expect(await verdict()).toMatchObject({ status: 'OK' });
		expect(await verdict('n8n-key', `${fake.baseUrl}/ `)).toMatchObject({ status: 'OK' });
	});

	test('missing scopes are named', async () => {
		fake.keys.set('poor', ['dataTable:list', 'dataTableRow:read', 'workflow:read']);
		const { status, message } = await verdict('poor');
		expect(status).toBe('Error');
		expect(message).toContain(
			'dataTable:create, dataTable:read, dataTableRow:create, dataTableRow:update',
		);
	});

	test.each([
		['a revoked key', () => {}, 'revoked', undefined, /does not accept this API key/],
		['the API switched off', () => (fake.state = 'off'), 'n8n-key', undefined, /N8N_PUBLIC_API/],
		['no API address', () => {}, 'n8n-key', 'https://n8n.example.com', /and end with \/api\/v1/],
		['a page of another site', () => {}, 'n8n-key', '/api/v2', /No n8n API answers/],
		['nobody', () => {}, 'n8n-key', 'http://127.0.0.1:9/api/v1', /could not be reached/],
		['an old n8n', () => (fake.state = 'withoutDataTables'), 'n8n-key', undefined, /update n8n/],
		['a fault', () => (fake.faults = [500, 500]), 'n8n-key', undefined, /HTTP 500/],
	])('%s is told', async (_what, prepare, key, baseUrl, words) => {
		prepare();
		const address = baseUrl?.startsWith('/') ? fake.baseUrl.replace('/api/v1', baseUrl) : baseUrl;
		const { status, message } = await verdict(key, address);
		expect(status).toBe('Error');
		expect(message).toMatch(words);
	});

	test('an n8n without discovery passes a key that may list tables', async () => {
		fake.state = 'withoutDiscovery';
		expect(await verdict()).toMatchObject({ status: 'OK' });
		fake.keys.set('n8n-key', []);
		expect(await verdict()).toMatchObject({ message: expect.stringContaining('dataTable:list') });
	});
});
