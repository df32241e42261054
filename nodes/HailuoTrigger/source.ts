import type { IPollFunctions } from 'n8n-workflow';
import type { Found, Sighting, Step } from '../../video/trigger/events';
import type { TriggerCursor } from '../../video/trigger/cursor';
import type { TriggerForm } from './triggerForm';
import type { Faults } from './faults';
import type { TriggerMemory } from './triggerMemory';
import type { Vendors } from './vendors';
import type { Jobs } from './jobs';

/** One poll as a source sees it. Times by `host.elapsed`. */
export interface Round<State extends TriggerCursor, Seen extends Sighting> {
	/** No request starts after it. */
	readonly until: number;
	/** What is done with so far. */
	state(): State;
	/** Hands over tasks that have a final status. */
	found(tasks: ReadonlyArray<Found<Seen>>): void;
	/** Replaces the state by one that fires the same. */
	keep(state: State): void;
}

/** Where a trigger finds finished tasks. */
export interface Source<
	State extends TriggerCursor = TriggerCursor,
	Seen extends Sighting = Sighting,
> {
	/** The first poll after an activation: the state to go on from. Throws what people must mend. */
	start(saved: State | undefined): Promise<State>;
	/** Starts what is due. Called about once a second. True while there are unfinished tasks. */
	tick(round: Round<State, Seen>): boolean;
	step(state: State, found: ReadonlyArray<Found<Seen>>): Step<State, Found<Seen>>;
	/** The newest finished task, as a sample. */
	newest(): Promise<Found<Seen> | undefined>;
	/** What to do when there is none. */
	readonly howToMakeOne: string;
}

/** What sources work with. */
export interface SourceTools {
	readonly context: IPollFunctions;
	readonly form: TriggerForm;
	readonly memory: TriggerMemory;
	readonly faults: Faults;
	readonly jobs: Jobs;
	readonly vendors: Vendors;
}
