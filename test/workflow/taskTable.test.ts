import type { INodeParameters } from 'n8n-workflow';
import { type NodeRun, runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { accounts, keys, sandbox, table, useSandbox, useTaskTable } from './world';

const time = simulateTime();
useSandbox(time);
useTaskTable();

const credentials = (apiKey = 'n8n-key', baseUrl = table.baseUrl) => ({
	...keys(),
	hailuoTaskTableApi: { apiKey, baseUrl },
});

const quick = { downloadVideo: false, recordTask: true };

async function generate(parameters: INodeParameters, more: Partial<NodeRun> = {}) {
	return await runNode({
		parameters: { ...quick, ...parameters },
		credentials: keys(),
		...more,
	});
}

async function query(parameters: INodeParameters, taskRef: unknown, more: Partial<NodeRun> = {}) {
	return await runNode({
		type: 'hailuoQueryTask',
		parameters: { ...quick, task: String(taskRef), ...parameters },
		credentials: keys(),
		...more,
	});
}

async function until(condition: () => boolean) {
	while (!condition()) await time.sleep(100);
}

const rowRequests = () => table.requests.filter((one) => one.includes('/rows'));

describe('Generate Video', () => {
	test('writes the row before it waits, with what the trigger needs', async () => {
		const { items } = await generate({
			prompt: '{{sandbox seconds=3600}}',
			waitForCompletion: false,
			taskTable: { label: ' spring ' },
		});
		expect(table.tables.map(({ name }) => name)).toEqual(['Hailuo Tasks']);
		expect(table.rows).toEqual([
			expect.objectContaining({
				taskRef: items[0].json.taskRef,
				provider: 'minimax',
				model: 'MiniMax-Hailuo-2.3',
				status: items[0].json.status,
				cost: 0.28,
				costUnit: 'USD',
				label: 'spring',
				workflowId: 'workflow',
				executionId: '1',
				videoUrl: null,
			}),
		]);
		const created = Date.parse(String(items[0].json.createdAt));
		const wait = Date.parse(String(table.rows[0].nextCheckAt)) - created;
		expect(wait).toBeGreaterThan(5000);
		expect(wait).toBeLessThan(10 * 60_000);
	});

	test('brings the row up to date when the wait ends, with one request for each step', async () => {
		const { items, hints } = await generate({ prompt: '{{sandbox seconds=5}}' });
		expect(table.rows).toEqual([
			expect.objectContaining({
				status: 'completed',
				videoUrl: items[0].json.videoUrl,
				expiresAt: items[0].json.expiresAt,
				nextCheckAt: null,
				failure: null,
			}),
		]);
		expect(rowRequests().map((one) => one.split(' ')[0])).toEqual(['POST', 'PATCH', 'PATCH']);
		expect(hints.join()).not.toContain('table');
	});

	test('and when the wait ends in failure', async () => {
		const { error } = await generate({ prompt: '{{sandbox seconds=5 fail=1027}}' });
		expect(error).toBeDefined();
		expect(table.rows).toEqual([expect.objectContaining({ status: 'failed', nextCheckAt: null })]);
		expect(table.rows[0].failure).toBeTruthy();
	});

	test('many items look the table up once, each under its own label', async () => {
		await generate(
			{
				prompt: '{{sandbox seconds=3600}} {{ $json.n }}',
				waitForCompletion: false,
				taskTable: { label: '={{ "label " + $json.n }}', name: 'Batch' },
			},
			{ items: Array.from({ length: 12 }, (_, n) => ({ json: { n } })) },
		);
		expect(table.rows.map(({ label }) => label).sort()).toEqual(
			Array.from({ length: 12 }, (_, n) => `label ${n}`).sort(),
		);
		expect(table.requests.filter((one) => one === 'GET /data-tables')).toHaveLength(1);
		expect(table.requests.filter((one) => one === 'POST /data-tables')).toHaveLength(1);
		expect(rowRequests()).toHaveLength(24);
	});

	test('leaves the table alone when Record Task is off, and needs no credential for it', async () => {
		const { hailuoMiniMaxApi } = keys();
		const { error } = await generate(
			{ prompt: '{{sandbox seconds=1}}', recordTask: false },
			{ credentials: { hailuoMiniMaxApi } },
		);
		expect(error).toBeUndefined();
		expect(table.requests).toEqual([]);
	});

	test('a retry that picks a task up makes no second row, and undoes nothing', async () => {
		const running = generate(
			{ prompt: '{{sandbox seconds=3600}}', wait: { timeoutMinutes: 0.3 } },
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 10 } },
		);
		await until(() => table.rows[0]?.taskRef != null);
		// The trigger has finished it in the meantime.
		table.rows[0].status = 'completed';
		const { error } = await running;
		expect(error?.message).toMatch(/not ready after/);
		expect(table.rows).toMatchObject([{ status: 'completed' }]);
		expect(rowRequests()).toHaveLength(3);
		expect(sandbox.charges('key')).toHaveLength(1);
	});
});

test('Template Video records its tasks', async () => {
	const { items, error } = await runNode({
		type: 'hailuoTemplateVideo',
		parameters: {
			...quick,
			waitForCompletion: false,
			template: { __rl: true, mode: 'id', value: '392747428568649728' },
			images: {
				items: [{ source: 'url', url: 'https://example.com/cat.jpg' }],
			},
		},
		credentials: keys(),
	});
	expect(error).toBeUndefined();
	expect(table.rows).toMatchObject([{ taskRef: items[0].json.taskRef, provider: 'minimax' }]);
});

