import type { TriggerCursor } from '../../video/trigger/cursor';
import type { ListedTask } from '../../video/trigger/accountCursor';
import type { Found } from '../../video/trigger/events';
import { NodeMemories } from '../shared/nodeMemories';
import { FaultCounts } from './faults';
import { HeldFailures } from '../shared/taskTable/heldRows';
import type { KnownRows } from './tableRows';
import type { Watchlists } from './vendors';

export type FoundTask = Found<ListedTask>;

/** A part of the list that is still to be read. Times are the vendor's, in milliseconds. */
export interface ListPart {
	/** Where it begins; absent: with the newest. */
	readonly page?: string;
	/** Tasks that were created before it are not wanted. */
	readonly since: number;
}

/** How far this process has read the list of an account. */
export interface ListReading {
	readonly account: string;
	/** Tasks that were not done with when they were last seen, by name. */
	readonly running: Map<string, FoundTask>;
	/** Everything that is older was read, apart from `rest`. */
	readTo?: number;
	/** What the looks so far had no time for. */
	rest?: ListPart;
}

/** What a trigger node remembers from poll to poll. */
export interface TriggerMemory {
	/** Counts polls: one that is not the newest any more does not fire. */
	turn: number;
	/** The poll that is still under way. */
	running?: object;
	/**
	 * The cursor as last fired. A new version of the workflow may have loaded its static data a
	 * moment before the old version fired.
	 */
	cursor?: TriggerCursor;
	readonly watchlists: Watchlists;
	readonly faults: FaultCounts;
	/** Contexts of n8n that have polled: a new one polls for the first time at an activation. */
	readonly contexts: WeakSet<object>;
	rows?: KnownRows;
	/** Failed tasks of rows that a run still holds. */
	readonly held: HeldFailures;
	list?: ListReading;
	/** When old rows were last deleted, or it was tried. By `host.elapsed`. */
	cleanedAt?: number;
}

export const memories = new NodeMemories<TriggerMemory>(() => ({
	turn: 0,
	watchlists: new Map(),
	faults: new FaultCounts(),
	contexts: new WeakSet(),
	held: new HeldFailures(),
}));

export const forgetEverything = () => memories.forget();
