import { chunks } from '../../../video/list';
import type { TaskRow } from './rows';
import { pageSize, type RowFilter, type TaskTable, where } from './taskTable';

/** n8n compares dates to the day only. */
const twoDays = 2 * 86_400_000;

/** Pages that are asked for at one moment: n8n gives 250 rows at the most, and is read in parts. */
const parts = 4;

/** Filters that one request may have. */
const filtersAtOnce = 50;

/**
 * Takes the rows that meet the filters and were made in a span (milliseconds since 1970), with some
 * that were made up to two days before or after it: page by page, in no order, each row once.
 */
export async function readRows(
	table: TaskTable,
	filters: readonly RowFilter[],
	{ from, to = Infinity }: { readonly from: number; readonly to?: number },
	take: (rows: readonly TaskRow[]) => void,
): Promise<void> {
	const all = [
		...filters,
		...(from > 0 ? [madeAt('gte', from - twoDays)] : []),
		...(to < Infinity ? [madeAt('lte', to + twoDays)] : []),
	];
	const first = await table.page(all, { sortBy: 'id:asc', limit: pageSize });
	take(first);
	if (first.length < pageSize) return;
	const lowest = first[first.length - 1].id;
	const [newest] = await table.page(all, { sortBy: 'id:desc', limit: 1 });
	const span = (newest?.id ?? lowest) - lowest;
	const count = Math.min(parts, Math.max(1, Math.ceil(span / pageSize)));
	const length = Math.ceil(span / count);
	const readPart = async (part: number) => {
		const above = lowest + part * length;
		// The last one is open: rows may have been added since.
		const end = part < count - 1 ? [where('id', 'lte', above + length)] : [];
		for await (const page of pagesAbove(table, above, [...all, ...end])) take(page);
	};
	await Promise.all(Array.from({ length: count }, async (_, part) => await readPart(part)));
}

/**
 * The rows above a number that meet the filters, the lowest first: each page from where the last one
 * ended, so that rows that drop out of a filter while it is read shift no other row.
 */
export async function* pagesAbove(
	table: TaskTable,
	number: number,
	filters: readonly RowFilter[],
): AsyncGenerator<readonly TaskRow[]> {
	for (let from = number; ; ) {
		const page = await table.page([...filters, where('id', 'gt', from)], {
			sortBy: 'id:asc',
			limit: pageSize,
		});
		yield page;
		if (page.length < pageSize) return;
		from = page[page.length - 1].id;
	}
}

/** The rows that meet one of the filters, of which there may be many. */
export async function rowsOfAny(
	table: TaskTable,
	filters: readonly RowFilter[],
): Promise<TaskRow[]> {
	const rows: TaskRow[] = [];
	for (const some of chunks(filters, filtersAtOnce)) {
		rows.push(...(await table.page(some, { anyOf: true, limit: pageSize })));
	}
	return rows;
}

const madeAt = (condition: 'gte' | 'lte', moment: number) =>
	where('createdAt', condition, new Date(Math.max(0, moment)).toISOString());
