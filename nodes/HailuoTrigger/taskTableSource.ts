import { asError, VendorError } from '../../video/failure';
import { Slots } from '../../video/slots';
import type { VideoTask } from '../../video/task';
import { isFinal } from '../../video/task';
import type { Found } from '../../video/trigger/events';
import { isChosen, isWanted } from '../../video/trigger/events';
import { hasNumber } from '../../video/trigger/ranges';
import type { SeenRow, TableCursor } from '../../video/trigger/tableCursor';
import { restartTable, startTable, stepTable } from '../../video/trigger/tableCursor';
import { claim, pollingClaim } from '../shared/taskTable/claims';
import type { TaskTable } from '../shared/taskTable/taskTable';
import type { RowChange, TaskRow } from '../shared/taskTable/rows';
import { openTaskTable, rowOf } from '../shared/taskTable/taskTable';
import { text } from './triggerForm';
import type { Round, Source, SourceTools } from './source';
import type { AskableRow, KnownRows } from './tableRows';
import { isBadKey } from './vendors';
import {
	askableRow,
	brokenTask,
	foundRow,
	readRecent,
	readRows,
	readStart,
	seenRow,
	statusOf,
	taskOfRow,
} from './tableRows';

/** Milliseconds between two looks for new rows. */
const lookEvery = 8000;
const samplePage = 50;
/** Unfinished tasks that a vendor is asked for when no row is finished, the newest ones. */
const sampleTasks = 10;
const updatesAtOnce = 5;
/** Part of the trigger that can fail on its own: see Faults. */
const rowsPart = 'rows of the task table';

/** Fires for the tasks that our nodes have written into a task table. */
export class TaskTableSource implements Source<TableCursor, SeenRow> {
	readonly howToMakeOne: string;

	private readonly name: string;

	private table?: TaskTable;

	private lastLook?: number;

	private open: AskableRow[] = [];

	/** Rows whose task was found finished in this poll. */
	private readonly finished = new Set<number>();

	private readonly updates = new Slots(updatesAtOnce);

	constructor(private readonly tools: SourceTools) {
		this.name = text(tools.context.getNodeParameter('taskTableName', 'Hailuo Tasks'));
		this.howToMakeOne = `Make a video with Hailuo Generate Video and Record Task switched on, table “${this.name}”, wait until it is finished, then fetch a test event again.`;
	}

	step(state: TableCursor, found: ReadonlyArray<Found<SeenRow>>) {
		return stepTable(state, found, this.wishes);
	}

	async start(saved: TableCursor | undefined): Promise<TableCursor> {
		const { context, vendors } = this.tools;
		const { name } = this;
		const opened = await this.opened({ createWhenMissing: true });
		await vendors.checkKeys(context.getNode().credentials);
		if (saved?.table.id === opened.id) return saved;
		if (saved?.table.name === name) return restartTable({ id: opened.id, name });
		const { rows, highest } = await readStart(opened);
		return startTable({ id: opened.id, name }, rows.map(seenRow), highest);
	}

	tick(round: Round<TableCursor, SeenRow>): boolean {
		const { jobs, vendors } = this.tools;
		const due = this.lastLook === undefined || this.now() - this.lastLook >= lookEvery;
		if (due) jobs.start('task table', async () => await this.look(round));
		this.open = this.open.filter(({ row }) => !this.finished.has(row.id));
		vendors.look(this.open, round.until, ({ row }, task) =>
			this.finish(round, [foundRow(row, task)]),
		);
		return this.open.length > 0;
	}

	async newest(): Promise<Found<SeenRow> | undefined> {
		const opened = await this.opened();
		const rows = await opened.page([], { sortBy: 'id:desc', limit: samplePage });
		const wanted = rows.find((row) => isWanted(this.wishes, { ...seenRow(row), isTaken: false }));
		const [found] = wanted ? await this.withFreshTasks([wanted]) : await this.endedSince(rows);
		return found;
	}

	private get wishes() {
		return this.tools.form.wishes;
	}

	private now(): number {
		return this.tools.vendors.connections.host.elapsed();
	}

	private async opened({ createWhenMissing = false } = {}): Promise<TaskTable> {
		const { context, vendors } = this.tools;
		const { host } = vendors.connections;
		this.table ??= await openTaskTable(context, host, this.name, { createWhenMissing });
		return this.table;
	}

