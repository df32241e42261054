import { HailuoCallbackTrigger } from '../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node';
import { forgetCallbacks } from '../../nodes/HailuoCallbackTrigger/callbackMemory';
import { providers } from '../../providers';
import { forgetAccounts } from '../../video/account';
import type { Credentials } from './additionalData';
import { CallbackProcess, Database, post, untilTrue, useCallbacks } from './callbackHarness';
import { onTable, pollFor, useTriggers, vendors } from './triggerWorld';
import { keys, sandbox, submit, table } from './world';

useTriggers();
useCallbacks();

const secret = 'a secret of 32 bytes, as ToAPIs has';

const allKeys = (): Credentials => ({
	...keys(),
	hailuoToApisApi: { ...keys().hailuoToApisApi, webhookSecret: secret },
});

const recorded = { recordTask: true, taskTable: {} };

async function process(parameters = {}, database?: Database): Promise<CallbackProcess> {
	const started = await CallbackProcess.start(
		{ parameters: { ...recorded, ...parameters }, credentials: allKeys() },
		database,
	);
	sandbox.configure({ toapisWebhook: { origin: started.url, secret } });
	return started;
}

/** Orders videos that call back, one after another of each vendor. */
async function order(url: string, count: number, more = {}, prompt = ''): Promise<string[]> {
	const references: string[] = [];
	for (let index = 0; index < count; index++) {
		const { taskRef } = await submit(vendors[index % vendors.length], prompt || `Boat ${index}`, {
			options: { callbackUrl: url },
			...more,
		});
		references.push(String(taskRef));
	}
	return references.sort();
}

const statusQuestions = () => sandbox.requests({ step: 'status' }).length;
const withRows = { recordTask: true, taskTable: { label: 'x' } };
const answered = () => sandbox.callbacks().every(({ dropped, status }) => dropped || status);

/** Lets the tasks end, and all calls about it be answered. */
async function end(count: number) {
	sandbox.advance(20_000);
	const ends = () => sandbox.callbacks().filter(({ final }) => final);
	await untilTrue(() => ends().length >= count);
	await untilTrue(answered);
}

