import { VendorError } from '../../video/failure';
import { Slots } from '../../video/slots';
import type { VideoTask } from '../../video/task';
import { isFinal } from '../../video/task';
import { isChosen, isWanted } from '../../video/trigger/events';
import { hasNumber } from '../../video/trigger/ranges';
import type { SeenRow, TableState } from '../../video/trigger/table';
import { restartTable, startTable, stepTable } from '../../video/trigger/table';
import type { TaskTable } from '../shared/taskTable/client';
import type { RowChange, TaskRow } from '../shared/taskTable/rows';
import { openTaskTable } from '../shared/taskTable/client';
import { text } from './form';
import type { Found, Round, Source, SourceTools } from './source';
import type { AskableRow } from './tableRows';
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
export function taskTableSource(tools: SourceTools): Source<TableState, SeenRow> {
	const { context, form, memory, faults, work, vendors } = tools;
	const { wishes } = form;
	const { host } = vendors.accounts;
	const name = text(context.getNodeParameter('taskTableName', 'Hailuo Tasks'));
	let table: TaskTable | undefined;
	let lastLook: number | undefined;
	let open: AskableRow[] = [];
	/** Rows whose task was found finished in this poll. */
	const finished = new Set<number>();
	const updates = new Slots(updatesAtOnce);

	const openTable = async (createWhenMissing: boolean) => {
		table ??= await openTaskTable(context, host, name, { createWhenMissing });
		return table;
	};

	/** All unfinished rows first; then only new ones. */
	const look = async (round: Round<TableState, SeenRow>) => {
		const isFirst = lastLook === undefined;
		lastLook = host.elapsed();
		const opened = await openTable(false);
		if (round.state().table.id !== opened.id) round.keep(restartTable({ id: opened.id, name }));
		if (memory.rows?.table !== opened.id) memory.rows = undefined;
		let final: TaskRow[];
		if (isFirst || !memory.rows) {
			({ known: memory.rows, final } = await readRows(opened, round.state().handled, memory.rows));
		} else {
			final = await readRecent(opened, round.state().handled, memory.rows);
		}
		faults.good('task table');
		const chosen = [...memory.rows.open.values()].filter(
			(row) => !finished.has(row.id) && isChosen(wishes, seenRow(row)),
		);
		open = chosen.flatMap((row) => askableRow(row) ?? []);
		const broken = chosen.filter((row) => !askableRow(row));
		finish(
			round,
			broken.map((row) => foundRow(row, brokenTask(row))),
		);
		vendors.keep(open);
		await confirm(round, final);
	};

	/** Others have finished these rows: the vendor has the whole task, and a fresh link. */
	const confirm = async (round: Round<TableState, SeenRow>, rows: readonly TaskRow[]) => {
		const { handled } = round.state();
		const fresh = rows.filter(({ id }) => !hasNumber(handled, id));
		const wanted = fresh.filter((row) => isWanted(wishes, seenRow(row)));
		round.found(
			fresh.filter((row) => !wanted.includes(row)).map((row) => foundRow(row, taskOfRow(row))),
		);
		round.found(await withFreshTasks(wanted));
	};

	const withFreshTasks = async (rows: readonly TaskRow[]): Promise<Array<Found<SeenRow>>> => {
		const askable = rows.flatMap((row) => askableRow(row) ?? []);
		const answers = await vendors.askNow(askable).catch(() => []);
		return rows.map((row) => {
			const answer = answers[askable.findIndex((one) => one.row === row)];
			const known = taskOfRow(row);
			const isFresh = answer && !(answer instanceof VendorError) && answer.status === known.status;
			return foundRow(row, isFresh ? answer : known);
		});
	};

	/** Tasks that have ended at the vendor, while nobody has written it into their rows yet. */
	const endedSince = async (rows: readonly TaskRow[]): Promise<Array<Found<SeenRow>>> => {
		const unfinished = rows
			.filter((row) => !isFinal(statusOf(row)) && isChosen(wishes, seenRow(row)))
			.flatMap((row) => askableRow(row) ?? [])
			.slice(0, sampleTasks);
		const answers = await vendors.askNow(unfinished);
		const refused = answers.find(isBadKey);
		if (refused) throw refused;
		return unfinished.flatMap(({ row }, index) => {
			const answer = answers[index];
			if (answer instanceof VendorError) return [];
			const found = foundRow(row, answer);
			return isWanted(wishes, found) ? [found] : [];
		});
	};

	const update = async (reference: string, task: VideoTask) => {
		try {
			await table?.update(reference, changeOf(task));
			faults.good(rowsPart);
		} catch (cause) {
			faults.note(rowsPart, cause);
		}
	};

	/** Hands finished tasks over, and writes what became of them into their rows. */
	const finish = (round: Round<TableState, SeenRow>, found: ReadonlyArray<Found<SeenRow>>) => {
		round.found(found);
		for (const { row, name: reference, task } of found) {
			memory.rows?.unsettled.add(row);
			finished.add(row);
			work.start(`row ${row}`, async () => {
				await updates.run(async () => await update(reference, task));
			});
		}
	};

	return {
		howToMakeOne: `Make a video with Hailuo Generate Video and Record Task switched on, table “${name}”, wait until it is finished, then fetch a test event again.`,
		step: (state, found) => stepTable(state, found, wishes),

		async start(saved) {
			const opened = await openTable(true);
			await vendors.checkKeys(context.getNode().credentials);
			if (saved?.table.id === opened.id) return saved;
			if (saved?.table.name === name) return restartTable({ id: opened.id, name });
			const { rows, highest } = await readStart(opened);
			return startTable({ id: opened.id, name }, rows.map(seenRow), highest);
		},

		tick(round) {
			const due = lastLook === undefined || host.elapsed() - lastLook >= lookEvery;
			if (due) work.start('task table', async () => await look(round));
			open = open.filter(({ row }) => !finished.has(row.id));
			vendors.look(open, round.until, ({ row }, task) => finish(round, [foundRow(row, task)]));
			return open.length > 0;
		},

		async newest() {
			const opened = await openTable(false);
			const rows = await opened.page([], { sortBy: 'id:desc', limit: samplePage });
			const wanted = rows.find((row) => isWanted(wishes, seenRow(row)));
			const [found] = wanted ? await withFreshTasks([wanted]) : await endedSince(rows);
			return found;
		},
	};
}

function changeOf({ status, videos: [video], cost, failure }: VideoTask): RowChange {
	return {
		status,
		videoUrl: video?.url ?? null,
		expiresAt: video?.expiresAt ?? null,
		...(cost && { cost: cost.amount, costUnit: cost.unit }),
		failure: failure?.message ?? null,
		nextCheckAt: null,
	};
}
