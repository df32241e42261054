import { keepNewest } from '../../video/list';
import { NodeMemories } from '../shared/nodeMemories';
import type { VideoTask } from '../../video/task';
import { digestOf, digestsIn, digestsOf } from '../../video/trigger/digests';
import type { Outcome } from './outcome';

/** Tasks that are remembered: vendors repeat a callback for a day at the most. */
const remembered = 5000;
/** Milliseconds for which a task that the vendor did not know is not asked for again. */
const unknownFor = 60_000;
const unknownAtMost = 1000;

/**
 * Milliseconds after which the row of a task says whether it has fired: the execution that a call has
 * started may have died before it could claim it.
 */
export const rowsKnowAfter = 60_000;

/** A task that is being asked for. */
interface Following {
	readonly outcome: Promise<Outcome>;
	/** Tells how the task has ended, should somebody else find it out. */
	finish(task: VideoTask): void;
}

/**
 * What a callback trigger remembers in this process. Every call of a vendor gets a new copy of n8n's
 * static data, and whoever saves last wins: so all calls keep the same object there.
 */
export class CallbackMemory {
	/** Switched off meanwhile: what was followed up does not fire any more. */
	isClosed = false;

	/** Milliseconds for which a task counts as handled: see `rowsKnowAfter`. */
	handledFor = Infinity;

	/** For n8n's static data. */
	readonly kept = { handled: '' };

	readonly following = new Map<string, Following>();

	/** Digests of tasks, and when they were handled. */
	private handled = new Map<string, number>();

	private readonly unknown = new Map<string, number>();

	private restored = '';

	/** Takes in what static data holds, also what another process has written there. */
	restore(saved: unknown) {
		const digests = (saved as Partial<typeof this.kept> | undefined)?.handled;
		if (typeof digests !== 'string' || digests === this.kept.handled) return;
		if (digests === this.restored) return;
		this.restored = digests;
		const former = [...digestsIn(digests)].map((digest) => [digest, 0] as const);
		this.keep(new Map([...former, ...this.handled]));
	}

	/** Whether the task has fired, or needs not to. */
	isHandled(name: string, now: number): boolean {
		const time = this.handled.get(digestOf(name));
		return time !== undefined && now - time < this.handledFor;
	}

	handle(name: string, now: number) {
		this.keep(this.handled.set(digestOf(name), now));
	}

	/** Whether the vendor has just said that it does not know the task. */
	isUnknown(name: string, now: number): boolean {
		const time = this.unknown.get(name);
		return time !== undefined && now - time < unknownFor;
	}

	dismiss(name: string, now: number) {
		this.unknown.delete(name);
		this.unknown.set(name, now);
		keepNewest(this.unknown, unknownAtMost);
	}

	private keep(handled: Map<string, number>) {
		keepNewest(handled, remembered);
		this.handled = handled;
		this.kept.handled = digestsOf(this.handled.keys());
	}
}

export const memories = new NodeMemories(() => new CallbackMemory());

export const forgetCallbacks = () => memories.forget();
