import type { INodeParameters } from 'n8n-workflow';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { columns } from '../../nodes/shared/taskTable/rows';
import { forgetAccounts } from '../../video/account';
import { accounts, chain, keys, sandbox, table, useSandbox, useTaskTable } from './world';

/** What the task table promises of an order that several vendors may make. */
jest.setTimeout(120_000);
useSandbox(simulateTime(), { secondsPerTask: 20 });
useTaskTable();

const poor = { minimax: 'poor-key' };

async function order(
	vendors: readonly string[],
	taskTable: INodeParameters,
	{
		special = {},
		items = 1,
		...parameters
	}: INodeParameters & { special?: Parameters<typeof accounts>[0]; items?: number } = {},
) {
	return await runNode({
		parameters: {
			...chain(...vendors),
			recordTask: true,
			taskTable,
			...parameters,
		},
		items: Array.from({ length: items }, (_, n) => ({ json: { n } })),
		credentials: accounts(special),
	});
}

const both = ['minimax', 'runware'];
/** MiniMax takes it and gives it up by a fault of its own; Runware makes it. */
const fails = 'A paper boat {{sandbox fail=1033 at=minimax}}';
const charges = () => sandbox.charges().filter(({ kind }) => kind === 'charge');

describe('one row an order', () => {
	test('says who makes it, what it costs there, and what the others answered', async () => {
		const { items } = await order(['minimax', 'apiframe'], {}, { special: poor });
		expect(table.rows).toHaveLength(1);
		const [row] = table.rows;
		expect(row).toMatchObject({
			provider: 'apiframe',
			status: 'completed',
			taskRef: items[0].json.taskRef,
			costUnit: 'credits',
			failure: null,
		});
		expect(JSON.parse(String(row.attempts))).toEqual(items[0].json.attempts);
	});

	test('holds all who were asked where nobody could', async () => {
		const { error } = await order(
			[...both, 'apiframe'],
			{},
			{
				special: { minimax: 'poor-key', runware: 'bad-key', apiframe: 'poor-key' },
			},
		);
		expect(error).toBeDefined();
		expect(table.rows).toMatchObject([
			{ provider: 'apiframe', status: 'failed', taskRef: null, failure: expect.any(String) },
		]);
		const attempts = JSON.parse(String(table.rows[0].attempts)) as Array<{ provider: string }>;
		expect(attempts.map(({ provider }) => provider)).toEqual(both);
	});

	test('a vendor that took it and failed gives it up to the next one', async () => {
		const taskTable = { orderKey: 'a', label: 'spring' };
		const failed = { prompt: fails, fallbackWhen: ['refused', 'failed'] };
		const { items } = await order(both, taskTable, failed);
		const [{ json }] = items;
		expect(json).toMatchObject({ provider: 'runware', status: 'completed' });
		const [attempt] = json.attempts as Array<{ provider: string; taskRef: string }>;
		expect(attempt).toMatchObject({ provider: 'minimax' });
		expect(attempt.taskRef).toMatch(/^minimax:/);
		expect(table.rows).toMatchObject([
			{
				...taskTable,
				provider: 'runware',
				status: 'completed',
				taskRef: json.taskRef,
				failure: null,
				heldBy: null,
				attempts: JSON.stringify(json.attempts),
			},
		]);
		const again = await order(both, taskTable, failed);
		expect(again.items[0].json.taskRef).toBe(json.taskRef);
		expect(charges()).toHaveLength(2);
	});

	test('without fallback the cell is empty', async () => {
		await order(['minimax'], {});
		expect(table.rows).toMatchObject([{ status: 'completed', attempts: null }]);
	});

	test.each([true, false])(
		'an old table gets the column where the key may add it: %s',
		async (may) => {
			table.create(
				'Hailuo Tasks',
				columns.filter(({ name }) => name !== 'attempts'),
			);
			if (may) table.allowColumns();
			const { items } = await order(both, { orderKey: 'a' }, { special: poor });
			expect(items[0].json).toMatchObject({ provider: 'runware', status: 'completed' });
			expect(table.rows).toHaveLength(1);
			expect('attempts' in table.rows[0]).toBe(may);
		},
	);
});

