import { providers } from '../../providers';
import { list } from '../../video/list';
import { parseReference } from '../../video/reference';
import {
	type Failure,
	isFinal,
	taskStatuses,
	type VideoTask,
	withoutAbsent,
} from '../../video/task';
import type { Found } from '../../video/trigger/events';
import {
	gapsOf,
	hasNumber,
	pairsOf,
	type Ranges,
	rangesOf,
	unite,
} from '../../video/trigger/ranges';
import { lateRows, type SeenRow, type TableCursor } from '../../video/trigger/tableCursor';
import type { WatchedTask } from '../../video/watchlist';
import { isClaimedByCallback } from '../shared/taskTable/claims';
import { rowFacts, statusOf } from '../shared/taskTable/orderCells';
import { ownCellsOf } from '../shared/taskTable/ownColumns';
import { pagesAbove, rowsOfAny } from '../shared/taskTable/pages';
import { is, pageSize, type RowFilter, type TaskTable, where } from '../shared/taskTable/taskTable';
import { filled, type TaskRow } from '../shared/taskTable/rows';
import { isKnown } from './vendors';

/** The task table as far as a trigger knows it, from poll to poll. */
export interface KnownRows {
	readonly table: TaskTable['id'];
	/** Rows that are not final, by number. Those without a reference are orders on their way. */
	readonly open: Map<number, TaskRow>;
	/** The newest rows that are `expired`. */
	readonly expired: readonly TaskRow[];
	/** Rows that were seen final and may not have been fired yet, by number. */
	readonly unsettled: Set<number>;
	/** The highest row number. */
	highest: number;
}

/** Milliseconds in which a task that its vendor has lost may turn up again: no list goes further. */
const lostFor = 7 * 86_400_000;
const mostExpired = 1000;

const isOpen = taskStatuses.filter(isFinal).map((status) => where('status', 'neq', status));

async function readAbove(table: TaskTable, number: number, filters: RowFilter[], last = Infinity) {
	const rows: TaskRow[] = [];
	for await (const page of pagesAbove(table, number, filters)) {
		rows.push(...page.filter(({ id }) => id <= last));
		if (page.some(({ id }) => id >= last)) break;
	}
	return rows;
}

const readNumbers = async (table: TaskTable, numbers: readonly number[]) =>
	await rowsOfAny(
		table,
		numbers.map((number) => is('id', number)),
	);

/** Expired rows that may turn out to be completed, the newest ones. */
async function readExpired(table: TaskTable, now: number): Promise<TaskRow[]> {
	const isExpired = is('status', 'expired');
	const isYoung = ({ createdAt }: TaskRow) => now - Date.parse(createdAt) < lostFor;
	const rows: TaskRow[] = [];
	for (let last = Infinity; rows.length < mostExpired; ) {
		const filters = last === Infinity ? [isExpired] : [isExpired, where('id', 'lt', last)];
		const page = await table.page(filters, { sortBy: 'id:desc', limit: pageSize });
		rows.push(...page.filter(isYoung));
		const oldest = page[page.length - 1];
		if (page.length < pageSize || !isYoung(oldest)) break;
		last = oldest.id;
	}
	return rows;
}

/** What a table looks like when a trigger first sees it: unfinished, expired and the newest rows. */
export async function readStart(
	table: TaskTable,
	now: number,
): Promise<{ rows: TaskRow[]; highest: number }> {
	const [newest] = await table.page([], { sortBy: 'id:desc', limit: 1 });
	const highest = newest?.id ?? 0;
	const open = await readAbove(table, 0, isOpen);
	const recent = await readAbove(table, Math.max(0, highest - lateRows), []);
	return { rows: [...open, ...recent, ...(await readExpired(table, now))], highest };
}

/**
 * Brings what is known up to date, and gives the rows that are final and not handled. Without
 * `known` these are looked for in every gap of the handled numbers; later only among rows that are
 * new, and among those that were not settled a moment ago.
 */
export async function readRows(
	table: TaskTable,
	{ handled }: TableCursor,
	known: KnownRows | undefined,
	/** Milliseconds since 1970. */
	now: number,
): Promise<{ known: KnownRows; final: TaskRow[] }> {
	const open = new Map((await readAbove(table, 0, isOpen)).map((row) => [row.id, row]));
	const before = known ? [...known.open.keys(), ...known.unsettled] : [];
	const gone = before.filter((number) => !open.has(number) && !hasNumber(handled, number));
	const found = known
		? await readNumbers(table, [...new Set(gone)])
		: await readGaps(table, unite(handled, rangesOf([...open.keys()])));
	const highest = known?.highest ?? highestOf([...found, ...open.values()]);
	const expired = await readExpired(table, now);
	const next: KnownRows = { table: table.id, open, expired, unsettled: new Set(), highest };
	const final = found.filter((row) => isFinalRow(row) && !hasNumber(handled, row.id));
	for (const { id } of final) next.unsettled.add(id);
	return { known: next, final: [...final, ...(await readRecent(table, { handled }, next))] };
}

