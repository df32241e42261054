import type { Found, Sighting, Step } from '../../video/trigger/events';
import type { TriggerCursor } from '../../video/trigger/cursor';
import type { Host } from '../../video/host';
import type { NodeContext } from '../shared/host';
import type { TriggerForm } from './triggerForm';
import type { Faults } from './faults';
import type { TriggerMemory } from './triggerMemory';
import type { Vendors } from './vendors';
import type { Jobs } from './jobs';

/** One poll as a source sees it. */
export interface Round<State extends TriggerCursor, Seen extends Sighting> {
	/** No request starts after it. By `host.elapsed`. */
	readonly until: number;
	/** Whether the poll has ended, or a newer one does its work: nothing of it counts any more. */
	isOver(): boolean;
	/** What is done with so far. */
	cursor(): State;
	/** Takes tasks that were found: those that are final and new fire. */
	report(tasks: ReadonlyArray<Found<Seen>>): void;
	/** Replaces the cursor by one that fires the same. */
	saveCursor(cursor: State): void;
}

/** Where a trigger finds finished tasks. */
export interface Source<
	State extends TriggerCursor = TriggerCursor,
	Seen extends Sighting = Sighting,
> {
	/** The first poll after an activation: the cursor to go on from. Throws what people must mend. */
	start(saved: State | undefined): Promise<State>;
	/** Starts what is due. Called about once a second. True while there are unfinished tasks. */
	tick(round: Round<State, Seen>): boolean;
	/** What of the tasks fires, and the cursor after it. */
	step(cursor: State, found: ReadonlyArray<Found<Seen>>): Step<State, Found<Seen>>;
	/** The newest finished task, as a sample. */
	newest(): Promise<Found<Seen> | undefined>;
	/** What to do when there is none. */
	readonly howToMakeOne: string;
}

/** What sources work with. */
export interface SourceTools {
	readonly context: NodeContext;
	readonly form: TriggerForm;
	readonly memory: TriggerMemory;
	readonly faults: Faults;
	readonly jobs: Jobs;
	readonly host: Host;
	readonly vendors: Vendors;
}
