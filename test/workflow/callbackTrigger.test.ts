import { HailuoCallbackTrigger } from '../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node';
import { forgetCallbacks } from '../../nodes/HailuoCallbackTrigger/callbackMemory';
import { findProvider, providers } from '../../providers';
import { forgetAccounts } from '../../video/account';
import { CallbackProcess, Database, post, untilTrue } from './callbackProcess';
import {
	allKeys,
	end,
	order,
	recorded,
	startProcess,
	statusQuestions,
	useCallbackTriggers,
	withRows,
} from './callbackWorld';
import { runNode } from '../../harness/engine/runNode';
import { restartAnswers } from '../../harness/fakeTaskTable';
import { onTable, pollFor, time } from './triggerWorld';
import { keys, sandbox, table } from './world';

useCallbackTriggers();

describe('each task fires once', () => {
	test('20 tasks of all vendors, with what the row knows; nobody is asked before the call', async () => {
		const n8n = await startProcess();
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
		const ofMinimax = references.filter((reference) => reference.startsWith('minimax:'));
		expect(sandbox.requests({ vendor: 'minimax', step: 'status' })).toHaveLength(ofMinimax.length);
	});

	test('the item is the same as that of the polling trigger', async () => {
		const polling = await onTable({}, { id: 'polling' }).activate();
		const n8n = await startProcess({ recordTask: false });
		const [reference] = await order(n8n.url, 1, withRows);
		await end(1);
		await untilTrue(() => n8n.items.length === 1);
		await pollFor(polling, 1);
		const [byPoll] = polling.items.map(({ json }) => json);
		const [byCall] = n8n.items.map(({ json }) => json);
		expect(byPoll.taskRef).toBe(reference);
		const rowKeys = [
			...['label', 'workflowId', 'executionId', 'model', 'createdAt', 'cost'],
			...['mode', 'prompt', 'resolution', 'durationSeconds'],
		];
		const keysOf = (json: object) => Object.keys(json).filter((key) => !rowKeys.includes(key));
		expect(keysOf(byCall).sort()).toEqual(keysOf(byPoll).sort());
	});
});

describe('also when a process dies', () => {
	test('doubled, repeated, and again after a restart', async () => {
		sandbox.configure({ callbacks: { copies: 3 } });
		const n8n = await startProcess();
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

	test('an execution that dies before it has claimed its task: a call after a minute fires it', async () => {
		const n8n = await startProcess();
		const references = await order(n8n.url, 8, withRows);
		n8n.isDying = true;
		await end(8);
		n8n.isDying = false;
		// The execution may still be in n8n's queue.
		await sandbox.repeatCallbacks();
		await time.sleep(61_000);
		expect(n8n.runs).toEqual([]);
		await sandbox.repeatCallbacks();
		await untilTrue(() => n8n.items.length >= 8);
		await time.sleep(61_000);
		await sandbox.repeatCallbacks();
		expect(n8n.references).toEqual(references);
		expect(n8n.runs).toHaveLength(8);
	});

	test.each(['calls', 'executions'])(
		'n8n’s main process, which serves the table, restarts for minutes before the %s of sixty tasks',
		async (moment) => {
			const n8n = await startProcess();
			const references = await order(n8n.url, 60, withRows);
			// One list, however often it is set: what was answered is gone from it.
			const answers = Array.from({ length: 45 }, () => restartAnswers).flat();
			const restart = () => (table.faults = answers);
			if (moment === 'calls') restart();
			else n8n.onExecution = restart;
			await end(60);
			await untilTrue(() => n8n.runs.length >= 60);
			expect(answers).toEqual([]);
			expect(n8n.errors).toEqual([]);
			expect(n8n.references).toEqual(references);
			expect(
				table.rows.filter(({ firedBy }) => String(firedBy).startsWith('callback ')),
			).toHaveLength(60);
		},
	);

	test('without a table n8n’s static data remembers them across a restart', async () => {
		sandbox.configure({ callbacks: { copies: 2 } });
		const n8n = await startProcess({ recordTask: false });
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
		const one = await startProcess({}, database);
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
		// A signature is in a header, which the sandbox sends to the first process alone.
		const isUnsigned = (vendor: string) => !findProvider(vendor)?.isSigned;
		const unsigned = sandbox.callbacks().filter(({ final, vendor }) => final && isUnsigned(vendor));
		await Promise.all(unsigned.flatMap(({ body }) => [post(one.url, body), post(other.url, body)]));
		await untilTrue(() => one.runs.length + other.runs.length >= unsigned.length);
		await untilTrue(() => one.items.length + other.items.length >= unsigned.length);
		const fired = [...one.references, ...other.references];
		expect(fired.sort()).toEqual(references.filter((name) => isUnsigned(name.split(':')[0])));
	});
});

describe('with a polling trigger on the same table', () => {
	test('a third of the calls is lost: the two together fire once', async () => {
		sandbox.configure({ callbacks: { dropEvery: 3 } });
		const polling = await onTable({}, { id: 'polling' }).activate();
		const n8n = await startProcess();
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
		const polling = await onTable({}, { id: 'polling' }).activate();
		const n8n = await startProcess();
		const references = await order(n8n.url, 8, withRows);
		await n8n.close();
		sandbox.advance(20_000);
		await polling.restart();
		await pollFor(polling, 8);
		expect([...polling.references].sort()).toEqual(references);
		expect(n8n.runs).toEqual([]);
	});

	test('both at one moment', async () => {
		const polling = await onTable({}, { id: 'polling' }).activate();
		const n8n = await startProcess();
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
