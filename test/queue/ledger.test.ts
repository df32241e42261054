import { startSandbox, type Sandbox } from '../../sandbox/server';
import { taskTableAccount } from '../../harness/accounts';
import { saveCredentials, saveSandboxCredentials } from '../../harness/n8n/examples';
import { itemsOf, oneNode, publishWithWebhook, until } from '../../harness/n8n/workflows';
import { executionsOf } from '../../harness/n8n/events';
import { TableApi } from '../e2e/tableApi';
import { cluster, session, useCluster } from './shared';

// The processes know of each other by the rows of the task table alone.
jest.setTimeout(600_000);

/** USD, for six seconds at MiniMax. */
const priceOfOne = 0.28;

let account: Awaited<ReturnType<typeof taskTableAccount>>;
let sandbox: Sandbox;

useCluster();

beforeAll(async () => {
	account = await taskTableAccount(session);
});

beforeEach(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 5, rateLimits: false } });
});

afterEach(async () => await sandbox.close());

async function credentials() {
	return {
		...(await saveSandboxCredentials(session, sandbox)),
		...(await saveCredentials(session, account)),
	};
}

/** Runs Generate Video so often at one moment, called through the webhook process. */
async function runAtOnce(count: number, parameters: Record<string, unknown>) {
	const { workflowId, post } = await publishWithWebhook(
		session,
		oneNode('hailuoGenerateVideo', { recordTask: true, ...parameters }, await credentials()),
		cluster.webhook.url,
	);
	await Promise.all(Array.from({ length: count }, async () => await post({})));
	const executions = await until(
		`${count} ended executions`,
		async () => {
			const ended = await executionsOf(cluster.storage, workflowId);
			return ended.length === count ? ended : undefined;
		},
		5,
	);
	// Nothing is shown where one worker has run them all.
	const ids = executions.map(({ id }) => String(id));
	for (const worker of cluster.workers) {
		expect(worker.executions.filter((id) => ids.includes(id)).length).toBeGreaterThan(0);
	}
	return executions;
}

test.each(['minimax', 'runware'])(
	'%s: an order key on both workers at one moment is made once, for all',
	async (provider) => {
		const executions = await runAtOnce(12, {
			provider,
			prompt: 'A paper boat',
			taskTable: { orderKey: `boat of ${provider}` },
			wait: { pollIntervalSeconds: 1 },
		});
		expect(executions.flatMap(({ data }) => data.resultData.error?.message ?? [])).toEqual([]);
		expect(sandbox.charges()).toHaveLength(1);
		const [{ id }] = sandbox.tasks();
		const items = executions.flatMap((execution) => itemsOf(execution, 'Hailuo'));
		expect(items.map(({ json }) => json.taskId)).toEqual(Array(12).fill(id));
	},
);

test('a budget for 4 videos and 12 executions on both workers: exactly 4 are made', async () => {
	const executions = await runAtOnce(12, {
		prompt: 'A paper boat',
		model: 'MiniMax-Hailuo-2.3',
		waitForCompletion: false,
		taskTable: { name: 'Budget of two workers', budget: 4 * priceOfOne, budgetPeriod: 'all' },
	});
	const messages = executions.flatMap(({ data }) => data.resultData.error?.message ?? []);
	expect(messages.filter((message) => !/left of (the )?Budget/.test(message))).toEqual([]);
	expect(sandbox.charges().map(({ amount }) => amount)).toEqual(Array(4).fill(priceOfOne));
	expect(messages).toHaveLength(8);
});

