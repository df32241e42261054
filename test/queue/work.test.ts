import { setTimeout as sleep } from 'node:timers/promises';
import { providers } from '../../providers';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import type { Member } from '../../harness/n8n/cluster';
import type { Execution } from '../../harness/n8n/home';
import {
	endedExecutions,
	itemsOf,
	listExecutions,
	oneNode,
	publishWithWebhook,
	until,
} from '../../harness/n8n/workflows';
import { cluster, session, useCluster } from './shared';

jest.setTimeout(600_000);

let sandbox: Sandbox;

useCluster();

afterEach(async () => await sandbox.close());

/** A published workflow with one Generate Video, called through the webhook process. */
async function generating(
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
) {
	const credentials = await saveSandboxCredentials(session, sandbox);
	return await publishWithWebhook(
		session,
		oneNode('hailuoGenerateVideo', parameters, credentials, settings),
		cluster.webhook.url,
	);
}

/** How many of these executions each worker has run. */
function shares(ids: readonly string[]): number[] {
	return cluster.workers.map(
		({ executions }) => executions.filter((id) => ids.includes(id)).length,
	);
}

function workerOf(id: string): Member {
	const worker = cluster.workers.find(({ executions }) => executions.includes(id));
	if (!worker) throw new Error(`No worker has begun execution ${id}.`);
	return worker;
}

/** Every task was ordered and paid once. */
function expectPaidOnce(count: number) {
	expect(sandbox.charges().map(({ kind }) => kind)).toEqual(Array(count).fill('charge'));
	expect(sandbox.tasks()).toHaveLength(count);
}

const messages = (executions: readonly Execution[]) =>
	executions.flatMap(({ data }) => data.resultData.error?.message ?? []);

/** An answer that ends a wait for good, once: the key is refused on a status request. */
function failOneWait() {
	sandbox.inject({
		vendor: 'minimax',
		step: 'status',
		kind: 'custom',
		status: 200,
		body: { base_resp: { status_code: 1004, status_msg: 'login fail' } },
	});
}

test('workers wait and download, and the files are in the database', async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 5, rateLimits: false } });
	const { workflowId, post } = await generating({
		provider: '={{ $json.body.provider }}',
		prompt: '={{ $json.body.prompt }}',
		wait: { pollIntervalSeconds: 1 },
	});
	const orders = Array.from({ length: 24 }, (_, index) => ({
		provider: providers[index % providers.length].id,
		prompt: `Boat ${index}`,
	}));
	await Promise.all(orders.map(post));

	const executions = await endedExecutions(session, workflowId, orders.length);
	expect(messages(executions)).toEqual([]);
	expectPaidOnce(orders.length);
	for (const execution of executions) {
		const [{ json, binary }] = itemsOf(execution, 'Hailuo');
		expect(json.status).toBe('completed');
		expect(binary?.data.id).toMatch(/^database:/);
	}
	const [{ binary }] = itemsOf(executions[0], 'Hailuo');
	const file = await session.readBinary(binary?.data as NonNullable<typeof binary>[string]);
	expect(file.subarray(4, 8).toString()).toBe('ftyp');

	const ids = (await listExecutions(session, workflowId)).map(({ id }) => id);
	const [one, other] = shares(ids);
	expect(one + other).toBe(orders.length);
	expect(Math.min(one, other)).toBeGreaterThan(0);
});

test('Retry On Fail on a worker goes on with the paid task', async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	const { workflowId, post } = await generating(
		{ prompt: 'A paper boat', wait: { pollIntervalSeconds: 1 } },
		{ retryOnFail: true, maxTries: 2, waitBetweenTries: 500 },
	);
	failOneWait();
	await post({});
	const [execution] = await endedExecutions(session, workflowId, 1);
	expect(execution.status).toBe('success');
	expectPaidOnce(1);
	expect(sandbox.requests({ step: 'create' })).toHaveLength(1);
});

