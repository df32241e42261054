import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError, StoppedError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import type { BudgetGuard } from '../../../video/ledger/budget';
import { LedgerEntry } from '../../../video/ledger/entry';
import { chunks } from '../../../video/list';
import type { TaskReference } from '../../../video/reference';
import { formatReference } from '../../../video/reference';
import { Outbox } from './outbox';
import type { TableSettings } from './tableSettings';
import { TaskTables } from './tables';
import type { NewRowFacts } from './tableOrders';
import { TableOrders } from './tableOrders';
import type { RowFilter } from './taskTable';

/** References that are looked up in one request. */
const namesAtOnce = 50;

/** The rows of the orders of one run of a node. */
export class TaskRecorder {
	readonly tables: TaskTables;

	private readonly outbox: Outbox;

	private readonly unwritten = new Map<number, Map<string, Error>>();

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
		const unwritten = (what: string, cause: Error) => {
			const known = this.unwritten.get(item) ?? new Map<string, Error>();
			this.unwritten.set(item, known.set(what, cause));
		};
		const tools = { tables, outbox, host, unwritten };
		const rows = new TableOrders(tools, settings, {
			...newRow,
			workflowId: context.getWorkflow().id,
			executionId: context.getExecutionId(),
		});
		const { orderKey: key, name: table } = settings;
		return new LedgerEntry(rows, host, { key, table, request: newRow.request ?? '', budget });
	}

	/** Which of these tasks have a row already. Throws when the table cannot be read. */
	async recorded(
		{ name }: TableSettings,
		references: readonly TaskReference[],
	): Promise<Set<string>> {
		const found = new Set<string>();
		for (const some of chunks(references.map(formatReference), namesAtOnce)) {
			const filters = some.map(
				(value): RowFilter => ({ columnName: 'taskRef', condition: 'eq', value }),
			);
			const rows = await this.tables.attempt(
				name,
				async (table) => await table.page(filters, { anyOf: true, limit: 250 }),
			);
			for (const { taskRef } of rows) if (taskRef !== null) found.add(taskRef);
		}
		return found;
	}

	/** Writes what is still owed; gives for each item a sentence for what could not be written. */
	async finish(): Promise<(item: number) => string[]> {
		await this.outbox.flush();
		return (item) =>
			[...(this.unwritten.get(item) ?? [])]
				.filter(([, cause]) => !(cause instanceof StoppedError))
				.map(
					([what, cause]) =>
						`${what} could not be written into the task table, so that Hailuo Trigger does not know it: ${reasonOf(cause)}`,
				);
	}
}

function reasonOf(cause: Error): string {
	if (!(cause instanceof VendorError || cause instanceof InputError)) return cause.message;
	return [cause.message, cause.advice].filter(Boolean).join('. ');
}