describe('an order key', () => {
	test('is the same order whoever makes it: later runs get the video from who made it', async () => {
		const first = await order(both, { orderKey: 'a' }, { special: poor });
		forgetAccounts();
		for (const asked of [both, [...both].reverse(), ['runware']]) {
			const { items, hints } = await order(asked, { orderKey: 'a' });
			expect(items[0].json).toMatchObject({
				taskRef: first.items[0].json.taskRef,
				provider: 'runware',
				status: 'completed',
			});
			expect(hints.join()).toContain('Nothing was paid again');
		}
		expect(charges()).toHaveLength(1);
		expect(table.rows).toHaveLength(1);
	});

	test('an unfinished task is waited for at its vendor, not at the one that is asked first', async () => {
		const first = await order(both, { orderKey: 'a' }, { special: poor, waitForCompletion: false });
		forgetAccounts();
		const { items } = await order(both, { orderKey: 'a' });
		expect(items[0].json).toMatchObject({
			taskRef: first.items[0].json.taskRef,
			status: 'completed',
			durationSeconds: 6,
		});
		expect(charges()).toHaveLength(1);
		expect(table.rows).toMatchObject([{ status: 'completed' }]);
	});

	test('of a vendor that is not in the list any more is told, and nothing is sent', async () => {
		await order(both, { orderKey: 'a' }, { special: poor });
		const { error } = await order(['minimax', 'apiframe'], { orderKey: 'a' });
		expect(error?.message).toBe(
			'Order Key “a” was ordered at Runware by execution 1, and Runware is not among the vendors that can make this item',
		);
		expect(error?.description).toMatch(
			/Query Task gets that video.+add Runware to Fallback Providers/,
		);
		const without = await order(both, { orderKey: 'a' }, { special: { runware: undefined } });
		expect(without.error?.message).toBe(error?.message);
		expect(charges()).toHaveLength(1);
	});

	test('another request under it is named in the words of the vendor that has it', async () => {
		await order(both, { orderKey: 'a' }, { special: poor });
		const { error } = await order(both, { orderKey: 'a' }, { prompt: 'A train' });
		expect(error?.message).toMatch(/stands for another .+ Prompt differs/);
		expect(charges()).toHaveLength(1);
	});

	test('is taken by one of many executions at once, whichever vendor each asks first', async () => {
		const all = await Promise.all(
			Array.from({ length: 8 }, async (_, n) =>
				order(
					n % 2 ? both : ['minimax', 'apiframe', 'runware'],
					{ orderKey: 'a' },
					{
						special: { minimax: 'poor-key', apiframe: 'poor-key' },
					},
				),
			),
		);
		expect(all.filter(({ error }) => error)).toEqual([]);
		expect(new Set(all.map(({ items }) => items[0].json.taskRef)).size).toBe(1);
		expect(charges()).toHaveLength(1);
	});

	test('an unknown outcome never goes on, neither in this run nor in a later one', async () => {
		sandbox.inject({ vendor: 'minimax', step: 'create', kind: 'resetAfterRead', times: 'always' });
		const first = await order(both, { orderKey: 'a' });
		expect(first.error?.message).toMatch(/may have accepted/);
		const second = await order([...both].reverse(), { orderKey: 'a' });
		expect(second.error?.message).toMatch(/MiniMax may have accepted/);
		expect(second.error?.description).toMatch(/delete the row/);
		expect(sandbox.requests({ vendor: 'runware', step: 'create' })).toEqual([]);
	});

	test('a crash between the first refusal and the second vendor: the next run makes one video', async () => {
		await order(['minimax'], { orderKey: 'a' }, { special: poor });
		// As kill -9 leaves it after MiniMax has refused.
		Object.assign(table.rows[0], { status: 'reserved', heldBy: 'somebody' });
		forgetAccounts();
		const { items, error } = await order(both, { orderKey: 'a' }, { special: poor });
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ provider: 'runware', status: 'completed' });
		expect(table.rows).toMatchObject([{ provider: 'runware', status: 'completed' }]);
		expect(charges()).toHaveLength(1);
	});
});

describe('a budget', () => {
	const asked = ['minimax', 'apiframe'];

	/** What the dearest of the chain costs, at this price of a credit. */
	async function dearest(creditPrice: number): Promise<number> {
		const { items } = await order(asked, {}, { options: { dryRun: true } });
		const [{ estimate }] = items[0].json.fallbacks as [{ estimate: { amount: number } }];
		return estimate.amount * creditPrice;
	}

	test('counts the dearest of the chain before anything is sent', async () => {
		const creditPrice = 0.1;
		const amount = await dearest(creditPrice);
		expect(amount).toBeGreaterThan(0.28);
		const limited = (budget: number) => ({ creditPrice, budget });
		const refused = await order(asked, limited(Math.floor(amount * 100 - 1) / 100));
		expect(refused.error?.message).toMatch(/more than is left of the Budget/);
		expect(charges()).toHaveLength(0);
		const { items } = await order(asked, limited(Math.ceil(amount * 100) / 100));
		expect(items[0].json).toMatchObject({ provider: 'minimax', cost: { amount: 0.28 } });
		// What was paid counts from now on, and not what it might have been.
		const { error } = await order(['minimax'], limited(0.56));
		expect(error).toBeUndefined();
	});

	test('counts what the vendor costs that made it', async () => {
		const creditPrice = 0.1;
		const amount = await dearest(creditPrice);
		const budget = Math.ceil((amount + 0.1) * 100) / 100;
		await order(asked, { creditPrice, budget }, { special: poor });
		const { error } = await order(['minimax'], { creditPrice, budget });
		const spent = `$${amount.toFixed(2)} of`;
		expect(error?.message).toContain(spent);
		expect(charges()).toHaveLength(1);
	});

	test('refuses a chain with credits where nobody says what one costs', async () => {
		const { error } = await order(asked, { budget: 100 });
		expect(error?.message).toMatch(/billed in credits/);
		expect(error?.description).toMatch(/Credit Price/);
		expect(charges()).toHaveLength(0);
	});

	test('is not spent by a vendor that refused or gave up', async () => {
		const { error } = await order(
			both,
			{ budget: 0.3 },
			{
				prompt: fails,
				fallbackWhen: ['refused', 'failed'],
			},
		);
		expect(error).toBeUndefined();
		const { items } = await runNode({
			type: 'hailuoQueryTask',
			parameters: { operation: 'sumUpCosts', period: 'all' },
			credentials: keys(),
		});
		expect(items[0].json).toMatchObject({ count: 1, completed: 1, failed: 0, spentUsd: 0.28 });
	});

	test('that is spent ends the chain at a dearer vendor, in words of its own', async () => {
		const creditPrice = 0.1;
		const budget = Math.ceil((await dearest(creditPrice)) * 100) / 100;
		const all = await Promise.all(
			Array.from({ length: 3 }, async () =>
				order(asked, { creditPrice, budget }, { special: poor }),
			),
		);
		expect(charges()).toHaveLength(1);
		for (const { error } of all.filter((one) => one.error)) {
			expect(error?.message).toMatch(/is left of the Budget|of Budget/);
			expect(error?.description).not.toContain('Please report');
		}
	});
});
