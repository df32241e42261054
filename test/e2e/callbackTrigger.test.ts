import { setTimeout as sleep } from 'node:timers/promises';
import { N8nHome } from '../../harness/n8n/home';
import { startN8n } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';
import { itemsOf, until } from '../../harness/n8n/workflows';
import {
	type CallbackOrders,
	claimsIn,
	orderWithCallbacks,
	seconds,
} from '../../harness/n8n/callbackOrders';
import { sharedN8n } from './shared';

jest.setTimeout(600_000);

/**
 * How many tasks there are, without and beside a polling trigger: n8n takes its time to show each
 * execution. test/queue/callbacks.test.ts, which reads them from the database, has 200 of each.
 */
const sizes = { called: 24, lossy: 12 };

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

interface Pair extends CallbackOrders {
	readonly triggers: readonly Fired[];
}

const withTriggers = (orders: CallbackOrders): Pair => ({
	...orders,
	triggers: [orders.byCall, ...(orders.byPoll ? [orders.byPoll] : [])].map((id) => new Fired(id)),
});

/** Everything that the workflows of a pair have fired. */
async function firedBy(session: N8nSession, { triggers }: Pair) {
	const all = [];
	for (const trigger of triggers) all.push(...(await trigger.all(session)));
	return all;
}

/** Tasks whose execution was cut off after it had claimed them. */
async function crashedClaims(session: N8nSession, pair: Pair): Promise<string[]> {
	const fired = new Set(names(await firedBy(session, pair)));
	const claims = await claimsIn(session, 'Lossy');
	const crashed = pair.triggers.flatMap((one) => [...one.crashed].map((id) => `callback ${id}`));
	return pair.made.filter((name) => !fired.has(name) && crashed.includes(String(claims.get(name))));
}

function advance({ sandbox }: Pair, milliseconds: number) {
	sandbox.advance(milliseconds);
}

async function untilFired(session: N8nSession, pair: Pair, least: number) {
	await until(`${least} events`, async () => {
		// A busy n8n says now and then that its database is not ready.
		const fired = await firedBy(session, pair).catch(() => []);
		return fired.length >= least;
	});
}

/** Until the polling trigger has just asked for its tasks: the next minute belongs to the calls. */
async function untilAsked({ sandbox }: Pair) {
	const asked = () => sandbox.requests({ step: 'status' }).length;
	const before = asked();
	await until('a poll', async () => asked() > before);
}

async function untilClaimedByCall(session: N8nSession) {
	await until('a task claimed by a call', async () => {
		const claims = await claimsIn(session, 'Lossy');
		return [...claims.values()].some((claim) => claim?.startsWith('callback '));
	});
}

const names = (events: ReadonlyArray<{ reference: string }>) =>
	events.map(({ reference }) => reference).sort();

test('tasks of four vendors by callback across kill -9; others with a third of the calls lost, beside a polling trigger', async () => {
	const home = await N8nHome.create({ tarball: sharedN8n().tarball });
	let n8n = await startN8n({ home });
	const { port } = n8n;
	const pairs: Pair[] = [];
	try {
		let session = await N8nSession.open(n8n.url);
		const open = async (name: string, count: number, withNet: boolean) => {
			const pair = withTriggers(await orderWithCallbacks(session, { name, count, withNet }));
			pairs.push(pair);
			return pair;
		};
		const called = await open('Called', sizes.called, false);
		const lossy = await open('Lossy', sizes.lossy, true);
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
		await untilAsked(lossy);
		advance(lossy, seconds.first * 1000);
		await untilClaimedByCall(session);
		// In the middle of the calls of one pair, and between those of the other one.
		await n8n.kill('SIGKILL');
		advance(lossy, (seconds.second - seconds.first) * 1000);
		await sleep(1000);
		n8n = await startN8n({ home, port });
		// Connections of the dead process are still in the pool.
		session = await until(
			'a session',
			async () => await N8nSession.open(n8n.url).catch(() => undefined),
		);
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
				return new Set([...fired, ...crashed]).size >= lossy.made.length;
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
		expect((await byCall.all(session)).length + byCall.crashed.size).toBeGreaterThan(0);
		expect((await byPoll.all(session)).length).toBeGreaterThan(0);
	} finally {
		await n8n.stop();
		await home.remove();
		for (const { sandbox } of pairs) await sandbox.close();
	}
});