describe('each task fires once', () => {
	test('20 tasks of four vendors, with what the row knows; nobody is asked before the call', async () => {
		const n8n = await process();
		const references = await order(n8n.url, 20, withRows);
		// Calls about tasks that only go on cost nothing.
		sandbox.advance(1500);
		await untilTrue(() =>
			sandbox.callbacks().some(({ final, status }) => !final && status === 200),
		);
		expect(statusQuestions()).toBe(0);
		await end(20);
		await untilTrue(() => n8n.items.length >= 20);
		expect(n8n.references).toEqual(references);
		for (const { json } of n8n.items) {
			expect(json).toMatchObject({
				event: 'completed',
				status: 'completed',
				videoUrl: expect.stringContaining('http'),
				label: 'x',
				workflowId: 'workflow',
				model: expect.any(String),
			});
		}
		for (const row of table.rows) {
			expect(row).toMatchObject({
				status: 'completed',
				videoUrl: expect.stringContaining('http'),
				firedBy: expect.stringMatching(/^callback \d+$/),
			});
		}
		// Runware answers for many at once.
		expect(statusQuestions()).toBeLessThanOrEqual(20);
		expect(sandbox.requests({ vendor: 'minimax', step: 'status' })).toHaveLength(5);
	});

	test('the item is the same as that of the polling trigger', async () => {
		const polling = onTable({}, 'polling');
		await polling.activate();
		const n8n = await process({ recordTask: false });
		const [reference] = await order(n8n.url, 1, withRows);
		await end(1);
		await untilTrue(() => n8n.items.length === 1);
		await pollFor(polling, 1);
		const [byPoll] = polling.items.map(({ json }) => json);
		const [byCall] = n8n.items.map(({ json }) => json);
		expect(byPoll.taskRef).toBe(reference);
		const rowKeys = ['label', 'workflowId', 'executionId', 'model', 'createdAt', 'cost'];
		const keysOf = (json: object) => Object.keys(json).filter((key) => !rowKeys.includes(key));
		expect(keysOf(byCall).sort()).toEqual(keysOf(byPoll).sort());
	});

	test('doubled, repeated, and again after a restart', async () => {
		sandbox.configure({ callbacks: { copies: 3 } });
		const n8n = await process();
		const references = await order(n8n.url, 8, withRows);
		await end(8);
		await sandbox.repeatCallbacks();
		forgetCallbacks();
		forgetAccounts();
		await sandbox.repeatCallbacks();
		await untilTrue(() => n8n.items.length >= 8);
		expect(n8n.references).toEqual(references);
		// What had fired before the restart did not start anything again.
		expect(n8n.runs).toHaveLength(8);
	});

	test('without a table n8n’s static data remembers them across a restart', async () => {
		sandbox.configure({ callbacks: { copies: 2 } });
		const n8n = await process({ recordTask: false });
		const references = await order(n8n.url, 8);
		await end(8);
		forgetCallbacks();
		forgetAccounts();
		await sandbox.repeatCallbacks();
		await untilTrue(() => n8n.items.length >= 8);
		expect(n8n.references).toEqual(references);
		expect(table.requests).toEqual([]);
	});

	test('two processes that are called at one moment', async () => {
		const database = new Database();
		const one = await process({}, database);
		let other!: CallbackProcess;
		await jest.isolateModulesAsync(async () => {
			const node = await import('../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node');
			const options = { parameters: recorded, credentials: allKeys() };
			const apart = new node.HailuoCallbackTrigger();
			other = await CallbackProcess.start({ ...options, node: apart }, database);
		});
		const references = await order(one.url, 12, withRows);
		sandbox.configure({ callbacks: { dropEvery: 1 } });
		await end(12);
		const calls = sandbox.callbacks().filter(({ final, vendor }) => final && vendor !== 'toapis');
		// Signed by Apiframe as for the first: headers are the sandbox's, so only unsigned ones here.
		const unsigned = calls.filter(({ vendor }) => vendor !== 'apiframe');
		await Promise.all(unsigned.flatMap(({ body }) => [post(one.url, body), post(other.url, body)]));
		await untilTrue(() => one.runs.length + other.runs.length >= unsigned.length);
		await untilTrue(() => one.items.length + other.items.length >= unsigned.length);
		const fired = [...one.references, ...other.references];
		expect(fired.sort()).toEqual(references.filter((name) => /^(minimax|runware)/.test(name)));
	});
});

