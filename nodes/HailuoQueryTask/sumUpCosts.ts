import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Host } from '../../video/host';
import { type BudgetPeriod, type Span, spanOf } from '../../video/ledger/period';
import { patiently } from '../../video/ledger/rowFaults';
import { createHost } from '../shared/host';
import { oneOf, readText } from '../shared/formValues';
import { CostSums, groupings } from '../shared/taskTable/costSums';
import { readRows } from '../shared/taskTable/pages';
import { defaultTableName } from '../shared/taskTable/recordFields';
import { rowsInScope, tableScopes } from '../shared/taskTable/tableSettings';
import { openTaskTable } from '../shared/taskTable/openTaskTable';

const periods = {
	today: { length: 'day', isOver: false },
	yesterday: { length: 'day', isOver: true },
	thisWeek: { length: 'week', isOver: false },
	lastWeek: { length: 'week', isOver: true },
	thisMonth: { length: 'month', isOver: false },
	lastMonth: { length: 'month', isOver: true },
	all: { length: 'all', isOver: false },
} as const satisfies Record<string, { length: BudgetPeriod; isOver: boolean }>;

type PeriodName = keyof typeof periods;

/** Gives an item for each group of rows of the task table, with what they have cost. */
export function costSummer(context: IExecuteFunctions) {
	const host = createHost(context);
	return async (item: number) => await sumsOf(context, item, host);
}

async function sumsOf(
	context: IExecuteFunctions,
	item: number,
	host: Host,
): Promise<IDataObject[]> {
	const read = (name: string, fallback: string) => context.getNodeParameter(name, item, fallback);
	const label = readText(context, item, 'label') || undefined;
	const scope = oneOf(read('scope', 'table'), tableScopes, 'table', 'Scope');
	const filters = rowsInScope(context, { scope, label, field: 'Scope' });
	const names = Object.keys(periods) as PeriodName[];
	const period = oneOf(read('period', 'thisMonth'), names, 'thisMonth', 'Period');
	const groupBy = oneOf(read('groupBy', 'none'), groupings, 'none', 'Group By');
	const name = readText(context, item, 'taskTableName', defaultTableName);
	const timeZone = context.getTimezone();
	const span = spanOfPeriod(period, host.now(), timeZone);
	const { from, to } = span ?? { from: 0, to: Infinity };
	const sums = await patiently(host, async () => {
		const table = await openTaskTable(context, host, name, { createWhenMissing: false });
		const known = new CostSums(groupBy, timeZone);
		await readRows(table, filters, { from, to }, (rows) => {
			for (const row of rows) {
				const madeAt = Date.parse(row.createdAt);
				if (madeAt >= from && madeAt < to) known.add(row);
			}
		});
		return known.sums();
	});
	const dates = span && { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
	return sums.map((sum) => ({ ...dates, ...sum }));
}

/** Undefined for all time. */
function spanOfPeriod(period: PeriodName, now: number, timeZone: string): Span | undefined {
	const { length, isOver } = periods[period];
	const current = spanOf(length, now, timeZone);
	return isOver && current ? spanOf(length, current.from - 1, timeZone) : current;
}
