import { InputError } from '../../../video/failure';
import { Budget, type BudgetWishes, type SpentRow } from '../../../video/ledger/budget';
import { momentText, spanOf } from '../../../video/ledger/period';

const at = (text: string) => Date.parse(text);
const iso = (moment: number) => new Date(moment).toISOString();
const berlin = 'Europe/Berlin';

describe('the period of a budget', () => {
	test.each([
		['day', '2026-11-21T22:30:00Z', '2026-11-20T23:00:00Z', '2026-11-21T23:00:00Z'],
		['day', '2026-11-21T23:30:00Z', '2026-11-21T23:00:00Z', '2026-11-22T23:00:00Z'],
		['week', '2026-11-22T12:00:00Z', '2026-11-15T23:00:00Z', '2026-11-22T23:00:00Z'],
		['month', '2026-11-30T23:30:00Z', '2026-11-30T23:00:00Z', '2026-12-31T23:00:00Z'],
		// The clocks are changed on 29 March and on 25 October.
		['day', '2026-03-29T10:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
		['month', '2026-10-26T10:00:00Z', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
	] as const)('a %s at %s is that of the time zone', (period, now, from, to) => {
		const span = spanOf(period, at(now), berlin);
		expect([iso(span?.from ?? 0), iso(span?.to ?? 0)].map((one) => one.slice(0, 19))).toEqual(
			[from, to].map((one) => one.slice(0, 19)),
		);
	});

	test('all time has no ends, and a moment is named with its zone', () => {
		expect(spanOf('all', at('2026-11-21T00:00:00Z'), berlin)).toBeUndefined();
		expect(momentText(at('2026-11-30T23:00:00Z'), berlin)).toBe('2026-12-01 00:00 (Europe/Berlin)');
	});
});

describe('what a budget lets through', () => {
	const now = at('2026-11-21T12:00:00Z');
	const row = (more: Partial<SpentRow>, number = 1): SpentRow => ({
		row: number,
		state: 'completed',
		cost: { amount: 1, unit: 'USD' },
		orderedAt: now,
		changedAt: now,
		...more,
	});
	const budget = (rows: readonly SpentRow[], wishes: Partial<BudgetWishes> = {}) =>
		new Budget(
			{ amount: 5, period: 'month', timeZone: berlin, ...wishes },
			async () => await Promise.resolve(rows),
			() => now,
		);
	const dollars = (amount: number, unit: 'USD' | 'credits' = 'USD') => ({
		cost: { amount, unit, source: 'estimate' as const },
	});
	const refusal = async (rows: readonly SpentRow[], amount: number) =>
		(await budget(rows).refusal([dollars(amount)]))?.message;

	test('it says planned, spent, left and when the period ends', async () => {
		expect(await refusal([row({}), row({}, 2)], 4)).toBe(
			'This would cost about $4.00, more than is left of the Budget of this month: $2.00 of $5.00 is spent, $3.00 is left until 2026-12-01 00:00 (Europe/Berlin)',
		);
		expect(await refusal([row({}), row({}, 2)], 3)).toBeUndefined();
	});

	test('failed, cancelled and expired orders count nothing, and none of before the period', async () => {
		const nothing = (['failed', 'cancelled', 'expired'] as const).map((state) => row({ state }));
		const old = row({ orderedAt: at('2026-10-31T22:59:59Z') });
		expect(await refusal([...nothing, old], 5)).toBeUndefined();
		for (const state of ['sending', 'queued', 'processing', 'completed'] as const) {
			expect(await refusal([row({ state })], 5)).toBeDefined();
		}
	});

	test('a price that is not known is refused', () => {
		expect(budget([]).unknownPrice({ unknown: 'no price of X is known' })?.message).toMatch(
			/Budget is set, but no price of X is known/,
		);
	});

	test('credits are converted by the price of the person, and refused without one', async () => {
		const credits = row({ cost: { amount: 40, unit: 'credits' } });
		expect(budget([]).unknownPrice(dollars(10, 'credits'))).toBeInstanceOf(InputError);
		await expect(budget([credits]).refusal([dollars(1)])).rejects.toThrow(/billed in credits/);
		const priced = budget([credits], { creditPrice: 0.1 });
		expect(await priced.refusal([dollars(1)])).toBeUndefined();
		expect(await priced.refusal([dollars(1.01)])).toBeDefined();
	});

	test('of two that are about to send, only the first waits for the other', async () => {
		const rows = [row({ row: 7, state: 'reserved' }, 7), row({ row: 8, state: 'reserved' }, 8)];
		const narrow = budget(rows, { amount: 1.5 });
		expect(await narrow.judge(7, dollars(1))).toBe('first');
		expect(await narrow.judge(8, dollars(1))).toBe('waits');
		expect(await budget(rows, { amount: 2 }).judge(8, dollars(1))).toBe('within');
		expect(await budget(rows, { amount: 0.5 }).judge(7, dollars(1))).toBeInstanceOf(InputError);
	});

	test('a row that nobody has sent for ten minutes stands in nobody’s way', async () => {
		const rows = [row({ state: 'reserved', changedAt: now - 11 * 60_000 })];
		expect(await budget(rows, { amount: 1 }).judge(2, dollars(1))).toBe('within');
	});
});
