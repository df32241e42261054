import { VendorError } from '../../video/failure';
import { Slots } from '../../video/slots';
import { isFinal, type VideoTask } from '../../video/task';
import { type Found, isChosen, isWanted } from '../../video/trigger/events';
import { isLost } from '../../video/trigger/lostTasks';
import { hasNumber } from '../../video/trigger/ranges';
import {
	isHandled,
	lostRows,
	type SeenRow,
	startTable,
	stepTable,
	type TableCursor,
	withLost,
	withoutLost,
} from '../../video/trigger/tableCursor';
import { type Claim, claim, pollingClaim } from '../shared/taskTable/claims';
import { heldAs, mayGoOn } from '../shared/taskTable/heldRows';
import { cellsOfEnd, statusOf } from '../shared/taskTable/orderCells';
import type { TaskRow } from '../shared/taskTable/rows';
import { rowOf, type TaskTable } from '../shared/taskTable/taskTable';
import { openTaskTable } from '../shared/taskTable/openTaskTable';
import { newestFinished, withFreshTasks } from './freshTasks';
import { deleteOldRows } from './oldRows';
import type { Round, Source, SourceTools } from './source';
import { otherTable, twoTables } from './tableIdentity';
import {
	type AskableRow,
	askableRow,
	brokenTask,
	foundRow,
	hasReference,
	type KnownRows,
	readFormer,
	readRecent,
	readRows,
	readStart,
	seenRow,
	taskOfRow,
} from './tableRows';
import { lost, type Watched } from './vendors';

/** Milliseconds between two looks for new rows. */
const lookEvery = 8000;
const cleanUpEvery = 3_600_000;
const updatesAtOnce = 5;
/** Parts of the trigger that can fail on their own: see Faults. */
const parts = {
	table: 'task table',
	namesake: 'another task table',
	rows: 'rows of the task table',
	oldRows: 'old rows of the task table',
} as const;

type FoundRow = Found<SeenRow>;
type TableRound = Round<TableCursor, SeenRow>;

const isHeldEnd = (found: FoundRow) => mayGoOn(found, found.task.status);

/** Whose event is kept from others, or not needed any more, once its row says so. */
const isSettledFirst = (found: FoundRow) => found.isShared === true || isHeldEnd(found);

/** Fires for the tasks that our nodes have written into a task table. */
export class TaskTableSource implements Source<TableCursor, SeenRow> {
	readonly howToMakeOne: string;

	private readonly name: string;

	private table?: TaskTable;

	private lastLook?: number;

	/** Tasks to ask for: unfinished ones, and those that may turn up again. */
	private asked: Array<AskableRow & Watched> = [];

	/** Rows whose task was found finished in this poll. */
	private readonly finished = new Set<number>();

	private readonly updates = new Slots(updatesAtOnce);

	constructor(private readonly tools: SourceTools) {
		this.name = tools.form.tableName;
		this.howToMakeOne = `Make a video with Hailuo Generate Video and Record Task switched on, table “${this.name}”, wait until it is finished, then fetch a test event again.`;
	}

	step(cursor: TableCursor, found: readonly FoundRow[]) {
		return stepTable(cursor, found, this.wishes);
	}

	async start(saved: TableCursor | undefined): Promise<TableCursor> {
		const { form, vendors } = this.tools;
		const table = await this.opened(saved?.table.id, { createWhenMissing: true });
		await vendors.checkKeys(form.node.credentials);
		if (saved?.table.id !== table.id) return await this.startWith(table);
		return { ...saved, table: { id: table.id, name: this.name } };
	}

	tick(round: TableRound): boolean {
		const { jobs, vendors } = this.tools;
		const due = this.lastLook === undefined || this.now() - this.lastLook >= lookEvery;
		if (due) jobs.start(parts.table, async () => await this.look(round));
		this.asked = this.asked.filter(({ row }) => !this.finished.has(row.id));
		vendors.look(this.asked, round.until, ({ row }, task) => this.ended(round, row, task));
		return this.asked.some((one) => !one.isLost);
	}

