import { VendorError } from '../../video/failure';
import { isFinal } from '../../video/task';
import { type EventWishes, type Found, isChosen, isWanted } from '../../video/trigger/events';
import type { SeenRow } from '../../video/trigger/tableCursor';
import { statusOf } from '../shared/taskTable/orderCells';
import type { TaskRow } from '../shared/taskTable/rows';
import type { TaskTable } from '../shared/taskTable/taskTable';
import { askableRow, foundRow, hasReference, seenRow, taskOfRow } from './tableRows';
import { isBadKey, type Vendors } from './vendors';

const samplePage = 50;
/** Unfinished tasks that a vendor is asked for when no row is finished, the newest ones. */
const sampleTasks = 10;

/** Finished rows, with the whole task and a fresh link where the vendor gives them now. */
export async function withFreshTasks(
	vendors: Vendors,
	rows: readonly TaskRow[],
): Promise<Array<Found<SeenRow>>> {
	const askable = rows.flatMap((row) => askableRow(row) ?? []);
	const answers = await vendors.askNow(askable).catch(() => []);
	return rows.map((row) => {
		const answer = answers[askable.findIndex((one) => one.row === row)];
		const known = taskOfRow(row);
		const isFresh = answer && !(answer instanceof VendorError) && answer.status === known.status;
		return foundRow(row, isFresh ? answer : known);
	});
}

/** The newest finished task of a table that is wanted, as a sample. */
export async function newestFinished(
	vendors: Vendors,
	table: TaskTable,
	wishes: EventWishes,
): Promise<Found<SeenRow> | undefined> {
	const rows = await table.page([], { sortBy: 'id:desc', limit: samplePage });
	const wanted = rows.find((row) => hasReference(row) && isWanted(wishes, seenRow(row)));
	const [found] = wanted
		? await withFreshTasks(vendors, [wanted])
		: await endedSince(vendors, rows, wishes);
	return found;
}

/** Tasks that have ended at the vendor, while nobody has written it into their rows yet. */
async function endedSince(
	vendors: Vendors,
	rows: readonly TaskRow[],
	wishes: EventWishes,
): Promise<Array<Found<SeenRow>>> {
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
}
