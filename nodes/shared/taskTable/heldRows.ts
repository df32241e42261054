import { isGivenUp, type TaskStatus } from '../../../video/task';
import type { TaskRow } from './rows';
import { is, rowOf, type TaskTable, where } from './taskTable';

/**
 * Milliseconds after which a run that still holds the row of a failed task is taken for dead. One that
 * lives has another vendor make the video as soon as it sees the failure.
 */
const handsRestAfter = 10 * 60_000;

type Held = Partial<Pick<TaskRow, 'heldBy' | 'taskRef'>>;

/** Whether the end of a task is that of its order: a run that holds the row may ask another vendor. */
export const mayGoOn = ({ heldBy = null }: Held, status: TaskStatus): boolean =>
	heldBy !== null && isGivenUp(status);

/** The row as long as the same hands hold it for the same task. */
export const heldAs = ({ taskRef, heldBy }: Held) => [
	rowOf(taskRef ?? ''),
	is('heldBy', heldBy ?? null),
];

/** The rows of orders that went on after this task was given up. */
export async function rowsAfter(table: TaskTable, taskRef: string): Promise<TaskRow[]> {
	if (!table.has('attempts')) return [];
	const named = JSON.stringify({ taskRef }).slice(1, -1);
	const filter = where('attempts', 'like', `%${named}%`);
	const rows = await table.page([filter], { sortBy: 'id:desc', limit: 50 });
	return rows.filter(({ attempts }) => attempts?.includes(named));
}

/** Since when rows have been seen in somebody's hands although their tasks have failed. */
export class HeldFailures {
	/** By number of the row: hands and task, and the time by `host.elapsed`. */
	private readonly seen = new Map<number, { readonly as: string; readonly since: number }>();

	/** Forgets all rows but these. */
	keep(rows: ReadonlyMap<number, TaskRow>) {
		for (const [id, { as }] of this.seen) {
			const row = rows.get(id);
			if (!row || nameOf(row) !== as) this.seen.delete(id);
		}
	}

	/** The task of the row has failed. */
	failed(row: TaskRow, now: number) {
		if (!this.isKnown(row)) this.seen.set(row.id, { as: nameOf(row), since: now });
	}

	/** Whether its run may still go on. */
	isYoung(row: TaskRow, now: number): boolean {
		const since = this.seen.get(row.id)?.since ?? -Infinity;
		return this.isKnown(row) && now - since < handsRestAfter;
	}

	private isKnown(row: TaskRow): boolean {
		return this.seen.get(row.id)?.as === nameOf(row);
	}
}

const nameOf = ({ taskRef, heldBy }: Held) => `${taskRef ?? ''} ${heldBy ?? ''}`;
