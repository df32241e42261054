import { startSandbox, type Sandbox } from '../../sandbox/server';
import type { Cluster } from '../../harness/n8n/cluster';
import { saveSandboxCredentials, saveTaskTableCredential } from '../../harness/n8n/examples';
import type { N8nSession } from '../../harness/n8n/session';
import { itemsOf, oneNode, publishWithWebhook, until } from '../../harness/n8n/workflows';
import { executionsOf } from '../../harness/n8n/events';
import { openLab } from './shared';

// The processes know of each other by the rows of the task table alone.
jest.setTimeout(600_000);

/** USD, for six seconds at MiniMax. */
const priceOfOne = 0.28;

let cluster: Cluster;
let session: N8nSession;
let sandbox: Sandbox;

beforeAll(async () => {
	({ cluster, session } = await openLab());
});

afterAll(async () => await cluster?.stop());

beforeEach(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 5, rateLimits: false } });
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
