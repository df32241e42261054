import type { TriggerCursor } from '../../video/trigger/cursor';
import type { NodeContext } from '../shared/host';
import type { ListReading } from './listReading';
import { FaultCounts } from './faults';
import { HeldFailures } from '../shared/taskTable/hands';
import type { KnownRows } from './tableRows';
import type { Watchlists } from './vendors';

/**
 * What a trigger node remembers from poll to poll in this process. After a restart, or on another
 * main, all of it is found out again.
 */
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

const memories = new Map<string, TriggerMemory>();

export function memoryOf(context: NodeContext): TriggerMemory {
	const key = `${context.getWorkflow().id} ${context.getNode().id}`;
	const known = memories.get(key);
	if (known) return known;
	const memory: TriggerMemory = {
		turn: 0,
		watchlists: new Map(),
		faults: new FaultCounts(),
		contexts: new WeakSet(),
		held: new HeldFailures(),
	};
	memories.set(key, memory);
	return memory;
}

/** As a restart of n8n does. For tests. */
export function forgetEverything() {
	memories.clear();
}
