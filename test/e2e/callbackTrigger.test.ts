import { setTimeout as sleep } from 'node:timers/promises';
import { providers } from '../../providers';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { sandboxAccounts } from '../../harness/accounts';
import { saveSandboxCredentials, saveTaskTableCredential } from '../../harness/n8n/examples';
import { N8nHome } from '../../harness/n8n/home';
import type { N8nInstance } from '../../harness/n8n/instance';
import { startN8n } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { addressOf, reacting } from './callbackWorkflows';
import { sharedN8n } from './shared';
import { itemsOf, until } from '../../harness/n8n/workflows';

jest.setTimeout(600_000);

const secret = 'a secret of 32 bytes, as ToAPIs has';
const vendors = providers.map(({ id }) => id);
/**
 * Seconds that tasks take: half of them end before n8n is killed, the others after it. The sandbox's
 * clock is moved on by them, and ToAPIs' signatures are good for five minutes by n8n's clock.
 */
const sizes = { called: 24, lossy: 12 };
const seconds = { first: 130, second: 260 };

/**
 * Orders tasks of all vendors, half of them short, as another n8n would. Gives their references.
 * What MiniMax refuses because a busy n8n did not answer its challenge is ordered again.
 */
async function order(callbackUrl: string, count: number, sandbox: Sandbox): Promise<string[]> {
	let wishes = Array.from({ length: count }, (_, index) => {
		const length = index < count / 2 ? seconds.first : seconds.second;
		const prompt = `Boat ${index} {{sandbox seconds=${length}}}`;
		return { json: { provider: vendors[index % vendors.length], prompt } };
	});
	const made: string[] = [];
	for (let tries = 0; tries < 10 && wishes.length > 0; tries++) {
		const { items } = await runNode({
			parameters: {
				provider: '={{ $json.provider }}',
				prompt: '={{ $json.prompt }}',
				waitForCompletion: false,
				options: { concurrency: 4, callbackUrl },
			},
			items: wishes,
			credentials: sandboxKeys(sandbox, 'sandbox-key'),
			node: { onError: 'continueRegularOutput' },
		});
		made.push(...items.flatMap(({ json }) => (json.taskRef ? [String(json.taskRef)] : [])));
		wishes = wishes.filter((_, index) => !items[index]?.json.taskRef);
	}
	expect(made).toHaveLength(count);
	return made;
}

interface Row {
	readonly taskRef: string;
	readonly firedBy: string | null;
}

/** A table of n8n, through the API that the editor uses. */
async function tableOf(session: N8nSession, name: string): Promise<string> {
	const { data } = await session.call<{
		data: Array<{ id: string; name: string; projectId: string }>;
	}>('GET', `/data-tables-global?filter=${encodeURIComponent(JSON.stringify({ name }))}`);
	const { projectId, id } = data.find((one) => one.name === name) as (typeof data)[number];
	return `/projects/${projectId}/data-tables/${id}`;
}

/** Writes rows for tasks, as the node that orders them does. */
async function record(session: N8nSession, name: string, made: readonly string[]) {
	const data = made.map((taskRef) => {
		const [provider] = taskRef.split(':');
		return { taskRef, provider, status: 'queued', firedBy: 'nobody' };
	});
	const table = await tableOf(session, name);
	await session.call('POST', `${table}/insert`, { data, returnType: 'count' });
}

async function rowsOf(session: N8nSession, name: string): Promise<Row[]> {
	const table = await tableOf(session, name);
	const { data } = await session.call<{ data: Row[] }>('GET', `${table}/rows?take=250`);
	return data;
}

interface Execution {
	readonly id: string;
	readonly status: string;
	readonly startedAt: string;
}

/** What a workflow has fired so far: references, and when their executions began. */
class Fired {
	/** IDs of executions that have ended without giving anything out. */
	readonly crashed = new Set<string>();

	private readonly read = new Map<string, Array<{ reference: string; at: number }>>();

	constructor(private readonly workflowId: string) {}

	async all(session: N8nSession) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: this.workflowId }));
		for (let lastId = ''; ; ) {
			const page = `/executions?limit=100&filter=${filter}${lastId && `&lastId=${lastId}`}`;
			const { results } = await session.call<{ results: Execution[] }>('GET', page);
			for (const { id, startedAt, status } of results.filter((one) => !this.read.has(one.id))) {
				if (status === 'crashed') this.crashed.add(id);
				const run = await session.waitForExecution(id);
				const at = Date.parse(startedAt);
				const items = itemsOf(run, 'Kept').map(({ json }) => String(json.taskRef));
				this.read.set(
					id,
					items.map((reference) => ({ reference, at })),
				);
			}
			if (results.length < 100) return [...this.read.values()].flat();
			lastId = results[results.length - 1].id;
		}
	}
}

const sandboxes: Sandbox[] = [];

interface Pair {
	readonly sandbox: Sandbox;
	readonly triggers: readonly Fired[];
	readonly made: readonly string[];
}

/** Everything that the workflows of a pair have fired. */
async function firedBy(session: N8nSession, { triggers }: Pair) {
	const all = [];
	for (const trigger of triggers) all.push(...(await trigger.all(session)));
	return all;
}

