import type { Ledger, Unit } from './ledger';
import type { Settings } from './settings';

export type Phase = 'preparing' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface NewTask {
	id: string;
	vendor: string;
	/** Which of the vendor's own kinds. */
	kind: string;
	key: string;
	model: string;
	/** Everything the user wrote: markers are looked for here. */
	text: string;
	/** The accepted body, as sent. */
	request: Record<string, unknown>;
	width: number;
	height: number;
	seconds: number;
	price: { amount: number; unit: Unit };
	/** How many videos were ordered; 1 unless given. */
	results?: number;
	/** What only this vendor needs to know about its task. */
	details?: Record<string, unknown>;
}

export interface Task extends NewTask {
	createdAt: number;
	endsAt: number;
	results: number;
	/** How many of the results fail. The task itself fails only with all of them. */
	failingResults: number;
	/** These fail at once, while the others still run. */
	failsFirst: boolean;
	failureCode?: string;
	failureIsCharged: boolean;
	cancelledAt?: number;
	refundedResults: number;
	/** Whether the ledger has it. */
	paid: boolean;
}

export interface Clock {
	now(): number;
}

/** The share of its time that a task has spent when it leaves these phases. */
const PREPARED = 0.1;
const DEQUEUED = 0.3;

const FINAL: Phase[] = ['succeeded', 'failed', 'cancelled'];
export const isFinal = (phase: Phase): boolean => FINAL.includes(phase);

/** The share of its time by which one result of a task comes after the other. */
const RESULT_GAP = 0.1;

let lastNumber = 0;

/**
 * 18 digits, always odd: far above 2^53, where doubles are 32 apart, so that a client that reads an
 * ID as a number asks for a task that does not exist.
 */
export function numericId(): string {
	lastNumber += 1;
	return String(BigInt(Date.now()) * 131072n + BigInt((lastNumber % 65536) * 2 + 1));
}

let lastFile = 0;

/** 15 digits, as file IDs have them in MiniMax's samples. */
export function fileId(): string {
	lastFile = Math.max(lastFile + 1, Date.now() * 100);
	return String(lastFile);
}

/** `{{sandbox seconds=12 fail=1027 charged=yes at=minimax}}` in a prompt or template text. */
function markers(text: string): Record<string, string> {
	const words = /\{\{\s*sandbox\s+([^}]*)\}\}/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
	return Object.fromEntries(
		words.map((word) => {
			const [name, ...value] = word.split('=');
			return [name, value.join('=')];
		}),
	) as Record<string, string>;
}

/** Whether the text asks for a refusal of the create: `{{sandbox refuse=content}}`. */
export const isContentRefused = (text: string): boolean => markers(text).refuse === 'content';

/** What the text asks of this vendor. */
function wishes({ text, vendor }: NewTask): Record<string, string | undefined> {
	const { at = vendor, ...marked } = markers(text);
	return at === vendor ? marked : {};
}

/** What a marker counts; undefined unless it is a number from 0 on. */
function amount(value: string | undefined): number | undefined {
	const number = value === undefined || value === '' ? NaN : Number(value);
	return Number.isFinite(number) && number >= 0 ? number : undefined;
}

export class Tasks {
	private readonly tasks = new Map<string, Task>();

	constructor(
		private readonly clock: Clock,
		private readonly config: () => Settings,
		private readonly ledger: Ledger,
	) {}

	/** Accepts a task: from here on it runs, and its key has paid. */
	create(request: NewTask): Task {
		const { seconds, fail, failResults, failFirst, charged } = wishes(request);
		const task = this.add(request, this.clock.now(), amount(seconds));
		const failing = Math.min(Math.floor(amount(failResults) ?? task.results), task.results);
		Object.assign(task, {
			failingResults: fail === undefined && failResults === undefined ? 0 : failing,
			failsFirst: failFirst === 'yes',
			failureCode: fail,
			failureIsCharged: charged === 'yes',
			paid: true,
		} satisfies Partial<Task>);
		this.record(task, task.price.amount, task.createdAt);
		return task;
	}

	/** Keeps a task that somebody made at that time, in milliseconds: nothing is charged. */
	add(request: NewTask, createdAt: number, seconds = this.usualSeconds(request.vendor)): Task {
		const task: Task = {
			...request,
			createdAt,
			endsAt: createdAt + seconds * 1000,
			results: request.results ?? 1,
			failingResults: 0,
			failsFirst: false,
			failureIsCharged: false,
			refundedResults: 0,
			paid: false,
		};
		this.tasks.set(`${task.vendor} ${task.id}`, task);
		return task;
	}

