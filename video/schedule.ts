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
const scoutInterval = { shortest: 3 * second, longest: 10 * second };
const otherInterval = { shortest: 15 * second, longest: 30 * second };
/** Part of the time a task has been running that may pass until the next look. */
const growth = 1 / 40;
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
	return lastLook + (fixedInterval === wait ? wait : wait * (1 + (random - 0.5) * jitter));
}

function firstLook({ earliest, typical, learned, scout }: LookInput): number {
	if (learned !== undefined) return learned * 0.9;
	return scout ? earliest : Math.max(earliest, typical * 0.8);
}

function interval({ typical, learned, scout }: LookInput, lastLook: number): number {
	// Once the likely moment is near, every task is looked at as closely as the scout.
	const near = learned !== undefined && lastLook >= learned * 0.85 && lastLook <= learned * 2;
	const range = scout || near ? scoutInterval : otherInterval;
	const grown = Math.max(lastLook, 0) * growth;
	const late = lastLook > typical * 3 ? 2 : 1;
	return Math.min(range.longest, Math.max(range.shortest, grown * late));
}

function failureWait(failures: number): number {
	if (failures === 0) return 0;
	return Math.min(failureDelay.longest, failureDelay.first * 2 ** Math.min(failures - 1, 10));
}
