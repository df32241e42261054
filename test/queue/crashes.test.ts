import { setTimeout as sleep } from 'node:timers/promises';
import { unlimited } from '../../harness/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import type { Member } from '../../harness/n8n/cluster';
import { type Credentials, saveAllCredentials } from '../../harness/n8n/examples';
import type { Workflow } from '../../harness/n8n/home';
import { makeRedis, type OwnRedis } from '../../harness/n8n/services';
import {
	itemsOf,
	oneNode,
	publishWithWebhook,
	reacting,
	splitOut,
	until,
	withBetween,
	type Webhook,
} from '../../harness/n8n/workflows';
import { countRows, eventsOf, executionsOf } from '../../harness/n8n/events';
import { cluster, session, useCluster } from './shared';

// Three minutes on a machine of its own.
jest.setTimeout(1_800_000);

/** In each wave processes die while so many tasks render, a few of them under executions that wait for them. */
const perWave = 100;
const waiting = 20;
const perExecution = 10;
const waves = 2;
const renderSeconds = 3600;

let redis: OwnRedis;
let sandbox: Sandbox;

beforeAll(async () => {
	// One of its own: it dies too.
	redis = await makeRedis();
	await redis.start();
	sandbox = await startSandbox({ config: { ...unlimited, secondsPerTask: renderSeconds } });
});

useCluster(() => ({ redis: redis.url }), { concurrency: 40 });

afterAll(async () => {
	await sandbox?.close();
	await redis?.remove();
});

interface Order {
	readonly provider: string;
	readonly prompt: string;
}

/** Of MiniMax no more than a process sends without waiting: 20 a minute. */
const others = ['toapis', 'runware', 'apiframe'];
const vendors = ['minimax', ...others, ...others, ...others];

const ordersOf = (wave: number): Order[] =>
	Array.from({ length: perWave }, (_, index) => ({
		provider: vendors[index % vendors.length],
		prompt: `Scene ${index} of wave ${wave}`,
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
	return withBetween(
		oneNode('hailuoGenerateVideo', parameters, credentials),
		splitOut('body.tasks'),
	);
}

test('200 tasks of four vendors, and each process of n8n and Redis killed: each is paid once and fires once', async () => {
	const credentials = await saveAllCredentials(session, sandbox);
	const react = await session.publishWorkflow(reacting('hailuoTrigger', {}, credentials));
	const publish = async (more: Record<string, unknown>) =>
		await publishWithWebhook(session, generating(credentials, more), cluster.webhook.url);
	const fire = await publish({ waitForCompletion: false });
	const hold = await publish({ wait: { pollIntervalSeconds: 10, timeoutMinutes: 1440 } });

	const [one, other] = cluster.workers;
	const { main, storage } = cluster;
	const fires = async () => await eventsOf(storage, react);
	const ended = async ({ workflowId }: Webhook) => await executionsOf(storage, workflowId);

	/** Processes die while all tasks of the wave render; the tasks end before the last ones are back, and then fire. */
	const wave = async (number: number, die: () => Promise<void>, rise: () => Promise<void>) => {
		const orders = ordersOf(number);
		const fired = orders.splice(waiting);
		await Promise.all(orders.map(async (order) => await hold.post({ tasks: [order] })));
		for (let at = 0; at < fired.length; at += perExecution) {
			await fire.post({ tasks: fired.slice(at, at + perExecution) });
		}
		const submitted = (number * fired.length) / perExecution;
		await until(
			`rows for wave ${number}, and the end of those that only submit`,
			async () =>
				(await countRows(storage)) === number * perWave && (await ended(fire)).length === submitted
					? true
					: undefined,
			8,
		);
		await die();
		sandbox.advance(renderSeconds * 1000);
		await rise();
		await until(
			`the events of wave ${number}`,
			async () => (await fires()).length >= number * perWave,
			8,
		);
		await until(
			`the waits of wave ${number}`,
			async () => (await ended(hold)).length === number * waiting,
		);
	};
	/** What these workers have begun so far dies with them. */
	const begunBy = (...workers: Member[]) => workers.flatMap(({ executions }) => executions);
	const cut = new Set<string>();

	await wave(
		1,
		async () => {
			await redis.kill();
			// Before the 10 s after which n8n ends itself without Redis.
			await sleep(2000);
			await redis.start();
			begunBy(one).forEach((id) => cut.add(id));
			await one.kill('SIGKILL');
		},
		async () => await one.start(),
	);
	await wave(
		2,
		async () => {
			await main.kill('SIGKILL');
			await main.start();
			begunBy(other).forEach((id) => cut.add(id));
			await Promise.all([main, other].map((each) => each.kill('SIGKILL')));
		},
		async () => void (await Promise.all([main, other].map((each) => each.start()))),
	);

	// One more poll of n8n: nothing may come twice.
	await sleep(65_000);
	const tasks = waves * perWave;
	const references = (await fires()).map(({ taskRef }) => String(taskRef));
	expect(new Set(references).size).toBe(references.length);
	expect(references).toHaveLength(tasks);

	const charges = sandbox.charges();
	expect(charges.map(({ kind }) => kind)).toEqual(Array(tasks).fill('charge'));
	expect(new Set(charges.map(({ taskId }) => taskId)).size).toBe(tasks);
	expect(new Set(sandbox.tasks().map(({ text }) => text)).size).toBe(tasks);
	expect(sandbox.tasks()).toHaveLength(tasks);

	const submitted = await ended(fire);
	expect(submitted.flatMap(({ data }) => data.resultData.error?.message ?? [])).toEqual([]);
	expect(submitted.flatMap((execution) => itemsOf(execution, 'Hailuo'))).toHaveLength(
		tasks - waves * waiting,
	);
	// A worker that dies takes its waits with it, and nothing else: Redis, and the main process alone, take none.
	const waits = await ended(hold);
	expect(waits).toHaveLength(waves * waiting);
	const failed = waits.filter(({ status }) => status !== 'success');
	expect(failed.filter(({ status }) => !['crashed', 'error'].includes(status))).toEqual([]);
	expect(failed.map(({ id }) => String(id)).filter((id) => !cut.has(id))).toEqual([]);
});
