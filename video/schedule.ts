/** All times in milliseconds since the task was accepted, unless they say otherwise. */
export interface LookInput {
	/** When the task was last asked for; undefined before the first look. */
	readonly lastLook?: number;
	/** Before it no task of its kind has been seen done. */
	readonly earliest: number;
	/** When a task of its kind is usually done. */
	readonly typical: number;
	/** How long the tasks of this run with the same model and output have taken. */
	readonly learned?: number;
	/**
	 * Among tasks of one kind the oldest is the scout: it is looked at often, and the others
	 * follow when it is done. Alone, a task is its own scout.
	 */
	readonly scout: boolean;
	/** Looks in a row that brought no answer. */
	readonly failures: number;
	/** What the vendor asked for in its last answer. */
	readonly retryAfter?: number;
	/** The person's own interval; replaces the whole schedule. */
	readonly fixedInterval?: number;
	/** 0 (included) to 1 (excluded). */
	readonly random: number;
}

const second = 1000;
/** Of the scout: close at first, then a part of the time that has passed. */
const scoutInterval = { shortest: 3 * second, usual: 5.5 * second, longest: 10 * second };
/** Of the others while nobody is done: spread, so that a crowd finds an early one soon. */
const otherInterval = { shortest: 15 * second, longest: 60 * second };
/** Of all tasks around the time that one has taken. */
const nearInterval = { shortest: 3 * second, longest: 4.5 * second };
/** Least time between two looks when the end of another task makes one worthwhile. */
const againInterval = { shortest: 1 * second, longest: 4.5 * second };
const failureDelay = { first: 2 * second, longest: 60 * second };
const jitter = 0.1;

/** When to look at a task next. Pure: the same input gives the same moment. */
export function nextLook(input: LookInput): number {
	const { lastLook, failures, retryAfter, fixedInterval, random } = input;
	if (lastLook === undefined) {
		return fixedInterval ?? firstLook(input) * (1 + (random - 0.5) * jitter);
	}
	const wait = Math.max(fixedInterval ?? interval(input, lastLook), failureWait(failures));
	// Jitter only ever adds to a wait that the vendor has asked for.
	if (retryAfter !== undefined && retryAfter >= wait) {
		return lastLook + retryAfter * (1 + random * jitter);
	}
	if (fixedInterval === wait) return lastLook + wait;
	const next = lastLook + wait * (1 + (random - 0.5) * jitter);
	return failures === 0 ? Math.min(next, whenLearned(input, lastLook)) : next;
}

function firstLook({ earliest, typical, learned, scout, random }: LookInput): number {
	if (learned !== undefined) return learned * 0.9;
	return scout ? earliest : earliest + (random * others(typical)) / 2;
}

/** Another task has taken longer than this one had at its last look: it may be done as well. */
function whenLearned({ learned, fixedInterval }: LookInput, lastLook: number): number {
	if (fixedInterval !== undefined || learned === undefined || lastLook >= learned) return Infinity;
	return Math.max(learned, lastLook + within(againInterval, learned / 40));
}

function interval({ typical, learned, scout }: LookInput, lastLook: number): number {
	const near = learned !== undefined && lastLook >= learned * 0.85 && lastLook <= learned * 2;
	if (near) return within(nearInterval, lastLook / 50);
	if (!scout) return others(typical);
	const { shortest, usual, longest } = scoutInterval;
	const late = lastLook > typical * 3 ? 2 : 1;
	return within(
		{ shortest, longest },
		Math.max(Math.min(usual, lastLook / 6), (lastLook / 48) * late),
	);
}

function others(typical: number): number {
	return within(otherInterval, typical / 4);
}

function within(range: { shortest: number; longest: number }, time: number): number {
	return Math.min(range.longest, Math.max(range.shortest, time));
}

function failureWait(failures: number): number {
	if (failures === 0) return 0;
	return Math.min(failureDelay.longest, failureDelay.first * 2 ** Math.min(failures - 1, 10));
}