/** What has become of these rows, which were `expired`: those that are not any more. */
export async function readFormer(
	table: TaskTable,
	numbers: readonly number[],
	known: KnownRows,
): Promise<TaskRow[]> {
	const expired = new Set(known.expired.map(({ id }) => id));
	const former = numbers.filter((number) => !expired.has(number) && !known.open.has(number));
	return await readNumbers(table, former);
}

/** Rows that were added of late: adds them to what is known, gives those that are final. */
export async function readRecent(
	table: TaskTable,
	{ handled }: Pick<TableCursor, 'handled'>,
	known: KnownRows,
): Promise<TaskRow[]> {
	const recent = await readAbove(table, Math.max(0, known.highest - lateRows), []);
	const news = recent.filter(
		({ id }) => !hasNumber(handled, id) && !known.open.has(id) && !known.unsettled.has(id),
	);
	for (const row of news) {
		if (isFinalRow(row)) known.unsettled.add(row.id);
		else if (!isFinal(statusOf(row))) known.open.set(row.id, row);
	}
	known.highest = Math.max(known.highest, highestOf(recent));
	return news.filter(isFinalRow);
}

const highestOf = (rows: readonly TaskRow[]) =>
	rows.reduce((highest, { id }) => Math.max(highest, id), 0);

async function readGaps(table: TaskTable, covered: Ranges): Promise<TaskRow[]> {
	const rows: TaskRow[] = [];
	for (const [from, to] of pairsOf(gapsOf(covered), pageSize)) {
		rows.push(...(await readAbove(table, from - 1, [], to)));
	}
	return rows;
}

/** An order that never became a task is nobody's event, however it ended. */
const isFinalRow = (row: TaskRow) => isFinal(statusOf(row)) && hasReference(row);

export const hasReference = ({ taskRef }: TaskRow) => (taskRef ?? '').trim() !== '';

export function seenRow(row: TaskRow): SeenRow {
	return {
		row: row.id,
		name: row.taskRef ?? '',
		status: statusOf(row),
		isTaken: isClaimedByCallback(row.firedBy),
		isShared: row.firedBy !== null,
		...filled(row, ['model', 'label', 'heldBy']),
	};
}

export type AskableRow = WatchedTask & { readonly row: TaskRow };

/** The row as a task that a vendor can be asked for; undefined when its reference is broken. */
export function askableRow(row: TaskRow): AskableRow | undefined {
	const reference = parseReference(row.taskRef ?? '');
	if (!reference || !isKnown(reference)) return undefined;
	const created = Date.parse(row.createdAt);
	return {
		name: row.taskRef ?? '',
		reference,
		row,
		facts: rowFacts(row),
		...(!Number.isNaN(created) && { acceptedAt: created }),
	};
}

/** A task that the vendor finished, with what its row knows. */
export function foundRow(row: TaskRow, task: VideoTask): Found<SeenRow> {
	return {
		...seenRow(row),
		status: task.status,
		task,
		recorded: withoutAbsent({
			label: row.label || undefined,
			workflowId: row.workflowId || undefined,
			executionId: row.executionId || undefined,
			columns: ownCellsOf(row),
		}),
	};
}

/** The task as its row alone tells it, for when the vendor cannot. */
export function taskOfRow(row: TaskRow): VideoTask {
	const { videoUrl: url, expiresAt, failure } = row;
	const reference = parseReference(row.taskRef ?? '') ?? {
		provider: row.provider ?? '',
		kind: '',
		id: row.taskRef ?? '',
	};
	return {
		...rowFacts(row),
		reference,
		status: statusOf(row),
		videos: url ? [{ url, ...(expiresAt && { expiresAt }) }] : [],
		...filled(row, ['completedAt', 'elapsedSeconds']),
		...(failure && { failure: failureOf(failure) }),
	};
}

const failureOf = (message: string): Failure => ({
	message,
	retryable: false,
	advice: 'Look at the task with Hailuo Query Task, or make the video again.',
});

/** A row whose task nobody can ask for. */
export function brokenTask(row: TaskRow): VideoTask {
	const failure: Failure = {
		code: 'brokenReference',
		message: `The task table has the reference “${(row.taskRef ?? '').slice(0, 100)}”, which is none`,
		retryable: false,
		advice: `References are provider:kind:ID with the providers ${list(
			providers.map(({ id }) => id),
			'and',
		)}. Do not change the taskRef column of the table.`,
	};
	return { ...taskOfRow(row), status: 'failed', videos: [], failure };
}
