import type { IExecuteFunctions } from 'n8n-workflow';
import { findProvider } from '../../providers';
import { InputError } from '../../video/failure';
import type { Host } from '../../video/host';
import type { TaskReference } from '../../video/reference';
import { parseReference } from '../../video/reference';
import { repeat } from '../../video/retry';
import type { TaskFacts } from '../../video/task';
import { dayAndTime, quoted } from '../../video/text';
import { orderState, rowFacts } from '../shared/taskTable/orderCells';
import { defaultTableName } from '../shared/taskTable/recordFields';
import type { TaskRow } from '../shared/taskTable/rows';
import type { TableSettings } from '../shared/taskTable/tableSettings';
import { oneOf } from '../shared/inputs';
import { is } from '../shared/taskTable/taskTable';
import type { TaskTable } from '../shared/taskTable/taskTable';
import { openTaskTable } from '../shared/taskTable/openTaskTable';

/** Milliseconds that a table which does not answer is tried. */
const patience = 60_000;
const mostRows = 250;

/** The table in which the item's order is looked up; undefined where it gives a reference. */
export function orderTable(context: IExecuteFunctions, item: number): TableSettings | undefined {
	const taskBy = context.getNodeParameter('taskBy', item, 'reference');
	if (oneOf(taskBy, ['reference', 'orderKey'], 'reference', 'Task By') === 'reference') {
		return undefined;
	}
	const name = context.getNodeParameter('taskTableName', item, defaultTableName);
	return { name: String(name).trim() };
}

/** Looks up the tasks that were ordered under a key. Each table is opened once for all items. */
export class OrderedTasks {
	private readonly tables = new Map<string, TaskTable>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
	) {}

	/** The task of the item's order key. Throws InputError where there is none, or none yet. */
	async find(
		item: number,
		{ name }: TableSettings,
	): Promise<{ reference: TaskReference; facts: TaskFacts }> {
		const key = String(this.context.getNodeParameter('orderKey', item, '') ?? '').trim();
		if (key === '' || key === 'undefined' || key === 'null') {
			throw new InputError(
				'Order Key is empty',
				'Enter the Order Key of the node that made the video, e.g. {{ $json.productId }}.',
			);
		}
		const rows = await repeat({ host: this.host }, this.host.elapsed() + patience, async () => {
			const table = await this.open(name);
			table.need(['orderKey']);
			return await table.page([is('orderKey', key)], {
				sortBy: 'id:desc',
				limit: mostRows,
			});
		});
		return taskOf(rows, `Order Key “${quoted(key)}”`, name);
	}

	private async open(name: string): Promise<TaskTable> {
		const { context, host } = this;
		const known = this.tables.get(name);
		const table = known ?? (await openTaskTable(context, host, name, { createWhenMissing: false }));
		this.tables.set(name, table);
		return table;
	}
}

const isForNothing = (row: TaskRow) => ['failed', 'cancelled', 'expired'].includes(orderState(row));

/** `rows`: those of one key, the newest first. An order that has not failed counts before others. */
function taskOf(rows: readonly TaskRow[], key: string, table: string) {
	const live = rows.filter((row) => !isForNothing(row)).reverse();
	const row =
		live.find((one) => orderState(one) !== 'reserved') ??
		live[0] ??
		rows.find(({ taskRef }) => taskRef !== null) ??
		rows[0];
	if (!row) {
		throw new InputError(
			`The task table “${quoted(table)}” has no ${key}`,
			'Check the key and Task Table Name. A node that makes videos writes its Order Key down when Record Task is on.',
		);
	}
	const reference = parseReference(row.taskRef ?? '');
	if (!reference) throw withoutTask(row, key);
	return { reference, facts: rowFacts(row) };
}

function withoutTask(row: TaskRow, key: string): InputError {
	const by = row.executionId === null ? '' : ` by execution ${row.executionId}`;
	if (orderState(row) === 'reserved') {
		return new InputError(
			`${key} is reserved${by}, and nothing was sent yet`,
			'Ask again in a minute. If that stays so, the execution has ended: run the node that makes the video again, and it sends the order.',
		);
	}
	if (isForNothing(row)) {
		const reason = row.failure === null ? '' : `: ${quoted(row.failure, 300)}`;
		return new InputError(
			`${key} came to nothing before there was a task${reason}`,
			'Run the node that makes the video again: it orders it anew.',
		);
	}
	const vendor = findProvider(row.provider ?? '')?.name ?? 'its vendor';
	return new InputError(
		`${key} was sent to ${vendor} on ${dayAndTime(row.sentAt ?? row.createdAt)}${by}, and the answer is not written down yet`,
		'It may have been accepted and charged for. Ask again in some minutes. If that stays so, run the node that makes the video again with this key: it finds out what became of the order, or says where to look.',
	);
}
