import fc from 'fast-check';
import { forgetAccounts } from '../../../video/account';
import { InputError } from '../../../video/failure';
import { Generator } from '../../../video/generate';
import { LedgerEntry } from '../../../video/ledger/entry';
import type { FallbackReason, Order } from '../../../video/order';
import { JobError } from '../../../video/outcome';
import { formatReference } from '../../../video/reference';
import { type Askable, type CreateFate, FakeVendor } from '../../support/fakeVendor';
import { SharedOrders, type Way } from '../../support/sharedOrders';
import { Simulation } from '../../support/simulation';

jest.setTimeout(300_000);

const hour = 3_600_000;
const key = 'sku-1';

/** One execution in a process of its own: when it begins, and when its process is killed. */
interface Execution {
	readonly begins: number;
	readonly killedAfter?: number;
	readonly waits: boolean;
	/** The vendors that it asks, in this order. */
	readonly chain: readonly Name[];
	readonly when: readonly FallbackReason[];
}

const names = ['first', 'second'] as const;
type Name = (typeof names)[number];

interface World {
	readonly executions: readonly Execution[];
	readonly ways: readonly Way[];
	/** What the creates at each vendor meet. */
	readonly fates: Readonly<Record<Name, readonly CreateFate[]>>;
	/** In which order the last execution asks the vendors. */
	readonly lastChain: readonly Name[];
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

/** Of vendors that others stand in for: they refuse for longer, and give tasks up. */
const chainFate: fc.Arbitrary<CreateFate> = fc
	.tuple(fate, fc.constantFrom(...(['poor', undefined, undefined] as const)), fc.boolean())
	.map(([one, poor, fails]) => ({ ...one, end: poor ?? one.end, fails }));

const worldOf = (
	chain: fc.Arbitrary<readonly Name[]>,
	lastChain: fc.Arbitrary<readonly Name[]>,
	fateAt: fc.Arbitrary<CreateFate>,
): fc.Arbitrary<World> =>
	fc.record({
		lastChain,
		executions: fc.array(
			fc.record(
				{
					begins: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 400_000 })),
					killedAfter: fc.oneof(
						fc.integer({ min: 1, max: 5000 }),
						fc.integer({ min: 1, max: 300_000 }),
					),
					waits: fc.boolean(),
					chain,
					when: fc.constantFrom<FallbackReason[][]>(['refused'], ['failed'], ['refused', 'failed']),
				},
				{ requiredKeys: ['begins', 'waits', 'chain', 'when'] },
			),
			{ minLength: 2, maxLength: 4 },
		),
		ways: fc.array(way, { minLength: 5, maxLength: 30 }),
		fates: fc.record({
			first: fc.array(fateAt, { minLength: 1, maxLength: 8 }),
			second: fc.array(fateAt, { minLength: 1, maxLength: 8 }),
		}),
	});

/** One after the other, and from the beginning again. */
function* cycle<T>(values: readonly T[]): Generator_<T> {
	for (let index = 0; ; index++) yield values[index % values.length];
}

/** The table is as bad as that for a while; an answer that were lost every time would end nothing. */
function* waysOf(ways: readonly Way[]): Generator_<Way> {
	for (let times = 0; times < badTimes; times++) yield* ways;
	return yield* cycle(ways.map((one) => ({ ...one, lost: undefined })));
}
const badTimes = 20;

type Generator_<T> = globalThis.Generator<T, never, undefined>;

class Run {
	readonly simulation = new Simulation();

	readonly orders: SharedOrders;

	readonly vendors: ReadonlyMap<Name, FakeVendor>;

	constructor(askable: Askable, { ways, fates }: World) {
		const { simulation } = this;
		const nextWay = waysOf(ways);
		this.orders = new SharedOrders(simulation.now, () => nextWay.next().value);
		const vendorOf = (name: Name) => {
			const nextFate = cycle(fates[name]);
			const sleep = async (milliseconds: number) => await simulation.sleep(milliseconds);
			return new FakeVendor(askable, simulation.now, sleep, () => nextFate.next().value, name);
		};
		this.vendors = new Map(names.map((name) => [name, vendorOf(name)]));
	}

	/** Every task that was ever paid for, in the order of time. */
	get charges() {
		return [...this.vendors]
			.flatMap(([name, { charges }]) => charges.map((charge) => ({ ...charge, name })))
			.sort((one, other) => one.at - other.at);
	}

	/** The outcome, or undefined for one whose process was killed. */
	async execute(name: string, execution: Omit<Execution, 'begins'>) {
		const { killedAfter } = execution;
		const killed = new Promise<undefined>((resolve) => {
			if (killedAfter === undefined) return;
			void this.simulation.sleep(killedAfter).then(() => resolve(undefined));
		});
		const order = this.order(name, execution);
		const made = new Generator(5).makeAll([order]).then(([one]) => one);
		return await Promise.race([made, killed]);
	}

