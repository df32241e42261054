import { isFinal, taskStatuses } from '../../video/task';
import type { TaskTable } from '../shared/taskTable/taskTable';

const dayMs = 86_400_000;

export interface Retention {
	readonly days: number;
	/** IANA name: months of budgets are counted in it. */
	readonly timezone: string;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/**
 * Deletes rows of tasks that have ended and were not touched since. Those of the current month stay,
 * and those of the last `days`, whichever is longer.
 */
export async function deleteOldRows(table: TaskTable, { days, timezone, now }: Retention) {
	const limit = Math.min(now - days * dayMs, monthOf(now, timezone));
	// n8n on SQLite compares dates to the day only, and a month begins elsewhere at another hour.
	const before = new Date(limit - dayMs).toISOString();
	for (const status of taskStatuses.filter(isFinal)) {
		await table.delete([
			{ columnName: 'status', condition: 'eq', value: status },
			{ columnName: 'createdAt', condition: 'lt', value: before },
			{ columnName: 'updatedAt', condition: 'lt', value: before },
		]);
	}
}

/** When the current month began, give or take the zone's hours. */
function monthOf(now: number, timeZone: string): number {
	const format = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric' });
	const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
	return Date.UTC(parts.get('year') ?? NaN, (parts.get('month') ?? NaN) - 1);
}
