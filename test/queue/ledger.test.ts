import { startSandbox, type Sandbox } from '../../sandbox/server';
import { sandboxAccounts } from '../../scripts/accounts';
import type { Cluster } from '../../scripts/n8n/cluster';
import { saveSandboxCredentials, saveTaskTableCredential } from '../../scripts/n8n/examples';
import type { N8nSession } from '../../scripts/n8n/session';
import { addressOf, reacting } from '../e2e/callbackWorkflows';
import { itemsOf, oneNode, publishWithWebhook, until } from '../e2e/workflows';
import { executionsOf } from './events';
import { openLab } from './shared';

// The processes know of each other by the rows of the task table alone.
jest.setTimeout(600_000);

/** USD, for six seconds at MiniMax. */
const priceOfOne = 0.28;
const secret = 'a secret of 32 bytes, as ToAPIs has';

let cluster: Cluster;
let session: N8nSession;
let sandbox: Sandbox;

beforeAll(async () => {
	({ cluster, session } = await openLab());
});

afterAll(async () => await cluster?.stop());

beforeEach(async () => {
	sandbox = await startSandbox({
		config: {
			secondsPerTask: 5,
			rateLimits: false,
			toapisWebhook: { origin: cluster.webhook.url, secret },
			// Not the patience of a vendor with a busy machine is tested here.
			callbacks: { challengeSeconds: 30 },
		},
	});
});

afterEach(async () => await sandbox.close());

async function credentials() {
	return {
		...(await saveSandboxCredentials(session, sandbox)),
		...(await saveTaskTableCredential(session)),
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

test('callbacks through the webhook process: each task fires once on a worker', async () => {
	// ToAPIs’ signatures hold for five minutes.
	sandbox.configure({ secondsPerTask: 240 });
	const saved = await credentials();
	const toapis = sandboxAccounts(sandbox).find(({ type }) => type === 'hailuoToApisApi');
	await session.saveCredential({
		type: 'hailuoToApisApi',
		name: saved.hailuoToApisApi.name,
		data: { ...toapis?.data, webhookSecret: secret },
	});
	const react = reacting('hailuoCallbackTrigger', { recordTask: true }, saved);
	const reactId = await session.publishWorkflow(react);
	const callbackUrl = addressOf(cluster.webhook, react);
	await until('a published webhook', async () =>
		(await fetch(callbackUrl)).ok ? true : undefined,
	);
	const fire = await publishWithWebhook(
		session,
		oneNode(
			'hailuoGenerateVideo',
			{
				provider: '={{ $json.body.provider }}',
				prompt: '={{ $json.body.prompt }}',
				waitForCompletion: false,
				recordTask: true,
				options: { callbackUrl },
			},
			saved,
		),
		cluster.webhook.url,
	);
	const orders = Array.from({ length: 24 }, (_, index) => ({
		provider: ['minimax', 'toapis', 'runware', 'apiframe'][index % 4],
		prompt: `Boat ${index}`,
	}));
	await Promise.all(orders.map(fire.post));
	const submitted = await until('24 orders', async () => {
		const ended = await executionsOf(cluster.storage, fire.workflowId);
		return ended.length === orders.length ? ended : undefined;
	});
	expect(submitted.flatMap(({ data }) => data.resultData.error?.message ?? [])).toEqual([]);
	const made = submitted
		.flatMap((execution) => itemsOf(execution, 'Hailuo'))
		.map(({ json }) => String(json.taskRef));
	expect(new Set(made).size).toBe(orders.length);

	sandbox.advance(240_000);
	const fired = async () => await executionsOf(cluster.storage, reactId);
	const names = async () =>
		(await fired())
			.flatMap((execution) => itemsOf(execution, 'Kept'))
			.map(({ json }) => String(json.taskRef))
			.sort();
	await until('24 events', async () => {
		if ((await names()).length >= orders.length) return true;
		// A busy machine does not answer each call in time, and not every vendor repeats it.
		await sandbox.repeatCallbacks();
		return undefined;
	});
	// All of them called out once more: nothing may fire twice.
	await sandbox.repeatCallbacks();
	expect(await names()).toEqual([...made].sort());
	const begun = cluster.workers.flatMap(({ executions }) => executions);
	expect((await fired()).every(({ id }) => begun.includes(String(id)))).toBe(true);
});
