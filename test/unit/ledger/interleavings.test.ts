import fc from 'fast-check';
import { forgetAccounts } from '../../../video/account';
import { InputError } from '../../../video/failure';
import { Generator } from '../../../video/generate';
import { LedgerEntry } from '../../../video/ledger/entry';
import type { Order } from '../../../video/order';
import { JobError } from '../../../video/outcome';
import { formatReference } from '../../../video/reference';
import type { Askable, CreateFate } from '../../support/fakeVendor';
import { FakeVendor } from '../../support/fakeVendor';
import type { Way } from '../../support/sharedOrders';
import { SharedOrders } from '../../support/sharedOrders';
import { Simulation } from '../../support/simulation';

jest.setTimeout(300_000);

const hour = 3_600_000;
const key = 'sku-1';

/** One execution in a process of its own: when it begins, and when its process is killed. */
interface Execution {
	readonly begins: number;
	readonly killedAfter?: number;
	readonly waits: boolean;
}

interface World {
	readonly executions: readonly Execution[];
	readonly ways: readonly Way[];
	readonly fates: readonly CreateFate[];
}

const way: fc.Arbitrary<Way> = fc.record({
	there: fc.integer({ min: 1, max: 400 }),
	back: fc.integer({ min: 1, max: 400 }),
	lost: fc.oneof(
		{ weight: 8, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: fc.constantFrom('there' as const, 'back' as const) },
	),
});

const fate: fc.Arbitrary<CreateFate> = fc.record({
	there: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 120_000 })),
	back: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 75_000 })),
	end: fc.constantFrom('accepted', 'accepted', 'accepted', 'refused', 'lostBefore', 'lostAfter'),
});

const world: fc.Arbitrary<World> = fc.record({
	executions: fc.array(
		fc.record(
			{
				begins: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 400_000 })),
				killedAfter: fc.oneof(
					fc.integer({ min: 1, max: 5000 }),
					fc.integer({ min: 1, max: 300_000 }),
				),
				waits: fc.boolean(),
			},
			{ requiredKeys: ['begins', 'waits'] },
		),
		{ minLength: 2, maxLength: 4 },
	),
	ways: fc.array(way, { minLength: 5, maxLength: 30 }),
	fates: fc.array(fate, { minLength: 1, maxLength: 8 }),
});

/** One after the other, and from the beginning again. */
function* cycle<T>(values: readonly T[]): Generator_<T> {
	for (let index = 0; ; index++) yield values[index % values.length];
}
type Generator_<T> = globalThis.Generator<T, never, undefined>;

class Run {
	readonly simulation = new Simulation();

	readonly orders: SharedOrders;

	readonly vendor: FakeVendor;

	constructor(askable: Askable, { ways, fates }: World) {
		const { simulation } = this;
		const [nextWay, nextFate] = [cycle(ways), cycle(fates)];
		this.orders = new SharedOrders(simulation.now, () => nextWay.next().value);
		this.vendor = new FakeVendor(
			askable,
			simulation.now,
			async (milliseconds) => await simulation.sleep(milliseconds),
			() => nextFate.next().value,
		);
	}

	/** The outcome, or undefined for one whose process was killed. */
	async execute(name: string, { killedAfter, waits }: Omit<Execution, 'begins'>) {
		const killed = new Promise<undefined>((resolve) => {
			if (killedAfter === undefined) return;
			void this.simulation.sleep(killedAfter).then(() => resolve(undefined));
		});
		const order = this.order(name, killedAfter, waits);
		const made = new Generator(5).makeAll([order]).then(([one]) => one);
		return await Promise.race([made, killed]);
	}

	private order(process: string, killedAfter: number | undefined, waits: boolean): Order {
		const { simulation, vendor } = this;
		const connection = simulation.connection(() => Promise.reject(new Error('unused')), {
			process,
		});
		const end = killedAfter === undefined ? Infinity : simulation.time + killedAfter;
		const { sleep } = connection.host;
		connection.host.sleep = async (milliseconds, cancel) => {
			// A process that was killed goes no step further.
			if (simulation.time + milliseconds >= end) await new Promise(() => undefined);
			await sleep(milliseconds, cancel);
		};
		const { host } = connection;
		const rows = this.orders.of(host, 'prompt=1', key);
		return {
			provider: vendor.provider,
			connection,
			kind: 'video',
			files: [],
			facts: {},
			ready: { earliest: 5, typical: 60 },
			content: 'A paper boat',
			memoryKey: process,
			build: (_, id) => vendor.request(id),
			entry: new LedgerEntry(rows, host, { key, table: process, request: 'prompt=1' }),
			...(waits && { wait: { timeout: 30 * 60_000, onTimeout: 'fail' } }),
		};
	}
}

let plays = 0;

async function play(askable: Askable, plan: World) {
	forgetAccounts();
	// Killed processes hold what they held for ever: no other play may have one of the same name.
	const name = `play ${++plays}`;
	const run = new Run(askable, plan);
	const { simulation } = run;
	const all = (async () => {
		const outcomes = await Promise.all(
			plan.executions.map(async ({ begins, ...execution }, index) => {
				await simulation.sleep(begins);
				return await run.execute(`${name} process ${index}`, execution);
			}),
		);
		await simulation.sleep(hour);
		// Somebody runs the workflow again, and nothing comes between.
		const last = await run.execute(`${name} last`, { waits: true });
		return { outcomes, last };
	})();
	const result = (await simulation.run(all)) as Awaited<typeof all>;
	return { ...run, ...result, vendor: run.vendor, orders: run.orders };
}

describe.each(['byId', 'byList', 'never'] as const)('a vendor that can be asked: %s', (askable) => {
	test('two and more executions and crashes at any moment never pay a key twice, and lose nothing silently', async () => {
		await fc.assert(
			fc.asyncProperty(world, async (plan) => {
				const { vendor, orders, outcomes, last } = await play(askable, plan);
				expect(vendor.charges.length).toBeLessThanOrEqual(1);
				const named = orders.live.filter(({ reference }) => reference);
				expect(named.length).toBeLessThanOrEqual(1);
				for (const outcome of [...outcomes, last]) {
					if (outcome === undefined || outcome instanceof JobError) continue;
					expect(formatReference(outcome.task.reference)).toBe(
						`fake:video:${vendor.charges[0].task}`,
					);
				}
				// The last one gets the video, or says what may have become of it and what to do.
				if (last instanceof JobError) {
					expect(last).not.toBeInstanceOf(InputError);
					expect(`${last.failure.message} ${last.failure.advice}`).toMatch(
						/may have (been )?accepted|Too many requests|does not have it|n8n’s API gave no answer/,
					);
					const isTold = /delete the row|n8n’s API/.test(`${last.message} ${last.failure.advice}`);
					expect(isTold || vendor.charges.length === 0).toBe(true);
				} else {
					expect(named).toMatchObject([{ state: 'completed', heldBy: '' }]);
				}
			}),
			{
				numRuns: Number(process.env.RUNS ?? 300),
				...(process.env.SEED ? { seed: Number(process.env.SEED) } : { seed: 20261121 }),
			},
		);
	});
});