	/** All unfinished rows first; then only new ones. */
	private async look(round: Round<TableCursor, SeenRow>) {
		const { faults, vendors } = this.tools;
		const isFirst = this.lastLook === undefined;
		this.lastLook = this.now();
		const opened = await this.opened();
		const { name } = this;
		if (round.state().table.id !== opened.id) round.keep(restartTable({ id: opened.id, name }));
		const { known, final } = await this.read(opened, round, isFirst);
		faults.good('task table');
		const chosen = [...known.open.values()].filter(
			(row) => !this.finished.has(row.id) && isChosen(this.wishes, seenRow(row)),
		);
		this.open = chosen.flatMap((row) => askableRow(row) ?? []);
		const broken = chosen.filter((row) => !askableRow(row));
		this.finish(
			round,
			broken.map((row) => foundRow(row, brokenTask(row))),
		);
		vendors.keep(this.open);
		await this.confirm(round, final);
	}

	private async read(
		table: TaskTable,
		round: Round<TableCursor, SeenRow>,
		isFirst: boolean,
	): Promise<{ known: KnownRows; final: TaskRow[] }> {
		const { memory } = this.tools;
		const { handled } = round.state();
		const known = memory.rows?.table === table.id ? memory.rows : undefined;
		if (known && !isFirst) return { known, final: await readRecent(table, handled, known) };
		const all = await readRows(table, handled, known);
		memory.rows = all.known;
		return all;
	}

	/** Others have finished these rows: the vendor has the whole task, and a fresh link. */
	private async confirm(round: Round<TableCursor, SeenRow>, rows: readonly TaskRow[]) {
		const { handled } = round.state();
		const fresh = rows.filter(({ id }) => !hasNumber(handled, id));
		const wanted = fresh.filter((row) => isWanted(this.wishes, seenRow(row)));
		round.found(
			fresh.filter((row) => !wanted.includes(row)).map((row) => foundRow(row, taskOfRow(row))),
		);
		const found = await this.withFreshTasks(wanted);
		await Promise.all(found.map(async (one) => await this.claimAndFire(round, one)));
	}

	private async withFreshTasks(rows: readonly TaskRow[]): Promise<Array<Found<SeenRow>>> {
		const askable = rows.flatMap((row) => askableRow(row) ?? []);
		const answers = await this.tools.vendors.askNow(askable).catch(() => []);
		return rows.map((row) => {
			const answer = answers[askable.findIndex((one) => one.row === row)];
			const known = taskOfRow(row);
			const isFresh = answer && !(answer instanceof VendorError) && answer.status === known.status;
			return foundRow(row, isFresh ? answer : known);
		});
	}

	/** Tasks that have ended at the vendor, while nobody has written it into their rows yet. */
	private async endedSince(rows: readonly TaskRow[]): Promise<Array<Found<SeenRow>>> {
		const unfinished = rows
			.filter((row) => !isFinal(statusOf(row)) && isChosen(this.wishes, seenRow(row)))
			.flatMap((row) => askableRow(row) ?? [])
			.slice(0, sampleTasks);
		const answers = await this.tools.vendors.askNow(unfinished);
		const refused = answers.find(isBadKey);
		if (refused) throw refused;
		return unfinished.flatMap(({ row }, index) => {
			const answer = answers[index];
			if (answer instanceof VendorError) return [];
			const found = foundRow(row, answer);
			return isWanted(this.wishes, found) ? [found] : [];
		});
	}

	/** Writes what became of finished tasks into their rows, and hands them over. */
	private finish(round: Round<TableCursor, SeenRow>, found: ReadonlyArray<Found<SeenRow>>) {
		const { memory, jobs } = this.tools;
		for (const one of found) {
			memory.rows?.unsettled.add(one.row);
			this.finished.add(one.row);
			jobs.start(`row ${one.row}`, async () => await this.claimAndFire(round, one));
		}
	}

	/** A callback trigger on the same table may have been faster: then nothing fires. */
	private async claimAndFire(round: Round<TableCursor, SeenRow>, found: Found<SeenRow>) {
		const { faults } = this.tools;
		const claimed = await this.updates.run(async () => await this.claim(found)).catch(asError);
		if (claimed instanceof Error) return faults.note(rowsPart, claimed);
		faults.good(rowsPart);
		round.found([claimed === 'lost' ? { ...found, isTaken: true } : found]);
	}

	private async claim(found: Found<SeenRow>) {
		const { name, task } = found;
		const table = await this.opened();
		if (table.has('firedBy') && isWanted(this.wishes, found)) {
			return await claim(table, name, pollingClaim, changeOf(task));
		}
		return await table.change([rowOf(name)], changeOf(task));
	}
}

/** What the row of a finished task says. */
export function changeOf({ status, videos: [video], cost, failure }: VideoTask): RowChange {
	return {
		status,
		videoUrl: video?.url ?? null,
		expiresAt: video?.expiresAt ?? null,
		...(cost && { cost: cost.amount, costUnit: cost.unit }),
		failure: failure?.message ?? null,
		nextCheckAt: null,
	};
}
