import type { RowChange } from './rows';
import { is, rowOf, type TaskTable } from './taskTable';

/** Polling triggers do not keep each other from firing, so that all of them claim in one name. */
export const pollingClaim = 'poll';

/** Callback triggers keep everybody else from firing. */
export const callbackClaim = (executionId: string) => `callback ${executionId}`;

/** Of an order with a Callback URL: a callback trigger may fire for it, and nobody has yet. */
export const unclaimed = 'nobody';

export const isClaimed = (firedBy: string | null) => firedBy !== null && firedBy !== unclaimed;

export const isClaimedByCallback = (firedBy: string | null | undefined) =>
	firedBy?.startsWith(callbackClaim('')) ?? false;

/** `missing`: the task has no row. */
export type Claim = 'won' | 'lost' | 'missing';

/**
 * Takes the right to fire for a task, and brings its row up to date in the same step. It is taken
 * once, by whoever comes first, in whichever process; who has it already has it still.
 */
export async function claim(
	table: TaskTable,
	taskRef: string,
	by: string,
	change: RowChange,
): Promise<Claim> {
	const before = await claimOf(table, taskRef, by);
	if (before !== 'free') return before;
	const claimed = { ...change, firedBy: by };
	for (const value of [unclaimed, null]) {
		const taken = await table.change([rowOf(taskRef), is('firedBy', value)], claimed);
		if (taken.length > 0) break;
	}
	return (await claimOf(table, taskRef, by)) === 'won' ? 'won' : 'lost';
}

/** A task that fires, as its row says it from now on. */
export type FiredRow = RowChange & { readonly taskRef: string };

/** The same, and makes the row where it is missing. */
export async function claimOrInsert(table: TaskTable, row: FiredRow, by: string): Promise<Claim> {
	const { taskRef, label, ...change } = row;
	const result = await claim(table, taskRef, by, change);
	if (result !== 'missing') return result;
	await table.insert({ ...change, taskRef, label, firedBy: by });
	return (await claimOf(table, taskRef, by)) === 'won' ? 'won' : 'lost';
}

/** Whose it is. A task may have several rows, written at one moment: the first claim counts. */
async function claimOf(table: TaskTable, taskRef: string, by: string): Promise<Claim | 'free'> {
	const rows = await table.page([rowOf(taskRef)], { sortBy: 'id:asc', limit: 50 });
	if (rows.length === 0) return 'missing';
	const first = rows.find(({ firedBy }) => isClaimed(firedBy));
	if (!first) return 'free';
	return first.firedBy === by ? 'won' : 'lost';
}
