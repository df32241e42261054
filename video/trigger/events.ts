import { isFinal, type TaskStatus, type VideoTask } from '../task';

export const eventNames = ['completed', 'failed'] as const;

export type EventName = (typeof eventNames)[number];

/** Which finished tasks a trigger fires for. */
export interface EventWishes {
	readonly events: readonly EventName[];
	/** Empty for all. */
	readonly label: string;
	/** Canonical model name; empty for all. */
	readonly model: string;
}

/** For a start: what is final already does not fire. */
export const noEvents: EventWishes = { events: [], label: '', model: '' };

/** What a source saw of one task. */
export interface Sighting {
	/** The task reference. */
	readonly name: string;
	readonly status: TaskStatus;
	readonly model?: string;
	readonly label?: string;
	/** A callback trigger may fire for it as well. */
	readonly isShared?: boolean;
	/** A callback trigger has fired for it. */
	readonly isTaken?: boolean;
}

/** A finished task that a source has found, and what its row says beside it. */
export type Found<Seen extends Sighting = Sighting> = Seen & {
	readonly task: VideoTask;
	readonly recorded?: {
		readonly label?: string;
		readonly workflowId?: string;
		readonly executionId?: string;
		/** Columns of the person's own. */
		readonly columns?: Readonly<Record<string, unknown>>;
	};
};

/** What one step of a source gives: tasks that fire now, and the state to keep with them. */
export interface Step<State, Seen> {
	readonly fired: readonly Seen[];
	readonly state: State;
}

/** The event of a status; expired and cancelled tasks have failed too. */
export function eventOf(status: TaskStatus): EventName | undefined {
	if (!isFinal(status)) return undefined;
	return status === 'completed' ? 'completed' : 'failed';
}

export function isWanted({ events, ...wishes }: EventWishes, sighting: Sighting): boolean {
	const event = eventOf(sighting.status);
	if (event === undefined || sighting.isTaken) return false;
	return events.includes(event) && isChosen(wishes, sighting);
}

/** Whether the filters let a task through, however it ends. */
export function isChosen(
	{ label, model }: Omit<EventWishes, 'events'>,
	sighting: Pick<Sighting, 'label' | 'model'>,
): boolean {
	if (label !== '' && sighting.label !== label) return false;
	return model === '' || sighting.model?.toLowerCase() === model.toLowerCase();
}

/** Sightings that are new and final, each task once, and of these the ones that fire. */
export function collectNewEvents<Seen extends Sighting>(
	seen: readonly Seen[],
	wishes: EventWishes,
	isHandled: (sighting: Seen) => boolean,
): { done: Seen[]; fired: Seen[] } {
	const done = seen.filter((one) => eventOf(one.status) !== undefined && !isHandled(one));
	const names = new Set<string>();
	const fired = done.filter((one) => {
		const first = !names.has(one.name);
		names.add(one.name);
		return first && isWanted(wishes, one);
	});
	return { done, fired };
}
