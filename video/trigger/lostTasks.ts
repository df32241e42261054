import { z } from 'zod';
import type { TaskStatus } from '../task';
import type { Sighting } from './events';

/**
 * Tasks that were done with as `expired`, by row number or digest: false while they may turn up
 * again, true once they did, or are given up. Grows only, so that two can be merged without a clock.
 */
export const lostTasks = z.record(z.boolean());

type LostTasks = Readonly<z.infer<typeof lostTasks>>;

/** More are forgotten, those that were added first. */
const remembered = 1000;

/** Whether a task that is done with may still turn out to be completed. */
export function isLost(lost: LostTasks | undefined, key: string | number): boolean {
	return lost?.[key] === false;
}

/** Adds tasks that are new as lost, and closes some that are not any more. */
export function updateLost(
	lost: LostTasks | undefined,
	added: ReadonlyArray<string | number>,
	closed: ReadonlyArray<string | number>,
): LostTasks | undefined {
	const entries = [
		...added.filter((key) => lost?.[key] === undefined).map((key) => [key, false] as const),
		...closed.filter((key) => isLost(lost, key)).map((key) => [key, true] as const),
	];
	return entries.length === 0 ? lost : bounded({ ...lost, ...Object.fromEntries(entries) });
}

/** The same by what was seen: expired tasks are lost, completed ones are not any more. */
export function lostAfter<Seen extends Pick<Sighting, 'status'>>(
	lost: LostTasks | undefined,
	done: readonly Seen[],
	keyOf: (one: Seen) => string | number,
): LostTasks | undefined {
	const keys = (word: TaskStatus) => done.filter(({ status }) => status === word).map(keyOf);
	return updateLost(lost, keys('expired'), keys('completed'));
}

export function mergeLost(one: LostTasks = {}, other: LostTasks = {}): LostTasks {
	const keys = [...Object.keys(one), ...Object.keys(other)];
	return bounded(Object.fromEntries(keys.map((key) => [key, !!one[key] || !!other[key]])));
}

function bounded(lost: LostTasks): LostTasks {
	return Object.fromEntries(Object.entries(lost).slice(-remembered));
}