describe('nothing in a call is believed', () => {
	test('a flood of made-up tasks costs a bounded number of questions and starts nothing', async () => {
		const n8n = await process({ recordTask: false });
		const statuses = new Map<number, number>();
		for (let round = 0; round < 8; round++) {
			const calls = Array.from({ length: 50 }, async (_, index) => {
				const task_id = String(900_000_000 + round * 50 + index);
				return await post(n8n.url, { task_id, status: 'success', file_id: '1' });
			});
			for (const { status } of await Promise.all(calls)) {
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
			}
		}
		expect(statusQuestions()).toBeLessThan(320);
		expect(statusQuestions()).toBeGreaterThan(100);
		expect([...statuses.keys()].sort()).toEqual([404, 429]);
		expect(n8n.runs).toEqual([]);
		// The same ones again cost nothing for a while.
		const before = statusQuestions();
		await post(n8n.url, { task_id: '900000000', status: 'success' });
		expect(statusQuestions()).toBe(before);
	});

	test('a wrong signature asks nobody; the right one of an old call does not either', async () => {
		const n8n = await process({ recordTask: false });
		const [toapis] = await order(n8n.url, 4).then((all) =>
			all.filter((name) => name.startsWith('toapis')),
		);
		const data = { task_id: toapis.split(':')[2], task_type: 'video', status: 'SUCCESS' };
		const event = { id: 'evt_1', type: 'generation.completed', data };
		expect((await post(n8n.url, event)).status).toBe(401);
		const headers = {
			'x-toapis-webhook-id': 'evt_1',
			'x-toapis-webhook-timestamp': '1',
			'x-toapis-webhook-signature': 'v1=00',
		};
		expect((await post(n8n.url, event, headers)).status).toBe(401);
		const job = { event: 'completed', jobId: '6f1b2c3d-0000-4000-8000-000000000000' };
		expect((await post(n8n.url, job, { 'x-webhook-signature': 'sha256=00' })).status).toBe(401);
		expect(statusQuestions()).toBe(0);
		expect(n8n.runs).toEqual([]);
	});

	test('what is no callback is refused', async () => {
		const n8n = await process();
		const odd = ['', '{', 'null', '[]', '5', '{}', '{"task_id":null}', '<html>', '{"data":[]}'];
		for (const body of odd) expect([body, (await post(n8n.url, body)).status]).toEqual([body, 400]);
		const huge = { task_id: '1', status: 'success', words: 'x'.repeat(1024 * 1024) };
		expect((await post(n8n.url, huge)).status).toBe(400);
		expect((await post(n8n.url, { task_id: '../../v1/me', status: 'success' })).status).toBe(200);
		expect(sandbox.requests()).toEqual([]);
		expect(n8n.runs).toEqual([]);
	});

	test('a challenge is answered without any request, by POST and by GET', async () => {
		const n8n = await process();
		expect(await post(n8n.url, { challenge: 'abc' })).toEqual({
			status: 200,
			text: '{"challenge":"abc"}',
		});
		const visit = await fetch(`${n8n.url}?challenge=abc`);
		expect(await visit.json()).toEqual({ challenge: 'abc' });
		expect((await fetch(n8n.url)).status).toBe(200);
		expect(sandbox.requests()).toEqual([]);
		expect(table.requests).toEqual([]);
	});

	test('a vendor without a credential is told to come again', async () => {
		const { hailuoMiniMaxApi, ...others } = allKeys();
		expect(hailuoMiniMaxApi).toBeDefined();
		const n8n = await CallbackProcess.start({ parameters: {}, credentials: others });
		expect((await post(n8n.url, { task_id: '1', status: 'success' })).status).toBe(503);
		expect(n8n.runs).toEqual([]);
	});
});

describe('early, late and odd', () => {
	test('a task that is not final yet is followed up until it is', async () => {
		const n8n = await process();
		const [reference] = await order(n8n.url, 1, withRows, '{{sandbox seconds=90}}');
		const early = await post(n8n.url, { task_id: reference.split(':')[2], status: 'success' });
		// Simulated time may have passed before the answer.
		expect([200, 503]).toContain(early.status);
		await untilTrue(() => n8n.items.length > 0);
		expect(n8n.references).toEqual([reference]);
		expect(statusQuestions()).toBeGreaterThan(1);
		expect(statusQuestions()).toBeLessThan(30);
		await end(0);
		expect(n8n.runs).toHaveLength(1);
	});

	test('failed tasks fire as failed, and only for those who want them', async () => {
		const n8n = await process({ events: ['failed'] });
		await order(n8n.url, 1, withRows);
		const { taskRef } = await submit('minimax', '{{sandbox fail=1027}}', {
			options: { callbackUrl: n8n.url },
			...withRows,
		});
		await end(2);
		await untilTrue(() => n8n.items.length > 0);
		expect(n8n.items.map(({ json }) => [json.event, json.taskRef])).toEqual([['failed', taskRef]]);
		expect(table.rows.map(({ status }) => status).sort()).toEqual(['completed', 'failed']);
	});

	test('a task without a row gets one', async () => {
		const n8n = await process({ taskTable: { label: 'mine' } });
		const [reference] = await order(n8n.url, 1);
		await end(1);
		await untilTrue(() => n8n.items.length > 0);
		expect(table.rows).toMatchObject([
			{ taskRef: reference, status: 'completed', label: 'mine', provider: 'minimax' },
		]);
	});

	test('a test in the editor fires without remembering anything', async () => {
		const n8n = await CallbackProcess.start({
			parameters: recorded,
			credentials: allKeys(),
			mode: 'manual',
		});
		sandbox.configure({ toapisWebhook: { origin: n8n.url, secret } });
		await order(n8n.url, 4, withRows);
		await end(4);
		await untilTrue(() => n8n.items.length >= 4);
		expect(table.rows.every(({ firedBy }) => firedBy === null)).toBe(true);
	});

	test('a table that cannot be written fails the execution, which names the task', async () => {
		const n8n = await process();
		const [reference] = await order(n8n.url, 1, withRows);
		table.keys.set('n8n-key', ['dataTable:list', 'dataTableRow:read']);
		await end(1);
		await untilTrue(() => n8n.runs.length > 0);
		expect(n8n.errors).toEqual([expect.stringContaining(reference)]);
		expect(n8n.errors[0]).toContain('dataTableRow:update');
		expect(n8n.items).toEqual([]);
	});
});

