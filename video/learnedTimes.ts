import { keepNewest } from './list';
import type { TaskFacts } from './task';
import type { TaskReference } from './reference';

/** How long tasks of one family have taken, in milliseconds since they were accepted. */
export interface Learned {
	readonly shortest: number;
	readonly longest: number;
	readonly count: number;
	/** The age at which the last of them was first seen done: somewhat later than it was. */
	readonly lastSeen: number;
}

/** Vendors get faster and slower with the hour: only the last ones count. */
const remembered = 8;
const maxFamilies = 500;

/** What an account has learned about the times of its tasks. */
export class LearnedTimes {
	private readonly families = new Map<string, { times: number[]; lastSeen: number }>();

	of(family: string): Learned | undefined {
		const known = this.families.get(family);
		if (!known) return undefined;
		const { times, lastSeen } = known;
		const [shortest, longest] = [Math.min(...times), Math.max(...times)];
		return { shortest, longest, count: times.length, lastSeen };
	}

	/**
	 * A task was seen running at the age `before` (absent: it was never seen so) and done at the age
	 * `seen`. Its end lies between.
	 */
	add(family: string, seen: number, before = seen * 0.8) {
		const end = (Math.max(before, seen * 0.8) + seen) / 2;
		const times = [...(this.families.get(family)?.times ?? []), end].slice(-remembered);
		this.families.delete(family);
		this.families.set(family, { times, lastSeen: seen });
		keepNewest(this.families, maxFamilies);
	}
}

/** Tasks that can be expected to take the same time. */
export function familyOf({ kind }: TaskReference, facts: TaskFacts): string {
	return [kind, facts.model, facts.resolution, facts.durationSeconds].join(' ');
}
