import type { IExecuteFunctions } from 'n8n-workflow';
import type { Quote } from '../../../video/cost';
import type { Host } from '../../../video/host';
import { Budget } from '../../../video/ledger/budget';
import { patiently } from '../../../video/ledger/rowFaults';
import { Spending } from './spending';
import { rowsInScope, type TableSettings } from './tableSettings';
import type { TaskTables } from './tables';
import type { RowFilter } from './taskTable';

/** The budgets of one run of a node: one for all items that share what they count. */
export class Budgets {
	private readonly known = new Map<string, Budget>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
		private readonly tables: TaskTables,
	) {}

	/** Undefined where the item has none. Throws InputError where the price is not known. */
	of(settings: TableSettings, quote: Quote): Budget | undefined {
		const { budget: wishes, name, label } = settings;
		if (!wishes) return undefined;
		const scope = rowsInScope(this.context, { scope: wishes.scope, label, field: 'Budget Scope' });
		const key = JSON.stringify([name, wishes, scope]);
		const budget = this.known.get(key) ?? this.open(name, wishes, scope);
		this.known.set(key, budget);
		const unknown = budget.unknownPrice(quote);
		if (unknown) throw unknown;
		return budget;
	}

	private open(
		name: string,
		wishes: NonNullable<TableSettings['budget']>,
		scope: RowFilter[],
	): Budget {
		const { host, tables } = this;
		const spending = new Spending(scope, () => host.elapsed());
		const rowsSince = async (moment: number) =>
			await patiently(
				host,
				async () =>
					await tables.use(name, async (table) => {
						table.need(['requestId', 'heldBy']);
						return await spending.since(table, moment);
					}),
			);
		return new Budget(wishes, rowsSince, () => host.now());
	}
}
