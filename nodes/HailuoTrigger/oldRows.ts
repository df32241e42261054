import { spanOf } from '../../video/ledger/period';
import { isFinal, taskStatuses } from '../../video/task';
import { is, type TaskTable, where } from '../shared/taskTable/taskTable';

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
	const limit = Math.min(now - days * dayMs, spanOf('month', now, timezone)?.from ?? 0);
	// n8n on SQLite compares dates to the day only.
	const before = new Date(limit - dayMs).toISOString();
	for (const status of taskStatuses.filter(isFinal)) {
		await table.delete([
			is('status', status),
			where('createdAt', 'lt', before),
			where('updatedAt', 'lt', before),
		]);
	}
}
