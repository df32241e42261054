import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../harness/n8n/cluster';
import { executionsOf } from '../../harness/n8n/events';
import { itemsOf, until } from '../../harness/n8n/workflows';
import {
	type CallbackOrders,
	claimsIn,
	orderWithCallbacks,
	seconds,
} from '../../harness/n8n/callbackOrders';
import { cluster, session, useCluster } from './shared';

jest.setTimeout(1_500_000);

/** Tasks without a polling trigger, and beside one. */
const sizes = { called: 200, lossy: 200 };
/** Steps in which the vendors' clock goes on, a second apart: a few tasks end in each. */
const steps = 20;

let orders: CallbackOrders | undefined;
/** Who had claimed a task when a worker was killed: n8n may never say that such an execution has ended. */
const cut = new Set<string>();

useCluster();

afterEach(async () => await orders?.sandbox.close());

async function order(name: string, count: number, withNet: boolean): Promise<CallbackOrders> {
	orders = await orderWithCallbacks(session, { name, count, withNet, url: cluster.webhook.url });
	return orders;
}

/** Lets so many seconds pass at the vendors, and something happen in the middle. */
async function pass({ sandbox }: CallbackOrders, length: number, inTheMiddle = async () => {}) {
	let happening: Promise<void> | undefined;
	for (let step = 0; step < steps; step++) {
		if (step === steps / 2) happening = inTheMiddle();
		sandbox.advance((length * 1000) / steps);
		await sleep(1000);
	}
	await happening;
}

const claimOf = (id: number | string) => `callback ${id}`;

/** The references of what was fired, and of what was claimed by an execution that died with its process. */
async function firedBy({ byCall, byPoll, made }: CallbackOrders, name: string): Promise<string[]> {
	const fired: string[] = [];
	const died = new Set(cut);
	for (const workflow of [byCall, ...(byPoll ? [byPoll] : [])]) {
		for (const execution of await executionsOf(cluster.storage, workflow)) {
			const items = itemsOf(execution, 'Kept');
			fired.push(...items.map(({ json }) => String(json.taskRef)));
			if (items.length === 0) died.add(claimOf(execution.id));
		}
	}
	const claims = await claimsIn(session, name);
	const lost = (one: string) => !fired.includes(one) && died.has(String(claims.get(one)));
	return [...fired, ...made.filter(lost)].sort();
}

/**
 * All vendors deliver again what they could not deliver, as ToAPIs does; and now and then everything, for n8n
 * acknowledges a call before it has kept the execution, and an execution may die before it has claimed its task.
 */
async function untilFired(pair: CallbackOrders, name: string, least: number) {
	const end = Date.now() + 8 * 60_000;
	for (let tries = 0; Date.now() < end; tries++) {
		await pair.sandbox.repeatCallbacks(tries % 3 !== 2);
		const fired = await firedBy(pair, name).catch(() => []);
		if (new Set(fired).size >= least) return;
		await sleep(3000);
	}
	const fired = await firedBy(pair, name);
	const claims = await claimsIn(session, name);
	const missing = pair.made.filter((one) => !fired.includes(one));
	throw new Error(
		`In vain: ${least} events of ${name}, but ${missing.map((one) => `${one} (${String(claims.get(one))})`).join(', ')}`,
	);
}

async function killAndStart(...members: ReadonlyArray<Cluster['main']>) {
	for (const member of members) {
		await member.kill('SIGKILL');
		member.executions.forEach((id) => cut.add(claimOf(id)));
	}
	for (const member of members) await member.start();
}

test('200 tasks of four vendors by callback; the webhook process dies, then a worker and the main process: each fires once', async () => {
	const called = await order('Called', sizes.called, false);
	// Nobody asks for a task that nobody has called for.
	const asked = called.sandbox.requests({ step: 'status' }).length;
	expect(asked).toBeLessThanOrEqual(called.sandbox.callbacks().length);

	await pass(called, seconds.first, async () => await killAndStart(cluster.webhook));
	await untilFired(called, 'Called', sizes.called / 2);
	const { main, workers } = cluster;
	const rest = seconds.second - seconds.first;
	await pass(called, rest, async () => await killAndStart(workers[0], main));
	await untilFired(called, 'Called', sizes.called);
	await called.sandbox.repeatCallbacks();
	await sleep(5000);
	expect(await firedBy(called, 'Called')).toEqual([...called.made].sort());
});

test('200 tasks with a third of the calls lost, beside a polling trigger: each fires once', async () => {
	const lossy = await order('Lossy', sizes.lossy, true);
	lossy.sandbox.configure({ callbacks: { dropEvery: 3, challengeSeconds: 30 } });
	await pass(lossy, seconds.second);
	await until(
		'all events',
		async () => new Set(await firedBy(lossy, 'Lossy')).size === sizes.lossy,
		5,
	);
	await lossy.sandbox.repeatCallbacks();
	await sleep(5000);
	expect(await firedBy(lossy, 'Lossy')).toEqual([...lossy.made].sort());
	for (const workflow of [lossy.byCall, lossy.byPoll as string]) {
		expect((await executionsOf(cluster.storage, workflow)).length).toBeGreaterThan(0);
	}
});