	private order(process: string, execution: Omit<Execution, 'begins'>): Order {
		const { killedAfter, waits, chain, when } = execution;
		const { simulation } = this;
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
		const rows = this.orders.of(host, key);
		const asked = chain.map((provider) => ({ provider, request: 'prompt=1', facts: {} }));
		const wishes = { key, table: process, vendors: asked, nameOf: (name: string) => name };
		const entry = new LedgerEntry(rows, host, wishes);
		const vendors = chain.map((name) => this.vendors.get(name) as FakeVendor);
		const [first, ...others] = vendors.map(
			(vendor): Order => ({
				...vendor.order(connection, `${process} ${vendor.provider.id}`),
				entry,
				...(waits && { wait: { timeout: 30 * 60_000, onTimeout: 'fail' } }),
			}),
		);
		if (others.length === 0) return first;
		return { ...first, fallback: { orders: others, when, patience: 5 * 60_000 } };
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
		const last = await run.execute(`${name} last`, {
			waits: true,
			chain: plan.lastChain,
			when: ['refused', 'failed'],
		});
		return { outcomes, last };
	})();
	const result = await simulation.run(all);
	return { ...result, charges: run.charges, orders: run.orders };
}

const runs = {
	numRuns: Number(process.env.RUNS ?? 300),
	seed: Number(process.env.SEED ?? 20261121),
};

/** What holds however many vendors there are. */
function expectPaidOnce({ charges, orders, outcomes, last }: Awaited<ReturnType<typeof play>>) {
	// Only a task that its vendor gave up is ever ordered again.
	expect(charges.slice(0, -1).filter(({ fails }) => !fails)).toEqual([]);
	const good = charges.find(({ fails }) => !fails);
	const named = orders.live.filter(({ reference }) => reference);
	expect(named.length).toBeLessThanOrEqual(1);
	for (const outcome of [...outcomes, last]) {
		if (outcome === undefined || outcome instanceof JobError) continue;
		const references = charges.map(({ name, task }) => `${name}:video:${task}`);
		expect(references).toContain(formatReference(outcome.task.reference));
		if (outcome.task.status !== 'completed') continue;
		expect(outcome.task.reference).toMatchObject({ provider: good?.name, id: good?.task });
	}
	if (last instanceof JobError) {
		expect(last).not.toBeInstanceOf(InputError);
		const isTold = /delete the row|n8n’s API/.test(`${last.message} ${last.failure.advice}`);
		expect(isTold || !good).toBe(true);
	} else {
		expect(named).toMatchObject([{ state: 'completed', heldBy: '' }]);
	}
	return good;
}

/** A row fails where an order ends: one whose run died, did not wait for it, or ended with an error. */
function expectOneEnd(
	{ executions }: World,
	{ orders, outcomes, last }: Awaited<ReturnType<typeof play>>,
) {
	const ends = executions.filter(({ waits }, index) => !waits || !isWell(outcomes[index]));
	const failed = orders.rows.filter(({ state, reference }) => state === 'failed' && reference);
	expect(failed.length).toBeLessThanOrEqual(ends.length + (isWell(last) ? 0 : 1));
	// No task is the end of two.
	const names = failed.map(({ reference }) => reference && formatReference(reference));
	expect(new Set(names).size).toBe(names.length);
}

const isWell = (outcome: Awaited<ReturnType<typeof play>>['last']) =>
	outcome !== undefined && !(outcome instanceof JobError);

describe.each(['byId', 'byList', 'never'] as const)('a vendor that can be asked: %s', (askable) => {
	test('two and more executions and crashes at any moment never pay a key twice, and lose nothing silently', async () => {
		const alone = fc.constant(['first'] as const);
		await fc.assert(
			fc.asyncProperty(worldOf(alone, alone, fate), async (plan) => {
				const played = await play(askable, plan);
				expectPaidOnce(played);
				const { last } = played;
				// The last one gets the video, or says what may have become of it and what to do.
				if (last instanceof JobError) {
					expect(`${last.failure.message} ${last.failure.advice}`).toMatch(
						/may have (been )?accepted|Too many requests|does not have it|n8n’s API gave no answer/,
					);
				}
			}),
			runs,
		);
	});

	test('nor does a chain of vendors, in whichever order each execution asks them, and each order ends once', async () => {
		const ways: Name[][] = [['first', 'second'], ['second', 'first'], ['first'], ['second']];
		const all = fc.constantFrom(...ways.slice(0, 2));
		const plans = worldOf(fc.constantFrom(...ways), all, chainFate);
		await fc.assert(
			fc.asyncProperty(plans, async (plan) => {
				const played = await play(askable, plan);
				expectPaidOnce(played);
				expectOneEnd(plan, played);
			}),
			runs,
		);
	});
});