describe('recording that fails never fails the generation', () => {
	const made = async (apiKey?: string, baseUrl?: string) => {
		const outcome = await generate(
			{ prompt: '{{sandbox seconds=3600}}', waitForCompletion: false },
			{ credentials: credentials(apiKey, baseUrl) },
		);
		expect(outcome.error).toBeUndefined();
		expect(sandbox.charges('key')).toHaveLength(1);
		const [item] = outcome.items;
		const hint = outcome.hints.find((one) => one.includes('task table')) ?? '';
		expect(hint).toContain(
			`Not in the task table, and unknown to Hailuo Trigger: ${String(item.json.taskRef)}. `,
		);
		return hint;
	};

	test('a revoked key', async () => {
		expect(await made('revoked')).toMatch(/does not accept the API key.+Make a new key/);
	});

	test('a key without a scope', async () => {
		table.keys.set('n8n-key', ['dataTable:list', 'dataTable:create']);
		expect(await made()).toMatch(/lacks the scope dataTableRow:(create|update)/);
	});

	test('a wrong base URL', async () => {
		expect(await made('n8n-key', 'https://n8n.example.com')).toMatch(/ends with \/api\/v1/);
		sandbox.reset();
		expect(await made('n8n-key', table.baseUrl.replace('v1', 'v3'))).toMatch(/No n8n API answers/);
	});

	test('the public API switched off', async () => {
		table.state = 'off';
		expect(await made()).toMatch(/N8N_PUBLIC_API_DISABLED/);
	});

	test('a table that is not ours', async () => {
		table.create('Hailuo Tasks', [{ name: 'taskRef', type: 'string' }]);
		expect(await made()).toMatch(/it has no columns provider, model/);
	});

	test('an n8n that is down for longer than one would wait', async () => {
		table.faults = Array.from({ length: 50 }, () => 503);
		expect(await made()).toMatch(/HTTP 503/);
	});

	test('many items: one look at a table that cannot be, one sentence that names all tasks', async () => {
		const { hints, items } = await generate(
			{ prompt: '{{sandbox seconds=3600}} {{ $json.n }}', waitForCompletion: false },
			{
				items: Array.from({ length: 20 }, (_, n) => ({ json: { n } })),
				credentials: credentials('revoked'),
			},
		);
		expect(items).toHaveLength(20);
		const hint = hints.filter((one) => one.startsWith('Not in the task table'));
		expect(hint).toHaveLength(1);
		for (const { json } of items) expect(hint[0]).toContain(String(json.taskRef));
		expect(table.requests.length).toBeLessThanOrEqual(5);
	});

	test('an error item says it too', async () => {
		const { items } = await generate(
			{ prompt: '{{sandbox seconds=3600}}', wait: { timeoutMinutes: 0.4 } },
			{ credentials: credentials('revoked'), node: { onError: 'continueRegularOutput' } },
		);
		expect(JSON.stringify(items[0].json.details)).toContain('Not in the task table');
	});
});

test('a fault that passes is waited for', async () => {
	table.faults = [500, 502];
	const { hints } = await generate({
		prompt: '{{sandbox seconds=3600}}',
		waitForCompletion: false,
	});
	expect(table.rows).toHaveLength(1);
	expect(hints.join()).not.toContain('task table');
});

test('a table that is deleted while the node waits is made again', async () => {
	const running = generate({ prompt: '{{sandbox seconds=30}}' });
	await until(() => table.rows[0]?.taskRef != null);
	table.tables.length = 0;
	const { items, hints, error } = await running;
	expect(error).toBeUndefined();
	expect(items[0].json.status).toBe('completed');
	expect(hints.join()).not.toContain('task table');
	expect(table.rows).toMatchObject([{ taskRef: items[0].json.taskRef, status: 'completed' }]);
});

describe('Query Task', () => {
	const submitted = async (prompt: string, recordTask = true) => {
		const { items } = await generate({
			prompt,
			recordTask,
			waitForCompletion: false,
			taskTable: { label: 'kept' },
		});
		return items[0].json.taskRef;
	};

	test('Get brings the row up to date and keeps its label', async () => {
		const taskRef = await submitted('{{sandbox seconds=1}}');
		sandbox.advance(5000);
		await query({}, taskRef);
		expect(table.rows).toMatchObject([
			{ taskRef, status: 'completed', label: 'kept', nextCheckAt: null },
		]);
		expect(table.rows[0].videoUrl).toMatch(/^http/);
	});

	test('Get makes the row of a task that has none', async () => {
		const taskRef = await submitted('{{sandbox seconds=3600}}', false);
		await query({ taskTable: { label: 'late' } }, taskRef);
		expect(table.rows).toMatchObject([{ taskRef, label: 'late' }]);
		expect(table.rows[0].nextCheckAt).not.toBeNull();
	});

	test('Wait records an end in failure, too', async () => {
		const taskRef = await submitted('{{sandbox seconds=20 fail=1027}}');
		const { error } = await query({ operation: 'wait' }, taskRef);
		expect(error).toBeDefined();
		expect(table.rows).toMatchObject([{ taskRef, status: 'failed', nextCheckAt: null }]);
	});

	test('what the vendor did not say changes no row', async () => {
		const taskRef = await submitted('{{sandbox seconds=1}}');
		table.rows[0].status = 'completed';
		await query({}, taskRef, {
			credentials: accounts({ minimax: 'bad-key' }),
			node: { onError: 'continueRegularOutput' },
		});
		expect(table.rows).toMatchObject([{ status: 'completed' }]);
		await query({}, 'minimax:v1:404404404', { node: { onError: 'continueRegularOutput' } });
		expect(table.rows).toHaveLength(1);
	});
});
