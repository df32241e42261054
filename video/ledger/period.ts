export const budgetPeriods = ['day', 'week', 'month', 'all'] as const;

export type BudgetPeriod = (typeof budgetPeriods)[number];

/** Milliseconds since 1970; the end belongs to the next period. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

const day = 86_400_000;

/** The day, week (from Monday) or month of a time zone that a moment lies in; undefined for all time. */
export function spanOf(period: BudgetPeriod, now: number, timeZone: string): Span | undefined {
	if (period === 'all') return undefined;
	// A calendar date is written as the UTC midnight with the same year, month and day.
	const local = new Date(now + offsetAt(now, timeZone));
	const [year, month, date] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
	const today = Date.UTC(year, month, date);
	const monday = today - ((local.getUTCDay() + 6) % 7) * day;
	const dates = {
		day: [today, today + day],
		week: [monday, monday + 7 * day],
		month: [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)],
	} as const;
	const [from, to] = dates[period].map((midnight) => momentOf(midnight, timeZone));
	return { from, to };
}

/** `2026-12-01 00:00 (Europe/Berlin)`. */
export function momentText(moment: number, timeZone: string): string {
	const local = new Date(moment + offsetAt(moment, timeZone)).toISOString();
	return `${local.slice(0, 10)} ${local.slice(11, 16)} (${timeZone})`;
}

/** When a calendar date begins in a time zone. */
function momentOf(midnight: number, timeZone: string): number {
	const guess = midnight - offsetAt(midnight, timeZone);
	// Clocks may be changed between the guess and the midnight.
	return midnight - offsetAt(guess, timeZone);
}

/** Milliseconds that the clocks of a time zone are ahead of UTC. */
function offsetAt(moment: number, timeZone: string): number {
	const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
	const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value;
	// `GMT+01:00`, and `GMT` alone for none.
	const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? [];
	const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
	return sign === '-' ? -offset : offset;
}
