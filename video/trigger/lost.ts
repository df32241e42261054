/**
 * Tasks that were done with as `expired`, by row number or digest: false while they may turn up
 * again, true once they did, or are given up. Grows only, so that two can be merged without a clock.
 */
export type LostTasks = Readonly<Record<string, boolean>>;

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

export function mergeLost(one: LostTasks = {}, other: LostTasks = {}): LostTasks {
	const keys = [...Object.keys(one), ...Object.keys(other)];
	return bounded(Object.fromEntries(keys.map((key) => [key, !!one[key] || !!other[key]])));
}

function bounded(lost: LostTasks): LostTasks {
	return Object.fromEntries(Object.entries(lost).slice(-remembered));
}
