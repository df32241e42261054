import type { Provider } from '../provider';
import type { TaskReference } from '../reference';
import { nextLook } from '../schedule';

/** A task that is not known to be final, as the schedule needs it. All times in milliseconds. */
export interface PendingTask {
	/** The task reference. */
	readonly name: string;
	readonly reference: TaskReference;
	readonly model?: string;
	/** When it was made, as far as is known. */
	readonly created?: number;
}

interface Look {
	readonly random: number;
	/** Stands in where nobody knows when the task was made. */
	readonly firstSeen: number;
	at?: number;
	failures: number;
	retryAfter?: number;
	unknownSince?: number;
	unknownLooks: number;
}

/** Tasks of one vendor that are looked at closely; of more, only the oldest ones are. */
const scouts = 20;
/** A vendor may lose sight of a task for a while; after that it is gone. */
const unknownFor = { milliseconds: 600_000, looks: 4 };

/**
 * When to look at which task. Lost at a restart, when everything is due again. A clock that jumps
 * makes tasks due, never late.
 */
export class Looks {
	private readonly looks = new Map<string, Look>();

	private readonly learned = new Map<string, number>();

	constructor(private readonly random: () => number) {}

	/** The tasks of one vendor that are due, those that waited longest first. */
	due<Task extends PendingTask>(provider: Provider, tasks: readonly Task[], now: number): Task[] {
		const known = tasks.map((task) => ({ task, look: this.lookOf(task.name, now) }));
		const byAge = [...tasks].sort((one, other) => (one.created ?? 0) - (other.created ?? 0));
		const close = new Set(byAge.slice(0, scouts).map(({ name }) => name));
		const isDue = ({ task, look }: (typeof known)[number]) =>
			this.isDue(provider, task, look, close.has(task.name), now);
		return known
			.filter(isDue)
			.sort((one, other) => (one.look.at ?? -Infinity) - (other.look.at ?? -Infinity))
			.map(({ task }) => task);
	}

	answered(task: PendingTask, now: number) {
		Object.assign(this.lookOf(task.name, now), {
			at: now,
			failures: 0,
			retryAfter: undefined,
			unknownSince: undefined,
			unknownLooks: 0,
		});
	}

	/** The task is final: what its kind takes is known, and it needs no more looks. */
	finished(task: PendingTask, now: number) {
		const { at } = this.lookOf(task.name, now);
		const age = now - (task.created ?? now);
		// Only a task that was looked at shortly before tells when it was ready.
		if (at !== undefined && now - at < 30_000 && age > 0) this.learned.set(familyOf(task), age);
		this.looks.delete(task.name);
	}

	failed(task: PendingTask, retryAfter: number | undefined, now: number) {
		const look = this.lookOf(task.name, now);
		Object.assign(look, { at: now, failures: look.failures + 1, retryAfter });
	}

	/** True when the vendor has not known the task for so long that it is gone. */
	unknown(task: PendingTask, now: number): boolean {
		const look = this.lookOf(task.name, now);
		const since = look.unknownSince ?? now;
		Object.assign(look, {
			at: now,
			failures: 0,
			unknownSince: Math.min(since, now),
			unknownLooks: look.unknownLooks + 1,
		});
		return look.unknownLooks >= unknownFor.looks && now - since >= unknownFor.milliseconds;
	}

	/** Forgets all other tasks. */
	keep(names: ReadonlySet<string>) {
		for (const name of this.looks.keys()) if (!names.has(name)) this.looks.delete(name);
	}

	private lookOf(name: string, now: number): Look {
		const known = this.looks.get(name);
		if (known) return known;
		const look = { random: this.random(), firstSeen: now, failures: 0, unknownLooks: 0 };
		this.looks.set(name, look);
		return look;
	}

	private isDue(
		provider: Provider,
		task: PendingTask,
		look: Look,
		scout: boolean,
		now: number,
	): boolean {
		const accepted = task.created ?? look.firstSeen;
		const { at = accepted } = look;
		if (now < accepted || now < at) return true;
		const { earliest, typical } = readyOf(provider, task.model);
		const next = nextLook({
			lastLook: look.at === undefined ? undefined : look.at - accepted,
			earliest,
			typical,
			learned: this.learned.get(familyOf(task)),
			scout,
			failures: look.failures,
			retryAfter: look.retryAfter,
			random: look.random,
		});
		return now >= accepted + next;
	}
}

const familyOf = ({ reference, model }: PendingTask) =>
	[reference.provider, reference.kind, model].join(' ');

/** How long tasks of a model take, whatever was ordered. */
function readyOf(
	{ capabilities }: Provider,
	model?: string,
): { earliest: number; typical: number } {
	const outputs = capabilities
		.filter((one) => one.model === model)
		.flatMap((one) => one.outputs.map(({ ready }) => ready));
	const least = (values: number[], otherwise: number) =>
		1000 * (values.length > 0 ? Math.min(...values) : otherwise);
	return {
		earliest: least(
			outputs.map(({ earliest }) => earliest),
			15,
		),
		typical: least(
			outputs.map(({ typical }) => typical),
			120,
		),
	};
}
