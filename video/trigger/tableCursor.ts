import { z } from 'zod';
import { isFinal } from '../task';
import { collectNewEvents, type EventWishes, noEvents, type Sighting, type Step } from './events';
import { isLost, lostAfter, lostTasks, mergeLost, updateLost } from './lostTasks';
import { atMost, gapsOf, hasNumber, type Ranges, rangesOf, unite } from './ranges';

/** What a trigger on a task table keeps. Row numbers only: no clock can shift it. */
export const tableCursor = z.object({
	source: z.literal('taskTable'),
	table: z.object({ id: z.string(), name: z.string() }),
	/** Rows that need nothing more: fired, or final and not wanted, or final before the start. */
	handled: z.array(z.number()) as z.ZodType<Ranges>,
	/** Rows of these that are `expired`, and fire once more should they turn out to be completed. */
	lost: lostTasks.optional(),
});

export type TableCursor = Readonly<z.infer<typeof tableCursor>>;

export interface SeenRow extends Sighting {
	readonly row: number;
	/** Whose run may have another vendor make the video should the task fail. */
	readonly heldBy?: string;
}

/** An insert may become visible after one with a higher number, but not long after. */
export const lateRows = 200;

const maxRanges = 10_000;

/**
 * The state from which nothing fires that is final now. `rows` are all unfinished rows and at least
 * the last `lateRows` rows, `highest` is the highest row number.
 */
export function startTable(
	table: TableCursor['table'],
	rows: readonly SeenRow[],
	highest: number,
): TableCursor {
	const unfinished = rows.filter(({ status }) => !isFinal(status)).map(({ row }) => row);
	const old = gapsOf(rangesOf(unfinished), Math.max(0, highest - lateRows));
	const cursor: TableCursor = { source: 'taskTable', table, handled: [] };
	const { state } = stepTable(cursor, rows, noEvents);
	return { ...state, handled: unite(old, state.handled), lost: state.lost ?? {} };
}

export function stepTable<Seen extends SeenRow>(
	state: TableCursor,
	seen: readonly Seen[],
	wishes: EventWishes,
): Step<TableCursor, Seen> {
	const { done, fired } = collectNewEvents(seen, wishes, (one) => isHandled(state, one));
	if (done.length === 0) return { fired, state };
	const lost = lostAfter(state.lost, done, ({ row }) => row);
	const handled = unite(state.handled, rangesOf(done.map(({ row }) => row)));
	return { fired, state: { ...state, handled: atMost(handled, maxRanges), lost } };
}

/** The cursor of version 0.1, which did not tell expired rows from others, with those that are. */
export function withLost(state: TableCursor, rows: readonly number[]): TableCursor {
	const done = rows.filter((row) => hasNumber(state.handled, row));
	return { ...state, lost: updateLost({}, done, []) };
}

/** The cursor that does not wait for these any more. */
export function withoutLost(state: TableCursor, rows: readonly number[]): TableCursor {
	return { ...state, lost: updateLost(state.lost, [], rows) };
}

export function mergeTables(one: TableCursor, other: TableCursor): TableCursor {
	if (one.table.id !== other.table.id) return one;
	return {
		...one,
		handled: atMost(unite(one.handled, other.handled), maxRanges),
		// Without it the cursor is of version 0.1, which knows nothing of lost rows yet.
		...((one.lost ?? other.lost) && { lost: mergeLost(one.lost, other.lost) }),
	};
}

/** Rows that are done with and may still turn out to be completed. */
export function lostRows({ lost = {} }: TableCursor): number[] {
	return Object.keys(lost)
		.filter((row) => isLost(lost, row))
		.map(Number);
}

export function isHandled({ handled, lost }: TableCursor, { row, status }: SeenRow): boolean {
	return hasNumber(handled, row) && !(status === 'completed' && isLost(lost, row));
}
