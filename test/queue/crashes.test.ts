import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import type { Cluster } from '../../scripts/n8n/cluster';
import type { Credentials } from '../../scripts/n8n/examples';
import { saveSandboxCredentials, saveTaskTableCredential } from '../../scripts/n8n/examples';
import type { Workflow } from '../../scripts/n8n/home';
import { makeRedis, type OwnRedis } from '../../scripts/n8n/services';
import type { N8nSession } from '../../scripts/n8n/session';
import { itemsOf, oneNode, publishWithWebhook, until } from '../e2e/workflows';
import { countRows, eventsOf, executionsOf, reacting, splitting } from './events';
import { openLab } from './shared';

// Five minutes on a machine of its own.
jest.setTimeout(1_800_000);

/** Tasks of all vendors: most by executions that submit and end, the others by executions that wait for them. */
const tasks = 200;
const waiting = 40;
const perExecution = 10;
/** They end in this many parts, and something dies in each. */
const waves = 4;
const hourSeconds = 3600;

let redis: OwnRedis;
let cluster: Cluster;
let session: N8nSession;
let sandbox: Sandbox;

beforeAll(async () => {
	// One of its own: it dies too.
	redis = await makeRedis();
	await redis.start();
	({ cluster, session } = await openLab({ redis: redis.url }, { concurrency: 40 }));
	sandbox = await startSandbox({
		config: { rateLimits: false, toapisBalance: 1e6, apiframeCredits: 1e6, runwareBalance: 1e6 },
	});
});

afterAll(async () => {
	await sandbox?.close();
	await cluster?.stop();
	await redis?.remove();
});

interface Order {
	readonly provider: string;
	readonly prompt: string;
}

/** Of MiniMax no more than a process sends without waiting: 20 a minute. */
const others = ['toapis', 'runware', 'apiframe'];
const vendors = ['minimax', ...others, ...others, ...others];

/** Task n ends in wave n modulo the waves, hours of the sandbox's clock from now. */
const orders: readonly Order[] = Array.from({ length: tasks }, (_, index) => ({
	provider: vendors[Math.floor(index / waves) % vendors.length],
	prompt: `Scene ${index} {{sandbox seconds=${((index % waves) + 1) * hourSeconds}}}`,
}));

function generating(credentials: Credentials, more: Record<string, unknown>): Workflow {
	const parameters = {
		provider: '={{ $json.provider }}',
		prompt: '={{ $json.prompt }}',
		recordTask: true,
		downloadVideo: false,
		options: { concurrency: 10 },
		...more,
	};
	return splitting(oneNode('hailuoGenerateVideo', parameters, credentials));
}

test('200 tasks of four vendors, and each process of n8n and Redis killed: each is paid once and fires once', async () => {
	const credentials = {
		...(await saveSandboxCredentials(session, sandbox)),
		...(await saveTaskTableCredential(session)),
	};
	const react = await session.publishWorkflow(reacting(credentials));
	const publish = async (more: Record<string, unknown>) =>
		await publishWithWebhook(session, generating(credentials, more), cluster.webhook.url);
	const fire = await publish({ waitForCompletion: false });
	const hold = await publish({ wait: { pollIntervalSeconds: 10, timeoutMinutes: 1440 } });

	const held = orders.slice(0, waiting);
	const fired = orders.slice(waiting);
	await Promise.all(held.map(async (order) => await hold.post({ tasks: [order] })));
	for (let at = 0; at < fired.length; at += perExecution) {
		await fire.post({ tasks: fired.slice(at, at + perExecution) });
	}
	await until(
		'a row for every task, and the end of those that only submit',
		async () => {
			const rows = await countRows(cluster.storage);
			const ended = await executionsOf(cluster.storage, fire.workflowId);
			return rows === tasks && ended.length === fired.length / perExecution ? true : undefined;
		},
		5,
	);

	const [one, other] = cluster.workers;
	const { main } = cluster;
	const fires = async () => await eventsOf(cluster.storage, react);
	/** What dies, at a moment at which nothing is on its way; what has ended meanwhile, fires. */
	const wave = async (number: number, die: () => Promise<void>, rise: () => Promise<void>) => {
		await die();
		sandbox.advance(hourSeconds * 1000);
		await rise();
		await until(
			`the events of wave ${number}`,
			async () => ((await fires()).length >= (number * tasks) / waves ? true : undefined),
			8,
		);
	};

	// Before the 10 s after which n8n ends itself without Redis.
	await wave(
		1,
		async () => await redis.kill(),
		async () => {
			await sleep(2000);
			await redis.start();
		},
	);
	const waits = async () => await executionsOf(cluster.storage, hold.workflowId);
	await until('the waits of wave 1', async () =>
		(await waits()).length >= waiting / waves ? true : undefined,
	);
	await wave(
		2,
		async () => await one.kill('SIGKILL'),
		async () => await one.start(),
	);
	await wave(
		3,
		async () => void (await Promise.all([main, other].map((each) => each.kill('SIGKILL')))),
		async () => void (await Promise.all([main, other].map((each) => each.start()))),
	);
	await wave(
		4,
		async () => await main.kill('SIGKILL'),
		async () => await main.start(),
	);

	// One more poll of n8n: nothing may come twice.
	await sleep(65_000);
	const references = (await fires()).map(({ taskRef }) => String(taskRef));
	expect(new Set(references).size).toBe(references.length);
	expect(references).toHaveLength(tasks);

	const charges = sandbox.charges();
	expect(charges.map(({ kind }) => kind)).toEqual(Array(tasks).fill('charge'));
	expect(new Set(charges.map(({ taskId }) => taskId)).size).toBe(tasks);
	expect(new Set(sandbox.tasks().map(({ text }) => text)).size).toBe(tasks);
	expect(sandbox.tasks()).toHaveLength(tasks);

	const submitted = await executionsOf(cluster.storage, fire.workflowId);
	expect(submitted.flatMap(({ data }) => data.resultData.error?.message ?? [])).toEqual([]);
	expect(submitted.flatMap((execution) => itemsOf(execution, 'Hailuo'))).toHaveLength(fired.length);
	// A worker that dies takes its waits with it, and nothing else: those of the first wave were over.
	const states = (await waits()).map(({ status }) => status);
	expect(states).toHaveLength(waiting);
	const succeeded = states.filter((status) => status === 'success');
	expect(succeeded.length).toBeGreaterThanOrEqual(waiting / waves);
	expect(states.filter((status) => !['success', 'crashed', 'error'].includes(status))).toEqual([]);
});
