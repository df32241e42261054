import { isFinal } from '../task';
import type { EventWishes, Sighting, Step } from './events';
import { collectNewEvents } from './events';
import type { Ranges } from './ranges';
import { atMost, gapsOf, hasNumber, rangesOf, unite } from './ranges';

/** What a trigger on a task table keeps. Row numbers only: no clock can shift it. */
export interface TableCursor {
	readonly source: 'taskTable';
	readonly table: { readonly id: string; readonly name: string };
	/** Rows that need nothing more: fired, or final and not wanted, or final before the start. */
	readonly handled: Ranges;
}

export interface SeenRow extends Sighting {
	readonly row: number;
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
	const final = rows.filter(({ status }) => isFinal(status)).map(({ row }) => row);
	const old = gapsOf(rangesOf(unfinished), Math.max(0, highest - lateRows));
	return { source: 'taskTable', table, handled: unite(old, rangesOf(final)) };
}

/** A table that was deleted and made anew holds nothing that was handled. */
export function restartTable(table: TableCursor['table']): TableCursor {
	return { source: 'taskTable', table, handled: [] };
}

export function stepTable<Seen extends SeenRow>(
	state: TableCursor,
	seen: readonly Seen[],
	wishes: EventWishes,
): Step<TableCursor, Seen> {
	const { done, fired } = collectNewEvents(seen, wishes, ({ row }) =>
		hasNumber(state.handled, row),
	);
	if (done.length === 0) return { fired, state };
	const handled = unite(state.handled, rangesOf(done.map(({ row }) => row)));
	return { fired, state: { ...state, handled: atMost(handled, maxRanges) } };
}

export function mergeTables(one: TableCursor, other: TableCursor): TableCursor {
	if (one.table.id !== other.table.id) return one;
	return { ...one, handled: atMost(unite(one.handled, other.handled), maxRanges) };
}
