import type { TaskStatus } from '../task';
import type { Digests } from './digests';
import { digestOf, digestsIn, digestsOf, uniteDigests } from './digests';
import type { EventWishes, Sighting, Step } from './events';
import { collectNewEvents } from './events';
import type { LostTasks } from './lost';
import { isLost, mergeLost, updateLost } from './lost';

/** What a trigger on a list of task references keeps. */
export interface ListCursor {
	readonly source: 'taskList';
	/** References that are done with, the oldest first. */
	readonly handled: Digests;
	/** Of these, tasks that are `expired`, and fire once more should they turn out to be completed. */
	readonly lost?: LostTasks;
}

/** References that left the list are remembered too, up to so many: a list may flicker. */
const remembered = 15_000;

/** The state from which nothing fires that is final now. */
export function startList(seen: readonly Sighting[]): ListCursor {
	const { done } = collectNewEvents(seen, { events: [], label: '', model: '' }, () => false);
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
	const lost = updateLost(state.lost, digestsThat(done, 'expired'), digestsThat(done, 'completed'));
	return { fired, state: { ...state, handled: bounded(all, names), lost } };
}

export function mergeLists(one: ListCursor, other: ListCursor): ListCursor {
	return {
		...one,
		handled: uniteDigests(one.handled, other.handled),
		lost: mergeLost(one.lost, other.lost),
	};
}

const digestsThat = (seen: readonly Sighting[], word: TaskStatus) =>
	seen.filter(({ status }) => status === word).map(({ name }) => digestOf(name));

function bounded(digests: readonly string[], names: readonly string[]): Digests {
	if (digests.length <= remembered) return digestsOf(digests);
	const listed = new Set(names.map(digestOf));
	let excess = digests.length - remembered;
	return digestsOf(digests.filter((digest) => listed.has(digest) || excess-- <= 0));
}

const sets = new Map<Digests, Set<string>>();

function setOf({ handled }: ListCursor): Set<string> {
	const known = sets.get(handled);
	if (known) return known;
	sets.clear();
	const set = digestsIn(handled);
	sets.set(handled, set);
	return set;
}
