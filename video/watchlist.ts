import { batchSizeOf, type Question } from './ask';
import { VendorError } from './failure';
import type { Host } from './host';
import { familyOf, type LearnedTimes } from './learnedTimes';
import { chunks } from './list';
import type { Provider, StatusAnswer } from './provider';
import { nextLook } from './schedule';
import { isFinal, type VideoTask } from './task';

/** A task that is watched until it is final. */
export interface WatchedTask extends Question {
	/** Names it in its list. */
	readonly name: string;
	/** When the vendor accepted it, as far as is known. Milliseconds since 1970. */
	readonly acceptedAt?: number;
	/** Seconds until tasks of its kind are done; absent: as the capability table says of its model. */
	readonly ready?: Ready;
	/** Milliseconds; replaces the automatic schedule. */
	readonly fixedInterval?: number;
	/** Whether to look at once, as where nobody knows when it was accepted. */
	readonly lookNow?: boolean;
	/** The wait ends then, with a last look. By `host.elapsed`. */
	readonly lookBy?: number;
}

export interface Ready {
	readonly earliest: number;
	readonly typical: number;
}

/** What an answer means for a task. */
export type Judgement =
	| { readonly is: 'final'; readonly task: VideoTask }
	| { readonly is: 'running'; readonly task: VideoTask }
	/** The vendor itself does not know it: since so many milliseconds, in so many looks. */
	| {
			readonly is: 'unknown';
			readonly error: VendorError;
			readonly since: number;
			readonly looks: number;
	  }
	/** The vendor itself refuses the question, and will go on doing so. */
	| { readonly is: 'hopeless'; readonly error: VendorError }
	/** No answer, or none of the vendor's own: nothing is known. */
	| { readonly is: 'unanswered'; readonly error: VendorError };

interface Entry<Task> {
	task: Task;
	readonly family: string;
	readonly ready: Ready;
	readonly random: number;
	/** By `host.elapsed`, like all times here: the age of a task goes on steadily from the first sight. */
	readonly born: number;
	readonly addedAt: number;
	lastLook?: number;
	/** Its last look that found it running. */
	lastRunning?: number;
	failures: number;
	retryAfter?: number;
	unknownSince?: number;
	unknownLooks: number;
	asking: boolean;
}

/** Looks that fall together are asked in one call where the vendor can. */
export const gather = 200;
/** A look teaches something when the one before came at this part of the task's age or later. */
const timely = 0.7;

const noFailure = {
	failures: 0,
	retryAfter: undefined,
	unknownSince: undefined,
	unknownLooks: 0,
	asking: false,
};

/**
 * The tasks of one vendor account that are watched: when to ask for which, in which calls, and what
 * the answers mean. It asks nobody itself: a node's wait, Query Task and the trigger all watch
 * through it, each with a loop of its own.
 */
export class Watchlist<Task extends WatchedTask> {
	private readonly entries = new Map<string, Entry<Task>>();

	constructor(
		private readonly provider: Provider,
		private readonly times: LearnedTimes,
		private readonly host: Pick<Host, 'now' | 'elapsed' | 'random'>,
		/** Tasks of a family that are looked at closely while nothing is learned, the oldest ones. */
		private readonly scouts = 1,
	) {}

	get size(): number {
		return this.entries.size;
	}

	get tasks(): Task[] {
		return [...this.entries.values()].map(({ task }) => task);
	}

	/** Takes a task in; what is known of one that is in the list already stays. */
	add(task: Task) {
		const known = this.entries.get(task.name);
		if (known) known.task = task;
		else this.entries.set(task.name, this.entryOf(task));
	}

	remove({ name }: Pick<Task, 'name'>) {
		this.entries.delete(name);
	}

	/** Watches these tasks and no others. */
	keep(tasks: readonly Task[]) {
		const names = new Set(tasks.map(({ name }) => name));
		for (const name of this.entries.keys()) if (!names.has(name)) this.entries.delete(name);
		for (const task of tasks) this.add(task);
	}

	/**
	 * The questions that are due, as calls: each of them is one request, or a few where the vendor
	 * needs several for one task. Those that have waited longest come first. What is given out counts
	 * as being asked until `judge` or `putOff` is told.
	 */
	due(): Task[][] {
		const now = this.host.elapsed();
		const scouts = this.scoutsOf();
		const idle = [...this.entries.values()]
			.filter(({ asking }) => !asking)
			.sort((one, other) => (one.lastLook ?? -Infinity) - (other.lastLook ?? -Infinity));
		const due = new Set(idle.filter((entry) => this.nextLook(entry, scouts) <= now + gather));
		const kinds = [...new Set([...due].map(({ task }) => task.reference.kind))];
		return kinds.flatMap((kind) => {
			const size = batchSizeOf(this.provider, kind);
			const ofKind = idle.filter(({ task }) => task.reference.kind === kind);
			const asked = ofKind.filter((entry) => due.has(entry));
			// Where one call answers for many, others ride along for free.
			const free = Math.ceil(asked.length / size) * size - asked.length;
			asked.push(...ofKind.filter((entry) => !due.has(entry)).slice(0, free));
			for (const entry of asked) entry.asking = true;
			return chunks(
				asked.map(({ task }) => task),
				size,
			);
		});
	}

