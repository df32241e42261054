import { round } from '../../../video/cost';
import { isForNothing } from '../../../video/ledger/budget';
import { momentText, type Span, spanOf } from '../../../video/ledger/period';
import { orderState } from './orderCells';
import type { TaskRow } from './rows';

export const groupings = ['none', 'provider', 'model', 'label', 'workflow', 'day'] as const;

export type Grouping = (typeof groupings)[number];

/** What the orders of a group have cost. `count` = `completed` + `inProgress` + `failed`. */
type CostSum = ReturnType<typeof emptySum>;

/** Sums up the rows of a task table, in groups. */
export class CostSums {
	private readonly groups = new Map<string | null, CostSum>();

	/** The day of the row before. */
	private day?: Span & { readonly text: string };

	constructor(
		private readonly groupBy: Grouping,
		private readonly timeZone: string,
	) {
		// One sum of everything is there even when nothing was ordered.
		if (groupBy === 'none') this.groups.set(null, emptySum());
	}

	add(row: TaskRow) {
		if (!wasSent(row)) return;
		const key = this.keyOf(row);
		const sum = this.groups.get(key) ?? emptySum();
		this.groups.set(key, sum);
		addTo(sum, row);
	}

	/** One object for each group, in the order of its names. */
	sums(): Array<CostSum & Record<string, string | number | null>> {
		const name = this.groupBy === 'workflow' ? 'workflowId' : this.groupBy;
		return [...this.groups]
			.sort(([one], [other]) => (one ?? '').localeCompare(other ?? ''))
			.map(([key, { spentUsd, spentCredits, ...counts }]) => ({
				...(this.groupBy !== 'none' && { [name]: key }),
				...counts,
				spentUsd: round(spentUsd),
				spentCredits: round(spentCredits),
			}));
	}

	private keyOf(row: TaskRow): string | null {
		switch (this.groupBy) {
			case 'none':
				return null;
			case 'workflow':
				return row.workflowId;
			case 'day':
				return this.dayOf(Date.parse(row.createdAt));
			default:
				return row[this.groupBy] || null;
		}
	}

	/** `2026-11-21`. */
	private dayOf(moment: number): string {
		// Rows come in the order of time: most lie in the same day as the one before.
		if (!this.day || moment < this.day.from || moment >= this.day.to) {
			const span = spanOf('day', moment, this.timeZone) ?? { from: moment, to: moment };
			this.day = { ...span, text: momentText(moment, this.timeZone).slice(0, 10) };
		}
		return this.day.text;
	}
}

const emptySum = () => ({
	count: 0,
	completed: 0,
	/** Not finished, and sent without a known answer: they may be paid. */
	inProgress: 0,
	/** Failed, cancelled and expired ones, which cost nothing. */
	failed: 0,
	spentUsd: 0,
	spentCredits: 0,
	/** Orders that are or may be paid and whose cost nobody knows: they are in no sum. */
	unknownCosts: 0,
});

/** Rows that were reserved, or put away for another one, were never an order. */
const wasSent = (row: TaskRow) =>
	orderState(row) !== 'reserved' && (row.taskRef !== null || row.sentAt !== null);

function addTo(sum: CostSum, row: TaskRow) {
	const state = orderState(row);
	sum.count++;
	if (isForNothing(state)) {
		sum.failed++;
		return;
	}
	if (state === 'completed') sum.completed++;
	else sum.inProgress++;
	const { cost, costUnit } = row;
	if (cost !== null && costUnit === 'USD') sum.spentUsd += cost;
	else if (cost !== null && costUnit === 'credits') sum.spentCredits += cost;
	else sum.unknownCosts++;
}
