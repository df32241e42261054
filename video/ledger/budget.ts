import { costText, type Quote, round, unknownPrice } from '../cost';
import { InputError } from '../failure';
import { type Cost, isFinal } from '../task';
import type { OrderState } from './orderRow';
import { type BudgetPeriod, momentText, type Span, spanOf } from './period';

/** A row as a budget counts it. Times in milliseconds since 1970. */
export interface SpentRow {
	readonly row: number;
	readonly state: OrderState;
	readonly cost?: Pick<Cost, 'amount' | 'unit'>;
	readonly orderedAt: number;
	readonly changedAt: number;
}

/** What a person has allowed. */
export interface BudgetWishes {
	/** USD. */
	readonly amount: number;
	readonly period: BudgetPeriod;
	readonly timeZone: string;
	/** USD; without it nothing that is billed in credits can be counted. */
	readonly creditPrice?: number;
}

/**
 * What becomes of an order with a row. `first` and `waits`: only orders that others are about to
 * send are in its way; its row is the first of them, or is not.
 */
export type Verdict = 'within' | 'first' | 'waits' | InputError;

/** Keeps orders within a budget. */
export interface BudgetGuard {
	judge(row: number, provider: string): Promise<Verdict>;
}

/** A row is reserved for seconds, or while its order waits in a queue; then its process is gone. */
const reservedFor = 10 * 60_000;

/** What is counted, and what remains of it. */
export class Budget {
	constructor(
		private readonly wishes: BudgetWishes,
		/** The rows in its scope that were ordered at or after a moment. */
		private readonly rowsSince: (moment: number) => Promise<readonly SpentRow[]>,
		private readonly now: () => number,
	) {}

	/** Why orders may not be sent that may cost so much together; undefined where they may. */
	async refusal(planned: readonly Quote[]): Promise<InputError | undefined> {
		const plan = this.sum(planned);
		const spent = this.sum(await this.counted());
		return plan + spent > this.wishes.amount ? this.over(spent, plan) : undefined;
	}

	/** Why the price of an order cannot be counted; undefined where it can. */
	unknownPrice(quote: Quote): InputError | undefined {
		const { cost } = quote;
		if (!cost) return unknownPrice('Budget', quote);
		return cost.unit === 'USD' || this.wishes.creditPrice !== undefined ? undefined : inCredits();
	}

	/** Of several quotes, of which one is paid, the one that costs most. */
	dearest(quotes: readonly Quote[]): Quote {
		const amounts = quotes.map((one) => this.sum([one]));
		return quotes[amounts.indexOf(Math.max(...amounts))];
	}

	/** The verdict on an order whose row is among the others already. */
	async judge(row: number, planned: Quote): Promise<Verdict> {
		const rows = (await this.counted()).filter((one) => one.row !== row);
		const pending = rows.filter(({ state }) => state === 'reserved');
		const spent = this.sum(rows.filter(({ state }) => state !== 'reserved'));
		const plan = this.sum([planned]);
		if (spent + plan > this.wishes.amount) return this.over(spent, plan);
		const reserved = this.sum(pending);
		if (round(spent + plan + reserved) <= this.wishes.amount) return 'within';
		return pending.some((one) => one.row < row) ? 'waits' : 'first';
	}

	private get span(): Span | undefined {
		return spanOf(this.wishes.period, this.now(), this.wishes.timeZone);
	}

	/** The rows that have cost something, or may have. */
	private async counted(): Promise<SpentRow[]> {
		const from = this.span?.from ?? 0;
		const stale = this.now() - reservedFor;
		return (await this.rowsSince(from)).filter(
			({ state, orderedAt, changedAt }) =>
				orderedAt >= from && !isForNothing(state) && (state !== 'reserved' || changedAt > stale),
		);
	}

	/** USD. Throws InputError where something was billed in credits that nobody can convert. */
	private sum(priced: ReadonlyArray<Pick<SpentRow, 'cost'>>): number {
		const { creditPrice } = this.wishes;
		return round(
			priced.reduce((sum, { cost }) => {
				if (!cost) return sum;
				if (cost.unit === 'USD') return sum + cost.amount;
				if (creditPrice === undefined) throw inCredits();
				return sum + cost.amount * creditPrice;
			}, 0),
		);
	}

	private over(spent: number, plan: number): InputError {
		const { amount, period, timeZone } = this.wishes;
		const dollars = (usd: number) => costText({ amount: usd, unit: 'USD' });
		const { span } = this;
		const until = span ? ` until ${momentText(span.to, timeZone)}` : '';
		const whole = period === 'all' ? 'the Budget' : `the Budget of this ${period}`;
		return new InputError(
			`This would cost about ${dollars(plan)}, more than is left of ${whole}: ${dollars(spent)} of ${dollars(amount)} is spent, ${dollars(Math.max(0, amount - spent))} is left${until}`,
			'Nothing was sent. Raise Budget, wait for the next period, or choose fewer, shorter or smaller videos.',
		);
	}
}

export const isForNothing = (state: OrderState) =>
	state !== 'reserved' && state !== 'sending' && isFinal(state) && state !== 'completed';

const inCredits = () =>
	new InputError(
		'Budget is in USD, and a video of its period or of this run is billed in credits',
		'Nothing was sent. Add Credit Price (USD) to the task table settings: what you pay for one credit.',
	);