	/** Milliseconds until the next question is due; Infinity while all are being asked. */
	untilNext(): number {
		const scouts = this.scoutsOf();
		let next = Infinity;
		for (const entry of this.entries.values()) {
			if (!entry.asking) next = Math.min(next, this.nextLook(entry, scouts));
		}
		return next - this.host.elapsed();
	}

	/** Milliseconds since the vendor accepted it. */
	ageOf({ name }: Task): number {
		const entry = this.entries.get(name);
		return entry ? this.host.elapsed() - entry.born : 0;
	}

	/** What an answer means; keeps the schedule and learns from it. */
	judge(task: Task, answer: StatusAnswer): Judgement {
		// One that was taken out while it was asked for is judged like a new one.
		const entry = this.entries.get(task.name) ?? this.entryOf(task);
		const now = this.host.elapsed();
		if (answer instanceof VendorError) return judgeError(answer, entry, now);
		if (answer.status === 'completed') this.learn(entry, now);
		Object.assign(entry, { ...noFailure, lastLook: now, lastRunning: now });
		return { is: isFinal(answer.status) ? 'final' : 'running', task: answer };
	}

	/** These were not asked after all. */
	putOff(tasks: readonly Task[]) {
		for (const { name } of tasks) {
			const entry = this.entries.get(name);
			if (entry) entry.asking = false;
		}
	}

	private entryOf(task: Task): Entry<Task> {
		const { host } = this;
		const age = task.acceptedAt === undefined ? 0 : Math.max(0, host.now() - task.acceptedAt);
		return {
			...noFailure,
			task,
			family: familyOf(task.reference, task.facts),
			ready: task.ready ?? readyOf(this.provider, task.facts.model),
			random: host.random(),
			born: host.elapsed() - age,
			addedAt: host.elapsed(),
		};
	}

	/** Only a task that was looked at in time, or shortly before, tells when it was done. */
	private learn({ family, born, addedAt, lastRunning, task }: Entry<Task>, now: number) {
		if (task.acceptedAt === undefined) return;
		const seen = now - born;
		const before = lastRunning === undefined ? undefined : lastRunning - born;
		const wasInTime =
			before === undefined ? addedAt - born < seen * timely : before > seen * timely;
		if (wasInTime) this.times.add(family, seen, before);
	}

	private nextLook(entry: Entry<Task>, scouts: ReadonlySet<Entry<Task>>): number {
		const { task, family, lastLook, failures, retryAfter, random, ready, born } = entry;
		if (lastLook === undefined && (task.lookNow || task.acceptedAt === undefined)) return born;
		const next =
			born +
			nextLook({
				lastLook: lastLook === undefined ? undefined : lastLook - born,
				earliest: ready.earliest * 1000,
				typical: ready.typical * 1000,
				learned: this.times.of(family),
				scout: scouts.has(entry),
				failures,
				retryAfter,
				fixedInterval: task.fixedInterval,
				random,
			});
		return Math.min(next, task.lookBy ?? Infinity);
	}

	private scoutsOf(): Set<Entry<Task>> {
		const families = new Map<string, Entry<Task>[]>();
		for (const entry of this.entries.values()) {
			const family = families.get(entry.family);
			if (family) family.push(entry);
			else families.set(entry.family, [entry]);
		}
		const oldest = (family: Entry<Task>[]) =>
			family.sort((one, other) => one.born - other.born).slice(0, this.scouts);
		return new Set([...families.values()].flatMap(oldest));
	}
}

function judgeError(error: VendorError, entry: Entry<unknown>, now: number): Judgement {
	Object.assign(entry, { lastLook: now, asking: false });
	if (error.isHopeless && error.category === 'notFound') {
		const since = entry.unknownSince ?? now;
		const looks = entry.unknownLooks + 1;
		Object.assign(entry, { ...noFailure, unknownSince: since, unknownLooks: looks });
		return { is: 'unknown', error, since: now - since, looks };
	}
	entry.failures++;
	entry.retryAfter = error.retryAfterMs;
	return { is: error.isHopeless ? 'hopeless' : 'unanswered', error };
}

/** When tasks of a model are done, whatever was ordered. */
function readyOf({ capabilities }: Provider, model?: string): Ready {
	const times = capabilities
		.filter((row) => row.model === model)
		.flatMap(({ outputs }) => outputs.map(({ ready }) => ready));
	if (times.length === 0) return { earliest: 15, typical: 120 };
	return {
		earliest: Math.min(...times.map(({ earliest }) => earliest)),
		typical: Math.min(...times.map(({ typical }) => typical)),
	};
}