	async newest(): Promise<FoundRow | undefined> {
		return await newestFinished(this.tools.vendors, await this.opened(), this.wishes);
	}

	private get wishes() {
		return this.tools.form.wishes;
	}

	private now(): number {
		return this.tools.host.elapsed();
	}

	private async opened(id?: string, { createWhenMissing = false } = {}): Promise<TaskTable> {
		const { context, host } = this.tools;
		this.table ??= await openTaskTable(context, host, this.name, { id, createWhenMissing });
		return this.table;
	}

	private async startWith(table: TaskTable): Promise<TableCursor> {
		const { rows, highest } = await readStart(table, this.tools.host.now());
		return startTable({ id: table.id, name: this.name }, rows.map(seenRow), highest);
	}

	/** All unfinished rows first; then only new ones. */
	private async look(round: TableRound) {
		const { faults, host, memory, vendors } = this.tools;
		const isFirst = this.lastLook === undefined;
		this.lastLook = this.now();
		const table = await this.opened(round.cursor().table.id);
		await this.checkIdentity(table, round);
		const before = memory.rows?.table === table.id ? memory.rows : undefined;
		const { known, final } =
			before && !isFirst
				? { known: before, final: await readRecent(table, round.cursor(), before) }
				: await readRows(table, round.cursor(), before, host.now());
		memory.rows = known;
		faults.good(parts.table);
		const expired = known.expired.map(({ id }) => id);
		if (!round.cursor().lost) round.saveCursor(withLost(round.cursor(), expired));
		this.chooseAsked(round, known);
		vendors.keep(this.asked);
		await this.confirm(round, final);
		if (!isFirst) return;
		await this.lookForLost(round, table, known);
		if (before) this.cleanUp(round, table, known);
	}

	/** Throws InputError when the table is not the one that the trigger has begun with. */
	private async checkIdentity(table: TaskTable, round: TableRound) {
		const begun = round.cursor().table;
		if (begun.id === table.id) {
			if (table.namesake === undefined) return;
			this.tools.faults.note(parts.namesake, twoTables(this.name, begun.id, table.namesake));
		} else if (begun.name === this.name) {
			throw otherTable(begun, table.id);
		} else {
			// The name was edited, and n8n has not told.
			round.saveCursor(await this.startWith(table));
		}
	}

	/** Finds out which rows to ask for, and which nobody can ask for. */
	private chooseAsked(round: TableRound, { open, expired }: KnownRows) {
		const { held } = this.tools.memory;
		held.keep(open);
		const chosen = [...open.values()].filter(
			(row) =>
				hasReference(row) &&
				!this.finished.has(row.id) &&
				!held.isYoung(row, this.now()) &&
				isChosen(this.wishes, seenRow(row)),
		);
		const gone = expired.filter(({ id }) => isLost(round.cursor().lost, id));
		this.asked = [
			...chosen.flatMap((row) => askableRow(row) ?? []),
			...gone.flatMap((row) => askableRow(row) ?? []).map(lost),
		];
		const broken = chosen.filter((row) => !askableRow(row));
		this.finish(
			round,
			broken.map((row) => foundRow(row, brokenTask(row))),
		);
	}

	/** Others may have found out that a task is not expired. */
	private async lookForLost(round: TableRound, table: TaskTable, known: KnownRows) {
		const rows = lostRows(round.cursor());
		const former = await readFormer(table, rows, known);
		const completed = former.filter((row) => statusOf(row) === 'completed');
		await this.confirm(round, completed);
		const waiting = new Set([
			...known.open.keys(),
			...[...known.expired, ...completed].map(({ id }) => id),
		]);
		const givenUp = rows.filter((row) => !waiting.has(row));
		if (givenUp.length > 0) round.saveCursor(withoutLost(round.cursor(), givenUp));
	}

