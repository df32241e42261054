import type { IExecuteFunctions } from 'n8n-workflow';
import type { Quote } from '../../../video/cost';
import { InputError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { Budget } from '../../../video/ledger/budget';
import { repeat } from '../../../video/retry';
import { Spending } from './spending';
import type { TableSettings } from './tableSettings';
import type { TaskTables } from './tables';
import type { RowFilter } from './taskTable';

/** Milliseconds that a table is tried without which nothing may be sent. */
const patience = 60_000;

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
		const { budget: wishes, name } = settings;
		if (!wishes) return undefined;
		const scope = this.scopeOf(settings);
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
			await repeat(
				{ host },
				host.elapsed() + patience,
				async () =>
					await tables.use(name, async (table) => {
						table.need(['requestId', 'heldBy']);
						return await spending.since(table, moment);
					}),
			);
		return new Budget(wishes, rowsSince, () => host.now());
	}

	private scopeOf({ budget, label }: TableSettings): RowFilter[] {
		if (budget?.scope === 'workflow') {
			const { id } = this.context.getWorkflow();
			return [{ columnName: 'workflowId', condition: 'eq', value: id ?? null }];
		}
		if (budget?.scope !== 'label') return [];
		if (label !== undefined) return [{ columnName: 'label', condition: 'eq', value: label }];
		throw new InputError(
			'Budget Scope is Label, and Label is empty',
			'Enter the Label whose videos the budget counts, or choose another Budget Scope.',
		);
	}
}
