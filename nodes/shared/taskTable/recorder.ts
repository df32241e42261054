import type { IExecuteFunctions } from 'n8n-workflow';
import { findProvider } from '../../../providers';
import { InputError, StoppedError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import type { BudgetGuard } from '../../../video/ledger/budget';
import { LedgerEntry } from '../../../video/ledger/entry';
import { list } from '../../../video/list';
import { formatReference, type TaskReference } from '../../../video/reference';
import { Outbox } from './outbox';
import { rowsOfAny } from './pages';
import type { TableSettings } from './tableSettings';
import { TaskTables } from './tables';
import { type NewRowFacts, TableOrders } from './tableOrders';
import { rowOf } from './taskTable';

/** The rows of the orders of one run of a node. */
export class TaskRecorder {
	readonly tables: TaskTables;

	private readonly outbox: Outbox;

	/** What was never written, by the reason: names and items. */
	private readonly unwritten = new Map<string, { names: Set<string>; items: Set<number> }>();

	/** What else the person should know, and of which items. */
	private readonly problems = new Map<string, Set<number>>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
	) {
		this.tables = new TaskTables(context, host);
		this.outbox = new Outbox(host);
	}

	/** The row of an item's order. */
	entry(
		item: number,
		settings: TableSettings,
		newRow: Omit<NewRowFacts, 'workflowId' | 'executionId'>,
		budget?: BudgetGuard,
	): LedgerEntry {
		const { context, host, tables, outbox } = this;
		const unwritten = (name: string, cause: Error) => {
			if (cause instanceof StoppedError) return;
			const reason = reasonOf(cause);
			const { names, items } = this.unwritten.get(reason) ?? { names: new Set(), items: new Set() };
			this.unwritten.set(reason, { names: names.add(name), items: items.add(item) });
		};
		const problem = (sentence: string) => {
			this.problems.set(sentence, (this.problems.get(sentence) ?? new Set()).add(item));
		};
		const tools = { tables, outbox, host, unwritten, problem };
		tables.expectColumns(settings.name, Object.keys(settings.columns ?? {}));
		const rows = new TableOrders(tools, settings, {
			...newRow,
			workflowId: context.getWorkflow().id,
			executionId: context.getExecutionId(),
		});
		const { orderKey: key, name: table } = settings;
		const { vendors } = newRow;
		const nameOf = (provider: string) => findProvider(provider)?.name ?? 'another vendor';
		return new LedgerEntry(rows, host, { key, table, vendors, nameOf, budget });
	}

	/** Which of these tasks have a row already. Throws when the table cannot be read. */
	async recorded(
		{ name }: TableSettings,
		references: readonly TaskReference[],
	): Promise<Set<string>> {
		const filters = references.map(formatReference).map(rowOf);
		const rows = await this.tables.attempt(name, async (table) => await rowsOfAny(table, filters));
		return new Set(rows.flatMap(({ taskRef }) => taskRef ?? []));
	}

	/** Writes what is still owed; gives for each item a sentence for what could not be written. */
	async finish(): Promise<(item: number) => string[]> {
		await this.outbox.flush();
		return (item) => [
			...[...this.unwritten]
				.filter(([, { items }]) => items.has(item))
				.map(
					([reason, { names }]) =>
						`Not in the task table, and unknown to Hailuo Trigger: ${list([...names], 'and')}. ${reason}`,
				),
			...[...this.problems].filter(([, items]) => items.has(item)).map(([sentence]) => sentence),
		];
	}
}

function reasonOf(cause: Error): string {
	if (!(cause instanceof VendorError || cause instanceof InputError)) return cause.message;
	return [cause.message, cause.advice].filter(Boolean).join('. ');
}
