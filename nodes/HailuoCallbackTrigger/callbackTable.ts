import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { asError } from '../../video/failure';
import type { Host } from '../../video/host';
import { patiently } from '../../video/ledger/rowFaults';
import type { NodeContext } from '../shared/host';
import type { TaskTable } from '../shared/taskTable/taskTable';
import { openTaskTable } from '../shared/taskTable/openTaskTable';

/** Milliseconds for which an opened table is used again: callbacks come in crowds. */
const openFor = 60_000;
/**
 * Milliseconds that the table is waited for: n8n's main process, which serves it, may be restarting,
 * and most vendors do not call again.
 */
const patience = 10 * 60_000;

interface OpenTable {
	readonly table: Promise<TaskTable>;
	/** By `host.elapsed`. */
	readonly until: number;
}

const openTables = new Map<string, OpenTable>();

/** Works on the task table, and waits out that n8n's API is away. */
export async function inTable<T>(
	context: IWebhookFunctions | IExecuteFunctions,
	host: Host,
	name: string,
	work: (table: TaskTable) => Promise<T>,
): Promise<T> {
	const { credentials = {} } = context.getNode();
	const key = `${credentials.hailuoTaskTableApi?.id ?? ''} ${name}`;
	const tryOnce = async () => {
		const known = openTables.get(key);
		const isOpen = known !== undefined && host.elapsed() < known.until;
		const table = isOpen ? known.table : openCallbackTable(context, host, name);
		// What an execution has opened ends with it.
		const lasts = !('getExecutionCancelSignal' in context);
		if (!isOpen && lasts) openTables.set(key, { table, until: host.elapsed() + openFor });
		try {
			return await work(await table);
		} catch (cause) {
			openTables.delete(key);
			throw asError(cause);
		}
	};
	return await patiently(host, tryOnce, patience);
}

/** Throws InputError for a table that cannot be used. */
export async function openCallbackTable(
	context: NodeContext,
	host: Host,
	name: string,
): Promise<TaskTable> {
	const table = await openTaskTable(context, host, name, { createWhenMissing: true });
	table.need(['firedBy']);
	return table;
}

/** As a restart of n8n does. For tests. */
export function forgetTables() {
	openTables.clear();
}