describe('with a polling trigger on the same table', () => {
	test('a third of the calls is lost: the two together fire once', async () => {
		sandbox.configure({ callbacks: { dropEvery: 3 } });
		const polling = onTable({}, 'polling');
		await polling.activate();
		const n8n = await process();
		const references = await order(n8n.url, 24, withRows);
		await end(24);
		await untilTrue(() => n8n.items.length >= 16);
		await pollFor(polling, 8);
		expect(polling.references.length).toBe(8);
		expect([...n8n.references, ...polling.references].sort()).toEqual(references);
		// Calls that come later than the poll start nothing.
		await sandbox.repeatCallbacks();
		forgetCallbacks();
		await sandbox.repeatCallbacks();
		await polling.restart();
		await polling.poll();
		expect([...n8n.references, ...polling.references].sort()).toEqual(references);
	});

	test('n8n was down while the vendor called', async () => {
		const polling = onTable({}, 'polling');
		await polling.activate();
		const n8n = await process();
		const references = await order(n8n.url, 8, withRows);
		await n8n.close();
		sandbox.advance(20_000);
		await polling.restart();
		await pollFor(polling, 8);
		expect([...polling.references].sort()).toEqual(references);
		expect(n8n.runs).toEqual([]);
	});

	test('both at one moment', async () => {
		const polling = onTable({}, 'polling');
		await polling.activate();
		const n8n = await process();
		const references = await order(n8n.url, 20, withRows);
		sandbox.advance(20_000);
		await Promise.all([polling.poll(), end(20)]);
		await pollFor(polling, 20, 3);
		await untilTrue(() => n8n.items.length + polling.items.length >= 20);
		expect([...n8n.references, ...polling.references].sort()).toEqual(references);
	});
});

test('an address that no vendor can reach is named before anything is sent', async () => {
	const real = {
		...keys(),
		hailuoToApisApi: { apiKey: 'key', baseUrl: 'https://toapis.com' },
	};
	const { runNode } = await import('./harness');
	const { error } = await runNode({
		parameters: {
			provider: 'toapis',
			prompt: 'Boat',
			options: { callbackUrl: 'http://localhost:5678/webhook/x/webhook' },
		},
		credentials: real,
	});
	expect(error?.message).toBe('Callback URL leads to localhost, which ToAPIs cannot reach');
	expect(error?.description).toContain('WEBHOOK_URL');
	expect(sandbox.requests()).toEqual([]);
});

test('the node takes a credential of every vendor', () => {
	const taken = new HailuoCallbackTrigger().description.credentials?.map(({ name }) => name);
	expect(taken).toEqual(expect.arrayContaining(providers.map(({ credential }) => credential)));
});
