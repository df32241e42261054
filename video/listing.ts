import { clockDifference, type TaskFilter, type TaskPage, type TimeSpan } from './provider';
import { formatReference } from './reference';
import type { VideoTask } from './task';

const madeAt = ({ createdAt }: VideoTask): number => Date.parse(createdAt ?? '');

/** Whether a task of a list is asked for. One that does not say when it was made may be. */
export function fits(task: VideoTask, { status, createdAfter = -Infinity }: TaskFilter): boolean {
	return (status === undefined || task.status === status) && !(madeAt(task) < createdAfter);
}

/** Whether a page of a list, newest first, reaches back before the time that is asked for. */
export function reachesBack(
	tasks: readonly VideoTask[],
	{ createdAfter = -Infinity }: TaskFilter,
): boolean {
	const dated = tasks.filter((task) => !Number.isNaN(madeAt(task)));
	return dated.length > 0 && madeAt(dated[dated.length - 1]) < createdAfter;
}

/** When the newest was made, in milliseconds since 1970, as far as they say. */
export function newestOf(tasks: readonly VideoTask[]): { newest?: number } {
	const times = tasks.map(madeAt).filter((time) => !Number.isNaN(time));
	return times.length > 0 ? { newest: Math.max(...times) } : {};
}

/** Pages of a list that are read at most: more than a person makes in the time of one create. */
const mostPages = 200;

/**
 * The tasks of a list that may be those of a create whose answer was lost: made while it was on its
 * way, as far as the clocks agree, or at a time that the vendor does not say. `read` gets the filter
 * and gives one page. Undefined where the list does not end.
 */
export async function madeDuring(
	{ from, to }: TimeSpan,
	read: (filter: TaskFilter, page?: string) => Promise<TaskPage>,
): Promise<VideoTask[] | undefined> {
	const found = new Map<string, VideoTask>();
	let page: string | undefined;
	for (let pages = 0; pages < mostPages; pages++) {
		const { tasks, next } = await read({ createdAfter: from - clockDifference }, page);
		for (const task of tasks) {
			if (!(madeAt(task) > to + clockDifference)) found.set(formatReference(task.reference), task);
		}
		if (next === undefined) return [...found.values()];
		page = next;
	}
	return undefined;
}
