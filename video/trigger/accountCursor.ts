import { z } from 'zod';
import { isFinal } from '../task';
import { digestOf, digestSetOf, digestsIn, digestsOf, uniteDigests } from './digests';
import { collectNewEvents, type EventWishes, noEvents, type Sighting, type Step } from './events';

/** What a trigger on a vendor's own list keeps. All times are the vendor's, in milliseconds. */
export const accountCursor = z.object({
	source: z.literal('account'),
	/** Vendor and credential. */
	account: z.string(),
	/** Tasks created before it are done with. */
	from: z.number(),
	/** Tasks that are done with and were created since, by the hour of their creation: digests. */
	handled: z.record(z.string()),
});

export type AccountCursor = Readonly<z.infer<typeof accountCursor>>;

export interface ListedTask extends Sighting {
	/** When the vendor made it; undefined where it does not say. */
	readonly created?: number;
}

const hour = 3_600_000;
/** A task may come into the list late, or move between pages while they are read. */
const overlap = hour;
/** No video takes that long: a task that claims so does not hold the window open any longer. */
export const longestRun = 24 * hour;

/** The state from which nothing fires that is final now. */
export function startAccount(
	account: string,
	listed: readonly ListedTask[],
	newest?: number,
): AccountCursor {
	const empty: AccountCursor = { source: 'account', account, from: 0, handled: {} };
	return advanceCursor(stepAccount(empty, listed, noEvents).state, listed, newest);
}

export function stepAccount<Seen extends ListedTask>(
	state: AccountCursor,
	listed: readonly Seen[],
	wishes: EventWishes,
): Step<AccountCursor, Seen> {
	const { done, fired } = collectNewEvents(listed, wishes, (one) => isHandled(state, one));
	if (done.length === 0) return { fired, state };
	return { fired, state: { ...state, handled: withHandled(state, done) } };
}

/**
 * Moves the window on, after the list was read down to `from`: never past a task that still runs,
 * or that has finished and did not fire yet. `newest` is the time of whatever is first in the list:
 * other jobs of the account move the window, too.
 */
export function advanceCursor(
	state: AccountCursor,
	listed: readonly ListedTask[],
	newest = newestOf(listed),
): AccountCursor {
	if (newest === undefined) return state;
	let oldest = newest;
	for (const one of listed) {
		const { created = newest, status } = one;
		const open = isFinal(status) ? !isHandled(state, one) : created >= newest - longestRun;
		if (open && created >= state.from) oldest = Math.min(oldest, created);
	}
	return withoutOld({ ...state, from: Math.max(state.from, oldest - overlap) });
}

export function mergeAccounts(one: AccountCursor, other: AccountCursor): AccountCursor {
	if (one.account !== other.account) return one;
	const hours = new Set([...Object.keys(one.handled), ...Object.keys(other.handled)]);
	const handled = Object.fromEntries(
		[...hours].map((key) => [key, uniteDigests(one.handled[key] ?? '', other.handled[key] ?? '')]),
	);
	return withoutOld({ ...one, from: Math.max(one.from, other.from), handled });
}

export function isHandled(state: AccountCursor, { name, created }: ListedTask): boolean {
	if (created !== undefined && created < state.from) return true;
	const { handled } = state;
	return digestSetOf(state, () => Object.values(handled).join('')).has(digestOf(name));
}

function withHandled(
	{ from, handled }: AccountCursor,
	done: readonly ListedTask[],
): AccountCursor['handled'] {
	const newest = newestOf(done) ?? from;
	const result = { ...handled };
	for (const { name, created = newest } of done) {
		const key = String(Math.floor(created / hour));
		result[key] = (result[key] ?? '') + digestOf(name);
	}
	return result;
}

/** Forgets the hours that lie wholly before the window. */
function withoutOld(state: AccountCursor): AccountCursor {
	const entries = Object.entries(state.handled);
	const kept = entries.filter(([key]) => (Number(key) + 1) * hour > state.from);
	if (kept.length === entries.length) return state;
	return {
		...state,
		handled: Object.fromEntries(kept.map(([key, digests]) => [key, digestsOf(digestsIn(digests))])),
	};
}

function newestOf(listed: readonly ListedTask[]): number | undefined {
	let newest: number | undefined;
	for (const { created } of listed) {
		if (created !== undefined && created > (newest ?? -Infinity)) newest = created;
	}
	return newest;
}
