import type { Learned } from './learnedTimes';
import { backoff } from './retry';

/** All times in milliseconds since the task was accepted, unless they say otherwise. */
export interface LookInput {
	/** When the task was last asked for; undefined before the first look. */
	readonly lastLook?: number;
	/** Before it no task of its kind has been seen done. */
	readonly earliest: number;
	/** When a task of its kind is usually done. */
	readonly typical: number;
	/** How long the last tasks with the same model and output have taken. */
	readonly learned?: Learned;
	/**
	 * While nothing is learned, the oldest task of a family is the scout: it is looked at often, and
	 * the others follow when it is done. Alone, a task is its own scout.
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
/**
 * Of the scout, as parts of the typical time: far apart while an end would be early, close once it
 * is overdue. bench/requests.ts measures what these cost and bring.
 */
const scoutFirst = 0.2;
const scoutGaps = [
	{ until: 0.4, gap: 0.075 },
	{ until: 0.6, gap: 0.038 },
	{ until: 1.65, gap: 0.055 },
	{ until: 2.4, gap: 0.018 },
] as const;
/** After that, as a part of the time that has passed. */
const scoutLate = { part: 1 / 90, longest: 20 * second };
const shortestGap = 2 * second;
/** Of the others while nobody is done: spread, so that a crowd finds an early one soon. */
const otherGap = { part: 1 / 4, shortest: 15 * second, longest: 60 * second };
/** How far around the learned times an end is expected: less, the more is learned. */
const spread = { ofOne: 0.2, least: 0.04 };
/** Between two looks in that window, at most; and after it, as a part of the time that has passed. */
const learnedGap = 4.5 * second;
const learnedLate = { part: 1 / 30, shortest: 3 * second, longest: 20 * second };
/** Before that window: should the vendor have become faster, nobody waits for long. */
const learnedPause = { least: 1 * second, most: 60 * second };
const jitter = 0.1;

/** When to look at a task next. Pure: the same input gives the same moment. */
export function nextLook(input: LookInput): number {
	const { lastLook, failures, retryAfter, fixedInterval, random, learned } = input;
	const varied = (gap: number) => gap * (1 + (random - 0.5) * jitter);
	if (lastLook === undefined) {
		if (fixedInterval !== undefined) return fixedInterval;
		return learned ? followingLook(learned, undefined, varied) : varied(firstLook(input));
	}
	const pause = failures === 0 ? 0 : backoff(failures - 1);
	// Jitter only ever adds to a pause that the vendor has asked for.
	if (retryAfter !== undefined) {
		return lastLook + Math.max(varied(pause), retryAfter * (1 + random * jitter));
	}
	if (failures > 0) return lastLook + Math.max(fixedInterval ?? 0, varied(pause));
	if (fixedInterval !== undefined) return lastLook + fixedInterval;
	if (learned) return followingLook(learned, lastLook, varied);
	return lastLook + varied(input.scout ? scoutGap(input, lastLook) : followerGap(input.typical));
}

function firstLook({ earliest, typical, scout, random }: LookInput): number {
	if (scout) return Math.max(earliest, typical * scoutFirst);
	return earliest + (random * followerGap(typical)) / 2;
}

function scoutGap({ typical }: LookInput, age: number): number {
	const part = scoutGaps.find(({ until }) => age < until * typical);
	if (part) return Math.max(shortestGap, part.gap * typical);
	const [{ gap: last }] = scoutGaps.slice(-1);
	return within(Math.max(shortestGap, last * typical), scoutLate.longest, age * scoutLate.part);
}

/**
 * Of a crowd that was accepted together, all are looked at as soon as one of them has been seen done
 * and they are as old.
 */
function followingLook(
	learned: Learned,
	lastLook: number | undefined,
	varied: (gap: number) => number,
): number {
	const usual = learnedLook(learned, lastLook, varied);
	const age = lastLook ?? 0;
	if (age >= learned.lastSeen) return usual;
	return Math.min(usual, Math.max(learned.lastSeen, age + learnedPause.least));
}

/** Looks that divide the time evenly in which an end is expected; then ever fewer. */
function learnedLook(
	{ shortest, longest, count }: Learned,
	lastLook: number | undefined,
	varied: (gap: number) => number,
): number {
	const margin = Math.max(spread.least, spread.ofOne / Math.sqrt(count));
	const from = shortest * (1 - margin);
	const to = longest * (1 + margin);
	const gap = (to - from) / Math.ceil((to - from) / learnedGap);
	if (lastLook === undefined || lastLook < from) {
		const { least, most } = learnedPause;
		return within((lastLook ?? 0) + least, (lastLook ?? 0) + varied(most), from + gap);
	}
	if (lastLook < to - gap / 2) return lastLook + varied(gap);
	const { part, shortest: least, longest: most } = learnedLate;
	return lastLook + varied(within(least, most, lastLook * part));
}

function followerGap(typical: number): number {
	return within(otherGap.shortest, otherGap.longest, typical * otherGap.part);
}

function within(least: number, most: number, time: number): number {
	return Math.min(most, Math.max(least, time));
}