	/** A task is visible to the key that made it, and to no other. */
	find(vendor: string, key: string, id: string, kind?: string): Task | undefined {
		const task = this.get(vendor, id);
		if (!task || task.key !== key || (kind && task.kind !== kind)) return undefined;
		return task;
	}

	/** Newest first. */
	list(vendor: string, key: string, kind?: string): Task[] {
		return this.all()
			.filter((task) => task.vendor === vendor && task.key === key)
			.filter((task) => !kind || task.kind === kind)
			.reverse()
			.sort((a, b) => b.createdAt - a.createdAt);
	}

	/** In the order in which they became known. */
	all(): Task[] {
		return [...this.tasks.values()];
	}

	get(vendor: string, id: string): Task | undefined {
		return this.tasks.get(`${vendor} ${id}`);
	}

	phase(task: Task): Phase {
		if (task.cancelledAt !== undefined) return 'cancelled';
		this.refundFailures(task);
		if (this.clock.now() >= task.endsAt) {
			return task.failingResults < task.results ? 'succeeded' : 'failed';
		}
		const spent = this.spentShare(task);
		if (spent < PREPARED) return 'preparing';
		return spent < DEQUEUED ? 'queued' : 'running';
	}

	/** Percent, 0 until the task runs. */
	progress(task: Task): number {
		const phase = this.phase(task);
		if (phase === 'succeeded') return 100;
		if (phase !== 'running') return 0;
		return Math.floor(((this.spentShare(task) - DEQUEUED) / (1 - DEQUEUED)) * 100);
	}

	/** When the task reached the phase that it is in, in milliseconds. */
	changedAt(task: Task): number {
		switch (this.phase(task)) {
			case 'cancelled':
				return task.cancelledAt ?? task.createdAt;
			case 'succeeded':
			case 'failed':
				return task.endsAt;
			case 'running':
				return task.createdAt + (task.endsAt - task.createdAt) * DEQUEUED;
			default:
				return task.createdAt;
		}
	}

	/**
	 * When this result of a task is there, or has failed, in milliseconds. They come one by one: the
	 * last when the task ends, each other a bit earlier.
	 */
	resultTime(task: Task, index: number): number {
		const fails = this.resultFails(task, index);
		if (fails && task.failsFirst) return task.createdAt;
		if (task.failingResults === task.results) return task.endsAt;
		return task.endsAt - (task.endsAt - task.createdAt) * RESULT_GAP * (task.results - 1 - index);
	}

	/** Those that fail are the last ones, or with `failFirst` the first ones. */
	resultFails(task: Task, index: number): boolean {
		return task.failsFirst
			? index < task.failingResults
			: index >= task.results - task.failingResults;
	}

	/** The results, by number, that are there or have failed by now. */
	resultsByNow(task: Task): number[] {
		const now = this.clock.now();
		return Array.from({ length: task.results }, (_value, index) => index).filter(
			(index) => now >= this.resultTime(task, index),
		);
	}

	cancel(task: Task): void {
		task.cancelledAt = this.clock.now();
		this.record(task, -task.price.amount, task.cancelledAt);
	}

	remove(task: Task): void {
		this.tasks.delete(`${task.vendor} ${task.id}`);
	}

	/** Books the refunds of all tasks that have failed by now. */
	settle(): void {
		for (const task of this.tasks.values()) this.phase(task);
	}

	reset(): void {
		this.tasks.clear();
	}

	private spentShare(task: Task): number {
		return (this.clock.now() - task.createdAt) / (task.endsAt - task.createdAt);
	}

	private usualSeconds(vendor: string): number {
		return this.config().secondsPerTask[vendor];
	}

	/** One entry for each result that has failed by now. */
	private refundFailures(task: Task): void {
		if (task.failureIsCharged || task.refundedResults === task.failingResults) return;
		const failed = this.resultsByNow(task).filter((index) => this.resultFails(task, index));
		for (const index of failed.slice(task.refundedResults)) {
			this.record(task, -task.price.amount / task.results, this.resultTime(task, index));
		}
		task.refundedResults = failed.length;
	}

	/** A refund is negative. */
	private record(task: Task, amount: number, time: number): void {
		const { key, vendor, id, price, paid } = task;
		if (!paid) return;
		this.ledger.add({
			key,
			vendor,
			taskId: id,
			kind: amount < 0 ? 'refund' : 'charge',
			amount: Math.round(amount * 1e6) / 1e6,
			unit: price.unit,
			time,
		});
	}
}