	/** Others have finished these rows: the vendor has the whole task, and a fresh link. */
	private async confirm(round: TableRound, rows: readonly TaskRow[]) {
		const fresh = rows.filter((row) => !isHandled(round.cursor(), seenRow(row)));
		const wanted = fresh.filter((row) => isWanted(this.wishes, seenRow(row)));
		round.report(
			fresh.filter((row) => !wanted.includes(row)).map((row) => foundRow(row, taskOfRow(row))),
		);
		for (const one of await withFreshTasks(this.tools.vendors, wanted)) {
			if (one.isShared) await this.settle(round, one);
			else round.report([one]);
		}
	}

	/** The order of a failed task goes on at another vendor, unless its run has died. */
	private ended(round: TableRound, row: TaskRow, task: VideoTask) {
		const { held } = this.tools.memory;
		const goesOn = !isFinal(statusOf(row)) && mayGoOn(row, task.status);
		if (goesOn) held.failed(row, this.now());
		if (!goesOn || !held.isYoung(row, this.now())) {
			return this.finish(round, [foundRow(row, task)]);
		}
		this.asked = this.asked.filter((one) => one.row !== row);
	}

	/** Hands tasks over, and writes what became of them into their rows. */
	private finish(round: TableRound, found: readonly FoundRow[]) {
		const { memory, jobs } = this.tools;
		for (const one of found) {
			const { row, task } = one;
			memory.rows?.unsettled.add(row);
			this.finished.add(row);
			// It has fired with another end, which could not be written until the vendor forgot it.
			if (task.status === 'expired' && hasNumber(round.cursor().handled, row)) continue;
			jobs.start(`row ${row}`, async () => await this.settle(round, one));
			if (!isSettledFirst(one)) round.report([one]);
		}
	}

	/** A callback trigger may fire for a task as well: then who claims its row first, does. */
	private async settle(round: TableRound, found: FoundRow) {
		const { faults } = this.tools;
		try {
			const table = await this.opened();
			const claimed = await this.updates.run(async () => await this.write(table, found));
			faults.good(parts.rows);
			// The run that held it was not dead: the row is another task's by now.
			if (claimed === 'missing' && isHeldEnd(found)) return;
			if (isSettledFirst(found)) round.report([{ ...found, isTaken: claimed === 'lost' }]);
		} catch (cause) {
			faults.note(parts.rows, cause);
			// Where nobody can write the row now, a callback cannot have taken it: the event goes first.
			const passes = cause instanceof VendorError && cause.retryable;
			if (isSettledFirst(found) && !passes) round.report([found]);
		}
	}

	private async write(table: TaskTable, found: FoundRow): Promise<Claim> {
		const { name, task, isShared, heldBy } = found;
		const change = cellsOfEnd(task);
		if (isShared && isWanted(this.wishes, found)) {
			return await claim(table, name, pollingClaim, change);
		}
		const filters = isHeldEnd(found) ? heldAs({ taskRef: name, heldBy }) : [rowOf(name)];
		const rows = await table.change(filters, change);
		return rows.some(({ taskRef }) => taskRef === name) ? 'won' : 'missing';
	}

	/** Deletes old rows where that is wanted, once all that has finished has fired. */
	private cleanUp(round: TableRound, table: TaskTable, { unsettled }: KnownRows) {
		const { form, host, jobs, memory } = this.tools;
		const { deleteAfterDays: days, timezone } = form;
		const isDue = memory.cleanedAt === undefined || this.now() - memory.cleanedAt >= cleanUpEvery;
		const { handled } = round.cursor();
		if (days === undefined || !isDue || ![...unsettled].every((row) => hasNumber(handled, row))) {
			return;
		}
		memory.cleanedAt = this.now();
		jobs.start(parts.oldRows, async () => {
			await deleteOldRows(table, { days, timezone, now: host.now() });
			this.tools.faults.good(parts.oldRows);
		});
	}
}