test('a worker dies while it submits: run again, each order key is made once', async () => {
	// An account begins with four unanswered creates in a process, and waits for answers then.
	const orders = Array.from({ length: 8 }, (_, index) => ({
		provider: (['runware', 'apiframe'] as const)[index % 2],
		key: `submitted ${index}`,
	}));
	const name = 'Killed while submitting';
	// Every other create is made at the vendor before the worker dies; none is answered.
	for (const [index, { provider: vendor }] of orders.entries()) {
		const handled = index % 4 < 2;
		sandbox.inject({ vendor, step: 'create', kind: 'slowAnswer', seconds: 3600, handled });
	}
	const parameters = {
		provider: '={{ $json.body.provider }}',
		prompt: '={{ $json.body.key }}',
		recordTask: true,
		taskTable: { name, orderKey: '={{ $json.body.key }}' },
		wait: { pollIntervalSeconds: 1 },
		downloadVideo: false,
	};
	const { workflowId, post } = await publishWithWebhook(
		session,
		oneNode('hailuoGenerateVideo', parameters, await credentials()),
		cluster.webhook.url,
	);
	const [worker] = cluster.workers;
	const before = worker.executions.length;
	await Promise.all(orders.map(post));
	await until(
		'creates on their way',
		async () => sandbox.requests({ step: 'create' }).length === orders.length,
	);
	await worker.kill('SIGKILL');
	const dead = worker.executions.length - before;
	expect(dead).toBeGreaterThan(0);
	sandbox.clearFaults();
	// The other worker's creates are answered late, and used.
	sandbox.advance(3_600_000);
	const succeeded = async (count: number) =>
		await until(
			`${count} executions that end well`,
			async () => {
				const ended = await executionsOf(cluster.storage, workflowId);
				const good = ended.filter(({ status }) => status === 'success');
				return good.length === count ? good : undefined;
			},
			5,
		);
	await succeeded(orders.length - dead);
	await worker.start();

	// The creates of the dead one could still arrive until their time is over.
	const table = await TableApi.open(cluster.main.url, String(account.data.apiKey), name);
	await Promise.all(orders.map(async ({ key }) => await table.letTimePass(key)));
	await Promise.all(orders.map(post));
	const items = (await succeeded(2 * orders.length - dead)).flatMap((execution) =>
		itemsOf(execution, 'Hailuo'),
	);
	expect(new Set(items.map(({ json }) => json.prompt)).size).toBe(orders.length);
	expect(new Set(items.map(({ json }) => json.taskRef)).size).toBe(orders.length);
	expect(sandbox.charges().map(({ kind }) => kind)).toEqual(orders.map(() => 'charge'));
});

test('a vendor took the orders and failed: each keeps one row, also when the failed tasks are asked for', async () => {
	const name = 'Chains of two workers';
	const recording = { recordTask: true, taskTable: { name } };
	const executions = await runAtOnce(8, {
		...recording,
		prompt: 'A paper boat {{sandbox fail=1033 at=minimax}}',
		fallbackProviders: { items: [{ provider: 'runware' }] },
		fallbackWhen: ['refused', 'failed'],
		wait: { pollIntervalSeconds: 1 },
		downloadVideo: false,
	});
	const made = executions
		.flatMap((execution) => itemsOf(execution, 'Hailuo'))
		.map(({ json }) => json);
	const failed = made.flatMap(({ attempts }) => attempts as Array<{ taskRef: string }>);
	expect(new Set(failed.map(({ taskRef }) => taskRef)).size).toBe(8);

	const { workflowId, post } = await publishWithWebhook(
		session,
		oneNode(
			'hailuoQueryTask',
			{ ...recording, routeByStatus: false, task: '={{ $json.body.taskRef }}' },
			await credentials(),
		),
		cluster.webhook.url,
	);
	await Promise.all(failed.map(post));
	const asked = await until('tasks asked for', async () => {
		const ended = await executionsOf(cluster.storage, workflowId);
		return ended.length === failed.length ? ended : undefined;
	});
	expect(asked.flatMap((one) => itemsOf(one, 'Hailuo')).map(({ json }) => json.status)).toEqual(
		Array(8).fill('failed'),
	);
	const table = await TableApi.open(cluster.main.url, String(account.data.apiKey), name);
	const rows = (await table.page({})).map(({ status, taskRef }) => `${status} ${taskRef}`);
	expect(rows.sort()).toEqual(made.map(({ taskRef }) => `completed ${String(taskRef)}`).sort());
});
