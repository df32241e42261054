import type { INodeExecutionData, INodeParameters, IRun } from 'n8n-workflow';
import { ExecuteContext } from 'n8n-core';
import { VENDORS } from '../../sandbox/config';
import { usualKind } from '../support/vendors';
import { runNode } from '../../harness/engine/runNode';
import type { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { onTable, time } from './triggerWorld';
import { keys, sandbox, table, useSandbox, useTaskTable } from './world';

/** Promises that reach beyond one node: retries, the task table, the trigger, Query Task, Stop. */
jest.setTimeout(120_000);
useSandbox(time);
useTaskTable();

const secret = 'rw-4f1d09c27be84a1f9d55a6';

interface Extra {
	readonly type?: string;
	readonly items?: INodeExecutionData[];
	readonly before?: IRun;
	readonly node?: object;
	readonly apiKey?: string;
	readonly signal?: AbortSignal;
}

const run = async (parameters: INodeParameters, { apiKey, ...extra }: Extra = {}) =>
	await runNode({ parameters, credentials: keys(apiKey), ...extra });

async function triggerOnTable(): Promise<TriggerWorkflow> {
	table.create();
	return await onTable().activate();
}

const creates = (vendor: 'minimax' | 'runware') => sandbox.requests({ vendor, step: 'create' });

describe('Retry On Fail', () => {
	const keyRefusedOnce = {
		vendor: 'runware',
		step: 'status',
		kind: 'custom',
		status: 401,
		body: { errors: [{ code: 'invalidApiKey', message: 'The API key is not valid' }] },
	} as const;

	test('pays once although the Callback URL is another one each time', async () => {
		sandbox.inject(keyRefusedOnce);
		const { items, hints } = await run(
			{
				provider: 'runware',
				prompt: 'A paper boat',
				options: {
					callbackUrl: '={{ "https://n8n.example.com/webhook-waiting/" + Math.random() }}',
				},
			},
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		);
		expect(items[0].json.status).toBe('completed');
		expect(hints.join(' ')).toContain('Nothing was paid twice');
		expect(sandbox.charges('key')).toHaveLength(1);
	});
});

describe('several results of one order, one of which fails', () => {
	const order = {
		provider: 'runware',
		prompt: 'A paper boat {{sandbox seconds=30 failResults=1 fail=timeoutProvider failFirst=yes}}',
		options: { numberResults: 3 },
	};

	test('are delivered, and what is missing is told in the item and in a hint', async () => {
		const { items, hints } = await run(order, {
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(items[0].json).toMatchObject({
			status: 'completed',
			numberResults: 3,
			videos: [expect.anything(), expect.anything()],
			failedResults: [{ code: 'timeoutProvider', message: expect.stringContaining('too long') }],
		});
		expect(Object.keys(items[0].binary ?? {})).toHaveLength(2);
		expect(hints.join(' ')).toMatch(/1 of 3 videos could not be made/);
		expect(creates('runware')).toHaveLength(1);
	});

	test.each([
		['by the item of Generate Video', (json: object) => [{ json }], '={{ $json.taskRef }}'],
		['by a bare reference', () => [{ json: {} }], undefined],
	])('are waited for by Query Task until all have ended, %s', async (_, itemsOf, task) => {
		const submitted = await run({ ...order, waitForCompletion: false });
		const { json } = submitted.items[0];
		expect(json.numberResults).toBe(3);
		const { items } = await run(
			{ operation: 'wait', task: task ?? String(json.taskRef), downloadVideo: false },
			{ type: 'hailuoQueryTask', items: itemsOf(json) as INodeExecutionData[] },
		);
		expect(items[0].json).toMatchObject({ status: 'completed', numberResults: 3 });
		expect(items[0].json.videos).toHaveLength(2);
	});

	test('fire the trigger once, with all that could be made, by the number in the task table', async () => {
		const trigger = await triggerOnTable();
		await run({ ...order, waitForCompletion: false, recordTask: true });
		for (let polls = 0; polls < 5; polls++) await trigger.poll();
		expect(trigger.items).toHaveLength(1);
		expect(trigger.items[0].json.videos).toHaveLength(2);
	});
});

test('tables of version 0.1 get the column for the number of results, or do without', async () => {
	const old = [
		'taskRef',
		'provider',
		'model',
		'status',
		'videoUrl',
		'costUnit',
		'failure',
		'label',
	];
	const columns = [
		...[...old, 'workflowId', 'executionId'].map((name) => ({ name, type: 'string' })),
		{ name: 'cost', type: 'number' },
		{ name: 'expiresAt', type: 'date' },
		{ name: 'nextCheckAt', type: 'date' },
	];
	const record = { provider: 'runware', waitForCompletion: false, recordTask: true };
	table.create('Hailuo Tasks', columns);
	const without = await run({ ...record, prompt: 'one', options: { numberResults: 2 } });
	expect(without.hints.join(' ')).not.toContain('could not be written');
	expect(table.rows[0]).toMatchObject({ taskRef: without.items[0].json.taskRef });
	expect(table.rows[0].results).toBeUndefined();
	table.allowColumns();
	await run({ ...record, prompt: 'two', options: { numberResults: 2 } });
	expect(table.rows[1]).toMatchObject({ results: 2 });
});

describe('a firewall’s page in the trigger’s way', () => {
	test('expires no task: what completes later still fires', async () => {
		const trigger = await triggerOnTable();
		for (const provider of VENDORS) {
			await run({
				provider,
				prompt: '{{sandbox seconds=1200}}',
				waitForCompletion: false,
				recordTask: true,
			});
			sandbox.inject({ vendor: provider, step: 'status', kind: 'html', times: 'always' });
		}
		const faults: string[] = [];
		for (let polls = 0; polls < 20; polls++) {
			await trigger.poll().catch((cause: Error) => faults.push(cause.message));
		}
		expect(trigger.items).toEqual([]);
		expect(table.rows.map(({ status }) => status)).toEqual(VENDORS.map(() => 'queued'));
		expect(faults.join(' ')).toMatch(/HTTP 403/);
		sandbox.clearFaults();
		sandbox.advance(1_300_000);
		for (let polls = 0; polls < 6 && trigger.items.length < VENDORS.length; polls++)
			await trigger.poll();
		expect(trigger.items.map(({ json }) => json.event)).toEqual(VENDORS.map(() => 'completed'));
	});
});

describe('a key that a vendor repeats in its words', () => {
	test.each(VENDORS)('is neither in the message nor in the saved execution: %s', async (vendor) => {
		const [, body] = usualKind(vendor).refusedKey?.(`The API key ${secret} is wrong`) ?? [];
		sandbox.inject({ vendor, step: 'create', kind: 'custom', status: 401, body });
		const { error, run: saved } = await run(
			{ provider: vendor, prompt: 'A paper boat' },
			{ apiKey: secret },
		);
		expect(error?.message).toMatch(/key/i);
		expect(JSON.stringify([error, saved.data.resultData])).not.toContain(secret);
	});
});

describe('Stop', () => {
	test('leaves the references of tasks that go on in the log and in the execution’s data', async () => {
		const lines: string[] = [];
		const stop = new AbortController();
		const note = (line: string) => {
			if (lines.push(line) === 4) stop.abort();
		};
		const logger = { debug: note, info: note, warn: note, error: note };
		Object.defineProperty(ExecuteContext.prototype, 'logger', {
			configurable: true,
			get: () => logger,
		});
		const { run: stopped } = await run(
			{ prompt: '={{ $json.prompt }}' },
			{
				items: Array.from({ length: 12 }, (_, index) => ({
					json: { prompt: `Scene ${index} {{sandbox seconds=7200}}` },
				})),
				signal: stop.signal,
			},
		);
		delete (ExecuteContext.prototype as { logger?: unknown }).logger;
		const custom = stopped.data.resultData.metadata ?? {};
		const references = lines.flatMap((line) => /accepted: (\S+)/.exec(line)?.[1] ?? []);
		expect(references.length).toBeGreaterThanOrEqual(4);
		const kept = Object.entries(custom)
			.filter(([key]) => key.startsWith('hailuoTasks'))
			.flatMap(([, text]) => text.split(', '));
		for (const reference of references) {
			expect(sandbox.tasks().map(({ id }) => `minimax:v1:${id}`)).toContain(reference);
			expect(kept).toContain(reference);
		}
		const last = lines.filter((line) => line.includes('was stopped'));
		expect(last).toHaveLength(1);
		for (const reference of references) expect(last[0]).toContain(reference);
		for (const text of Object.values(custom)) expect(text.length).toBeLessThanOrEqual(255);
	});
});
