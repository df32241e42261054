import { z } from 'zod';
import { digestOf, type Digests, digestSetOf, digestsOf, uniteDigests } from './digests';
import { collectNewEvents, type EventWishes, noEvents, type Sighting, type Step } from './events';
import { isLost, lostAfter, lostTasks, mergeLost } from './lostTasks';

/** What a trigger on a list of task references keeps. */
export const listCursor = z.object({
	source: z.literal('taskList'),
	/** Digests of references that are done with, the oldest first. */
	handled: z.string(),
	/** Of these, tasks that are `expired`, and fire once more should they turn out to be completed. */
	lost: lostTasks.optional(),
});

export type ListCursor = Readonly<z.infer<typeof listCursor>>;

/** References that left the list are remembered too, up to so many: a list may flicker. */
const remembered = 15_000;

/** The state from which nothing fires that is final now. */
export function startList(seen: readonly Sighting[]): ListCursor {
	const { done } = collectNewEvents(seen, noEvents, () => false);
	return { source: 'taskList', handled: digestsOf(done.map(({ name }) => digestOf(name))) };
}

export function isHandledInList(state: ListCursor, name: string): boolean {
	return setOf(state).has(digestOf(name));
}

/** Whether a task that is done with may still turn out to be completed. */
export function isLostInList({ lost }: ListCursor, name: string): boolean {
	return isLost(lost, digestOf(name));
}

export function stepList<Seen extends Sighting>(
	state: ListCursor,
	seen: readonly Seen[],
	wishes: EventWishes,
	/** All references of the list as it is now. */
	names: readonly string[],
): Step<ListCursor, Seen> {
	const { done, fired } = collectNewEvents(
		seen,
		wishes,
		({ name, status }) =>
			isHandledInList(state, name) && !(status === 'completed' && isLostInList(state, name)),
	);
	if (done.length === 0) return { fired, state };
	const all = [...setOf(state), ...done.map(({ name }) => digestOf(name))];
	const lost = lostAfter(state.lost, done, ({ name }) => digestOf(name));
	return { fired, state: { ...state, handled: bounded(all, names), lost } };
}

export function mergeLists(one: ListCursor, other: ListCursor): ListCursor {
	return {
		...one,
		handled: uniteDigests(one.handled, other.handled),
		lost: mergeLost(one.lost, other.lost),
	};
}

function bounded(digests: readonly string[], names: readonly string[]): Digests {
	if (digests.length <= remembered) return digestsOf(digests);
	const listed = new Set(names.map(digestOf));
	let excess = digests.length - remembered;
	return digestsOf(digests.filter((digest) => listed.has(digest) || excess-- <= 0));
}

const setOf = (state: ListCursor) => digestSetOf(state, () => state.handled);
