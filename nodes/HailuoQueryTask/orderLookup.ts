import type { IExecuteFunctions } from 'n8n-workflow';
import { findProvider } from '../../providers';
import type { Question } from '../../video/ask';
import { InputError } from '../../video/failure';
import type { Host } from '../../video/host';
import { isForNothing } from '../../video/ledger/budget';
import { patiently } from '../../video/ledger/rowFaults';
import { parseReference } from '../../video/reference';
import { dayAndTime, quoted } from '../../video/text';
import { orderState, rowFacts } from '../shared/taskTable/orderCells';
import { defaultTableName } from '../shared/taskTable/recordFields';
import type { TaskRow } from '../shared/taskTable/rows';
import type { TableSettings } from '../shared/taskTable/tableSettings';
import { oneOf, readText } from '../shared/formValues';
import { is, type TaskTable } from '../shared/taskTable/taskTable';
import { openTaskTable } from '../shared/taskTable/openTaskTable';

const mostRows = 250;

/** The table in which the item's order is looked up; undefined where it gives a reference. */
export function orderTable(context: IExecuteFunctions, item: number): TableSettings | undefined {
	const taskBy = context.getNodeParameter('taskBy', item, 'reference');
	if (oneOf(taskBy, ['reference', 'orderKey'], 'reference', 'Task By') === 'reference') {
		return undefined;
	}
	return { name: readText(context, item, 'taskTableName', defaultTableName) };
}

/** Looks up the task of an item's order key. Opens each table once for all items. */
export function orderLookup(context: IExecuteFunctions, host: Host) {
	const tables = new Map<string, TaskTable>();
	const open = async (name: string) => {
		const known = tables.get(name);
		const table = known ?? (await openTaskTable(context, host, name, { createWhenMissing: false }));
		tables.set(name, table);
		return table;
	};
	/** Throws InputError where there is no task, or none yet. */
	return async (item: number, { name }: TableSettings): Promise<Question> => {
		const key = readText(context, item, 'orderKey');
		if (key === '' || key === 'undefined' || key === 'null') {
			throw new InputError(
				'Order Key is empty',
				'Enter the Order Key of the node that made the video, e.g. {{ $json.productId }}.',
			);
		}
		const rows = await patiently(host, async () => {
			const table = await open(name);
			table.need(['orderKey']);
			return await table.page([is('orderKey', key)], { sortBy: 'id:desc', limit: mostRows });
		});
		return taskOfRows(rows, `Order Key “${quoted(key)}”`, name);
	};
}

/** `rows`: those of one key, the newest first. An order that has not failed counts before others. */
function taskOfRows(rows: readonly TaskRow[], key: string, table: string): Question {
	const live = rows.filter((row) => !isForNothing(orderState(row))).reverse();
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
	const state = orderState(row);
	if (state === 'reserved') {
		const still = row.attempts ? 'the next vendor was not asked yet' : 'nothing was sent yet';
		return new InputError(
			`${key} is reserved${by}, and ${still}`,
			'Ask again in a minute. If that stays so, the execution has ended: run the node that makes the video again, and it sends the order.',
		);
	}
	if (isForNothing(state)) {
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
