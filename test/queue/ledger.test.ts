import { startSandbox, type Sandbox } from '../../sandbox/server';
import { taskTableAccount } from '../../harness/accounts';
import type { Cluster } from '../../harness/n8n/cluster';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import type { N8nSession } from '../../harness/n8n/session';
import { itemsOf, oneNode, publishWithWebhook, until } from '../../harness/n8n/workflows';
import { executionsOf } from '../../harness/n8n/events';
import { TableApi } from '../e2e/tableApi';
import { openLab } from './shared';

// The processes know of each other by the rows of the task table alone.
jest.setTimeout(600_000);

/** USD, for six seconds at MiniMax. */
const priceOfOne = 0.28;

let cluster: Cluster;
let session: N8nSession;
let account: Awaited<ReturnType<typeof taskTableAccount>>;
let sandbox: Sandbox;

beforeAll(async () => {
	({ cluster, session } = await openLab());
	account = await taskTableAccount(session);
});

afterAll(async () => await cluster?.stop());

beforeEach(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 5, rateLimits: false } });
});

afterEach(async () => await sandbox.close());

async function credentials() {
	return {
		...(await saveSandboxCredentials(session, sandbox)),
		[account.type]: { id: await session.saveCredential(account), name: account.name },
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
	await until('creates on their way', async () =>
		sandbox.requests({ step: 'create' }).length === orders.length ? true : undefined,
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
