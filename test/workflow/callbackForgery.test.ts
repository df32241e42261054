import { CallbackProcess, post, untilTrue } from './callbackProcess';
import {
	allKeys,
	end,
	order,
	recorded,
	secret,
	startProcess,
	statusQuestions,
	useCallbackTriggers,
	withRows,
} from './callbackWorld';
import { sandbox, submit, table } from './world';

useCallbackTriggers();

describe('nothing in a call is believed', () => {
	test('a flood of made-up tasks costs a bounded number of questions and starts nothing', async () => {
		const n8n = await startProcess({ recordTask: false });
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
		const n8n = await startProcess({ recordTask: false });
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
		const n8n = await startProcess();
		const odd = ['', '{', 'null', '[]', '5', '{}', '{"task_id":null}', '<html>', '{"data":[]}'];
		for (const body of odd) expect([body, (await post(n8n.url, body)).status]).toEqual([body, 400]);
		const huge = { task_id: '1', status: 'success', words: 'x'.repeat(1024 * 1024) };
		expect((await post(n8n.url, huge)).status).toBe(400);
		expect((await post(n8n.url, { task_id: '../../v1/me', status: 'success' })).status).toBe(200);
		expect(sandbox.requests()).toEqual([]);
		expect(n8n.runs).toEqual([]);
	});

	test('a challenge is answered without any request, by POST and by GET', async () => {
		const n8n = await startProcess();
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
		const n8n = await startProcess();
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
		const n8n = await startProcess({ events: ['failed'] });
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
		const n8n = await startProcess({ taskTable: { label: 'mine' } });
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
		expect(table.rows.every(({ firedBy }) => firedBy === 'nobody')).toBe(true);
	});

	test('a table that cannot be written fails the execution, which names the task', async () => {
		const n8n = await startProcess();
		const [reference] = await order(n8n.url, 1, withRows);
		table.keys.set('n8n-key', ['dataTable:list', 'dataTableRow:read']);
		await end(1);
		await untilTrue(() => n8n.runs.length > 0);
		expect(n8n.errors).toEqual([expect.stringContaining(reference)]);
		expect(n8n.errors[0]).toContain('dataTableRow:update');
		expect(n8n.items).toEqual([]);
	});
});
