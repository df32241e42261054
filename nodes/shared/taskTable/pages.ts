import type { TaskRow } from './rows';
import type { RowFilter, TaskTable } from './taskTable';
import { pageSize } from './taskTable';

/** n8n compares dates to the day only. */
const twoDays = 2 * 86_400_000;

/**
 * The rows that meet the filters and were made in a span (milliseconds since 1970), with some that
 * were made up to two days before or after it: page by page, the lowest number first.
 */
export async function* rowPages(
	table: TaskTable,
	filters: readonly RowFilter[],
	{ from, to = Infinity }: { readonly from: number; readonly to?: number },
): AsyncGenerator<readonly TaskRow[]> {
	const all = [
		...filters,
		...(from > 0 ? [madeAt('gte', from - twoDays)] : []),
		...(to < Infinity ? [madeAt('lte', to + twoDays)] : []),
	];
	yield* pagesAbove(table, 0, all);
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
		const above: RowFilter = { columnName: 'id', condition: 'gt', value: from };
		const page = await table.page([...filters, above], { sortBy: 'id:asc', limit: pageSize });
		yield page;
		if (page.length < pageSize) return;
		from = page[page.length - 1].id;
	}
}

const madeAt = (condition: 'gte' | 'lte', moment: number): RowFilter => ({
	columnName: 'createdAt',
	condition,
	value: new Date(Math.max(0, moment)).toISOString(),
});
