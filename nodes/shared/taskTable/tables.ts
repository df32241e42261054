import type { IExecuteFunctions } from 'n8n-workflow';
import { asError, InputError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { repeat } from '../../../video/retry';
import type { TaskTable } from './taskTable';
import { openTaskTable } from './openTaskTable';

/** Milliseconds that a table is tried which nobody needs, and is then left alone. */
const patience = 10_000;
const rest = 60_000;

interface KnownTable {
	/** Columns of the person's own that some of the run's rows have. */
	readonly columns: Set<string>;
	open?: Promise<TaskTable>;
	fault?: { readonly cause: unknown; readonly until: number };
}

/** The task tables of one run of a node, each opened once and made where it is missing. */
export class TaskTables {
	private readonly known = new Map<string, KnownTable>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
	) {}

	/** To be told before a table is opened. */
	expectColumns(name: string, columns: readonly string[]) {
		for (const column of columns) this.of(name).columns.add(column);
	}

	/** Works on a table. Throws VendorError where it cannot be reached, InputError where it never will be. */
	async use<T>(name: string, work: (table: TaskTable) => Promise<T>): Promise<T> {
		try {
			return await work(await this.opened(name));
		} catch (cause) {
			if (!(cause instanceof VendorError) || cause.category !== 'notFound') throw asError(cause);
			// It was deleted a moment ago: it is made again.
			this.of(name).open = undefined;
			return await work(await this.opened(name));
		}
	}

	/** The same for what holds nobody up for long, be the table there or not. */
	async attempt<T>(name: string, work: (table: TaskTable) => Promise<T>): Promise<T> {
		const { host } = this;
		const known = this.of(name);
		if (known.fault && host.elapsed() < known.fault.until) throw asError(known.fault.cause);
		try {
			return await repeat(
				{ host },
				host.elapsed() + patience,
				async () => await this.use(name, work),
			);
		} catch (cause) {
			known.fault = { cause, until: host.elapsed() + rest };
			throw asError(cause);
		}
	}

	/** A table that can never be opened is not tried again by every item. */
	private async opened(name: string): Promise<TaskTable> {
		if (name === '') throw new InputError('Table Name is empty', 'Enter a name.');
		const known = this.of(name);
		known.open ??= openTaskTable(this.context, this.host, name, {
			createWhenMissing: true,
			columns: [...known.columns],
		});
		return await known.open.catch((cause: unknown) => {
			if (cause instanceof VendorError && cause.retryable) known.open = undefined;
			throw asError(cause);
		});
	}

	private of(name: string): KnownTable {
		const known = this.known.get(name) ?? { columns: new Set() };
		this.known.set(name, known);
		return known;
	}
}
