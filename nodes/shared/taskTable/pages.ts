import type { TaskRow } from './rows';
import type { RowFilter, TaskTable } from './taskTable';

const pageSize = 250;
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
	for (let last = 0; ; ) {
		const above: RowFilter = { columnName: 'id', condition: 'gt', value: last };
		const page = await table.page([...all, above], { sortBy: 'id:asc', limit: pageSize });
		yield page;
		if (page.length < pageSize) return;
		last = page[page.length - 1].id;
	}
}

const madeAt = (condition: 'gte' | 'lte', moment: number): RowFilter => ({
	columnName: 'createdAt',
	condition,
	value: new Date(Math.max(0, moment)).toISOString(),
});