/** Tasks whose execution was cut off after it had claimed them. */
async function crashedClaims(session: N8nSession, { triggers, made }: Pair): Promise<string[]> {
	const fired = new Set(names(await firedBy(session, { triggers } as Pair)));
	const claims = new Map((await rowsOf(session, 'Lossy')).map((row) => [row.taskRef, row.firedBy]));
	const crashed = triggers.flatMap((one) => [...one.crashed].map((id) => `callback ${id}`));
	return made.filter((name) => !fired.has(name) && crashed.includes(String(claims.get(name))));
}

function advance({ sandbox }: Pair, milliseconds: number) {
	sandbox.advance(milliseconds);
}

async function setUp(
	n8n: N8nInstance,
	session: N8nSession,
	{ name, count, withNet }: { name: string; count: number; withNet: boolean },
): Promise<Pair> {
	const sandbox = await startSandbox({
		config: {
			rateLimits: false,
			toapisWebhook: { origin: n8n.url, secret },
			// Not the patience of a vendor with a busy machine is tested here.
			callbacks: { challengeSeconds: 30 },
		},
	});
	sandboxes.push(sandbox);
	const credentials = {
		...(await saveSandboxCredentials(session, sandbox)),
		...(await saveTaskTableCredential(session)),
	};
	const toapis = sandboxAccounts(sandbox).find(({ type }) => type === 'hailuoToApisApi');
	await session.saveCredential({
		type: 'hailuoToApisApi',
		name: credentials.hailuoToApisApi.name,
		data: { ...toapis?.data, webhookSecret: secret },
	});
	const react = reacting(
		'hailuoCallbackTrigger',
		{ recordTask: true, taskTable: { name } },
		credentials,
	);
	const triggers = [new Fired(await session.publishWorkflow(react))];
	if (withNet) {
		const poll = reacting('hailuoTrigger', { taskTableName: name }, credentials);
		triggers.push(new Fired(await session.publishWorkflow(poll)));
	}
	const url = addressOf(session, react);
	await until('a published webhook', async () =>
		(await fetch(url).catch(() => undefined))?.ok ? true : undefined,
	);
	const made = await order(url, count, sandbox);
	await record(session, name, made);
	return { sandbox, triggers, made };
}

async function untilFired(session: N8nSession, pair: Pair, least: number) {
	await until(`${least} events`, async () => {
		// A busy n8n says now and then that its database is not ready.
		const fired = await firedBy(session, pair).catch(() => []);
		return fired.length >= least ? true : undefined;
	});
}

const names = (events: ReadonlyArray<{ reference: string }>) =>
	events.map(({ reference }) => reference).sort();

test('tasks of four vendors by callback across kill -9; others with a third of the calls lost, beside a polling trigger', async () => {
	const home = await N8nHome.create({ tarball: sharedN8n().tarball });
	let n8n = await startN8n({ home });
	const { port } = n8n;
	try {
		let session = await N8nSession.open(n8n.url);
		const called = await setUp(n8n, session, {
			name: 'Called',
			count: sizes.called,
			withNet: false,
		});
		const lossy = await setUp(n8n, session, { name: 'Lossy', count: sizes.lossy, withNet: true });
		lossy.sandbox.configure({ callbacks: { dropEvery: 3, challengeSeconds: 30 } });
		// Nobody asks for tasks that nobody has called for, but the polling trigger.
		const asked = called.sandbox.requests({ step: 'status' }).length;
		expect(asked).toBeLessThanOrEqual(called.sandbox.callbacks().length);
		for (let second = 0; second < 20; second++) {
			// Those that were ordered first end first.
			advance(called, (seconds.first * 1000) / 20);
			await sleep(500);
		}
		await untilFired(session, called, sizes.called / 2);
		advance(lossy, seconds.first * 1000);
		await sleep(1000);
		// In the middle of the calls of one pair, and between those of the other one.
		await n8n.kill('SIGKILL');
		advance(lossy, (seconds.second - seconds.first) * 1000);
		await sleep(1000);
		n8n = await startN8n({ home, port });
		// Connections of the dead process are still in the pool.
		const open = async () => await N8nSession.open(n8n.url).catch(() => undefined);
		session = await until('a session', open);
		for (let second = 0; second < 20; second++) {
			advance(called, ((seconds.second - seconds.first) * 1000) / 20);
			await sleep(500);
		}
		await untilFired(session, called, sizes.called);
		await called.sandbox.repeatCallbacks();

		await until(
			'all events beside the net',
			async () => {
				const crashed = await crashedClaims(session, lossy);
				const fired = names(await firedBy(session, lossy));
				return new Set([...fired, ...crashed]).size >= lossy.made.length ? true : undefined;
			},
			5,
		);
		await lossy.sandbox.repeatCallbacks();
		await sleep(5000);
		expect(names(await firedBy(session, called))).toEqual([...called.made].sort());
		// An execution that the kill has cut off has fired, and is shown as crashed.
		const all = [...names(await firedBy(session, lossy)), ...(await crashedClaims(session, lossy))];
		expect(all.sort()).toEqual([...lossy.made].sort());
		const [byCall, byPoll] = lossy.triggers;
		expect((await byCall.all(session)).length).toBeGreaterThan(0);
		expect((await byPoll.all(session)).length).toBeGreaterThan(0);
	} finally {
		await n8n.stop();
		await home.remove();
		for (const sandbox of sandboxes) await sandbox.close();
	}
});
