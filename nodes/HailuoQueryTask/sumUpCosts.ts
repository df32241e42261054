import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Host } from '../../video/host';
import type { BudgetPeriod, Span } from '../../video/ledger/period';
import { spanOf } from '../../video/ledger/period';
import { repeat } from '../../video/retry';
import { createHost } from '../shared/host';
import { givesOutErrors, oneOf } from '../shared/inputs';
import { asNodeError, orFailure } from '../shared/run';
import { CostSums, groupings } from '../shared/taskTable/costSums';
import { readRows } from '../shared/taskTable/pages';
import { defaultTableName } from '../shared/taskTable/recordFields';
import { rowsInScope, tableScopes } from '../shared/taskTable/scope';
import { openTaskTable } from '../shared/taskTable/openTaskTable';

/** Milliseconds that a table which does not answer is tried. */
const patience = 60_000;

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

/** One item for each group of rows of the task table, with what they have cost. */
export async function sumUpCosts(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const host = createHost(context);
	const found: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		const sums = await orFailure(async () => await sumsOf(context, item, host));
		if (sums instanceof Error) {
			const error = asNodeError(context, sums, item, []);
			if (!givesOutErrors(context)) throw error;
			found.push({ json: { error: error.message }, pairedItem: { item } });
			continue;
		}
		for (const json of sums) found.push({ json, pairedItem: { item } });
	}
	return [found];
}

async function sumsOf(
	context: IExecuteFunctions,
	item: number,
	host: Host,
): Promise<IDataObject[]> {
	const read = (name: string, fallback: string) => context.getNodeParameter(name, item, fallback);
	const label = String(read('label', '') ?? '').trim() || undefined;
	const scope = oneOf(read('scope', 'table'), tableScopes, 'table', 'Scope');
	const filters = rowsInScope(context, { scope, label, field: 'Scope' });
	const names = Object.keys(periods) as PeriodName[];
	const period = oneOf(read('period', 'thisMonth'), names, 'thisMonth', 'Period');
	const groupBy = oneOf(read('groupBy', 'none'), groupings, 'none', 'Group By');
	const name = String(read('taskTableName', defaultTableName)).trim();
	const timeZone = context.getTimezone();
	const span = spanOfPeriod(period, host.now(), timeZone);
	const { from, to } = span ?? { from: 0, to: Infinity };
	const sums = await repeat({ host }, host.elapsed() + patience, async () => {
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