test('the retry of an execution on another worker goes on with the paid task', async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	const { workflowId, post } = await generating({
		prompt: 'A paper boat',
		wait: { pollIntervalSeconds: 1 },
	});
	failOneWait();
	await post({});
	const [failed] = await endedExecutions(session, workflowId, 1);
	expect(failed.data.resultData.error?.message).toMatch(/\[minimax:v1:\d+\]$/);

	const [{ id }] = await listExecutions(session, workflowId);
	const first = workerOf(id);
	await first.kill('SIGTERM');
	try {
		await session.call('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		const retries = async () =>
			(await listExecutions(session, workflowId)).filter((execution) => execution.id !== id);
		const [retry] = await until('the retry', async () => {
			const found = await retries();
			return found.length > 0 ? found : undefined;
		});
		const execution = await session.waitForExecution(retry.id);
		expect(messages([execution])).toEqual([]);
		expect(execution.status).toBe('success');
		expect(workerOf(retry.id)).not.toBe(first);
		expectPaidOnce(1);
		expect(sandbox.requests({ step: 'create' })).toHaveLength(1);
	} finally {
		await first.start();
	}
});

test('two workers with one key settle under its rate limit', async () => {
	const count = 30;
	sandbox = await startSandbox({
		config: {
			secondsPerTask: 0,
			rateLimits: { countRefused: true, minimaxV1: { requests: 20, windowSeconds: 60 } },
		},
	});
	const { workflowId, post } = await generating({
		prompt: '={{ $json.body.prompt }}',
		waitForCompletion: false,
	});
	const prompts = Array.from({ length: count }, (_, index) => `Boat ${index}`);
	await Promise.all(prompts.map(async (prompt) => await post({ prompt })));

	const executions = await endedExecutions(session, workflowId, count);
	expect(messages(executions)).toEqual([]);
	expectPaidOnce(count);
	expect(new Set(sandbox.tasks().map(({ text }) => text))).toEqual(new Set(prompts));
	expect(sandbox.requests({ step: 'create' }).length).toBeLessThanOrEqual(1.5 * count);
	const ids = (await listExecutions(session, workflowId)).map(({ id }) => id);
	expect(Math.min(...shares(ids))).toBeGreaterThan(0);
});

/** A wait for a task that never ends, and how many times it has asked so far. */
const endless = { prompt: 'A paper boat', wait: { pollIntervalSeconds: 1 } };
const looks = () => sandbox.requests({ step: 'status' }).length;

test('Stop in the editor ends the wait of a worker and names the task', async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 600 } });
	const credentials = await saveSandboxCredentials(session, sandbox);
	const workflowId = await session.createWorkflow(
		oneNode('hailuoGenerateVideo', endless, credentials),
	);
	const id = await session.startWorkflow(workflowId);
	await until('a wait', async () => looks() > 0);
	const [{ id: task }] = sandbox.tasks();

	await session.call('POST', `/executions/${id}/stop`);
	const stopped = await session.waitForExecution(id);
	expect(stopped.status).toBe('canceled');
	const worker = workerOf(id);
	await until('a line in the worker’s log that names the task as going on', async () =>
		worker.log.includes(`these Hailuo tasks go on at the vendor: minimax:v1:${task}`)
			? true
			: undefined,
	);
	// A wait that went on would ask every second.
	const before = looks();
	await sleep(5000);
	expect(looks()).toBe(before);
	expectPaidOnce(1);
});

test('Stop of an execution that came through the webhook process: n8n does not tell the worker', async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 600 } });
	const { workflowId, post } = await generating(endless);
	await post({});
	await until('a wait', async () => looks() > 0);
	const [{ id }] = await listExecutions(session, workflowId);
	await session.call('POST', `/executions/${id}/stop`);
	expect((await session.waitForExecution(id)).status).toBe('canceled');

	// docs/scale.md says so. The wait holds its place until its task has ended, and pays nothing again.
	const before = looks();
	await until('more looks', async () => looks() > before + 2);
	sandbox.advance(600_000);
	const worker = workerOf(id);
	await until('the end of the wait', async () =>
		worker.log.includes(`Worker finished execution ${id} `),
	);
	expectPaidOnce(1);
});
