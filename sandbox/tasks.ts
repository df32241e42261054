import type { SandboxConfig, Vendor } from './config';
import type { Ledger, Unit } from './ledger';

export type TaskKind = 'v1' | 'v2' | 'template' | 'video';
export type Phase = 'preparing' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface NewTask {
	id: string;
	vendor: Vendor;
	kind: TaskKind;
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
	/** What only this vendor needs to know about its task. */
	details?: Record<string, unknown>;
}

export interface Task extends NewTask {
	createdAt: number;
	endsAt: number;
	failureCode?: string;
	failureIsCharged: boolean;
	cancelledAt?: number;
	refunded: boolean;
}

export interface Clock {
	now(): number;
}

/** The share of its time that a task has spent when it leaves these phases. */
const PREPARED = 0.1;
const DEQUEUED = 0.3;

const FINAL: Phase[] = ['succeeded', 'failed', 'cancelled'];
export const isFinal = (phase: Phase): boolean => FINAL.includes(phase);

let lastNumber = 0;

/**
 * 18 digits, always odd: far above 2^53, where doubles are 32 apart, so that a client that reads an
 * ID as a number asks for a task that does not exist.
 */
export function numericId(): string {
	lastNumber += 1;
	return String(BigInt(Date.now()) * 131072n + BigInt((lastNumber % 65536) * 2 + 1));
}

/** `{{sandbox seconds=12 fail=1027 charged=yes}}` in a prompt or template text. */
function markers(text: string): Record<string, string> {
	const words = /\{\{\s*sandbox\s+([^}]*)\}\}/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
	return Object.fromEntries(
		words.map((word) => {
			const [name, ...value] = word.split('=');
			return [name, value.join('=')];
		}),
	) as Record<string, string>;
}

export class Tasks {
	private readonly tasks = new Map<string, Task>();

	constructor(
		private readonly clock: Clock,
		private readonly config: () => SandboxConfig,
		private readonly ledger: Ledger,
	) {}

	/** Accepts a task: from here on it runs, and its key has paid. */
	create(request: NewTask): Task {
		const { seconds, fail, charged } = markers(request.text);
		const createdAt = this.clock.now();
		const taskSeconds =
			seconds !== undefined && Number.isFinite(Number(seconds))
				? Number(seconds)
				: this.config().secondsPerTask[request.vendor];
		const task: Task = {
			...request,
			createdAt,
			endsAt: createdAt + taskSeconds * 1000,
			failureCode: fail,
			failureIsCharged: charged === 'yes',
			refunded: false,
		};
		this.tasks.set(`${task.vendor} ${task.id}`, task);
		this.record(task, 'charge', createdAt);
		return task;
	}

	/** A task is visible to the key that made it, and to no other. */
	find(vendor: Vendor, key: string, id: string, kind?: TaskKind): Task | undefined {
		const task = this.tasks.get(`${vendor} ${id}`);
		if (!task || task.key !== key || (kind && task.kind !== kind)) return undefined;
		return task;
	}

	/** Newest first. */
	list(vendor: Vendor, key: string, kind?: TaskKind): Task[] {
		return this.all()
			.filter((task) => task.vendor === vendor && task.key === key)
			.filter((task) => !kind || task.kind === kind)
			.reverse();
	}

	/** Oldest first. */
	all(): Task[] {
		return [...this.tasks.values()];
	}

	exists(vendor: Vendor, id: string): boolean {
		return this.tasks.has(`${vendor} ${id}`);
	}

	get(vendor: Vendor, id: string): Task | undefined {
		return this.tasks.get(`${vendor} ${id}`);
	}

	phase(task: Task): Phase {
		if (task.cancelledAt !== undefined) return 'cancelled';
		const now = this.clock.now();
		if (now >= task.endsAt) {
			if (task.failureCode === undefined) return 'succeeded';
			this.refundFailure(task);
			return 'failed';
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

	cancel(task: Task): void {
		task.cancelledAt = this.clock.now();
		this.refund(task, task.cancelledAt);
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

	private refundFailure(task: Task): void {
		if (!task.failureIsCharged) this.refund(task, task.endsAt);
	}

	private refund(task: Task, time: number): void {
		if (task.refunded) return;
		task.refunded = true;
		this.record(task, 'refund', time);
	}

	private record(task: Task, kind: 'charge' | 'refund', time: number): void {
		const amount = kind === 'charge' ? task.price.amount : -task.price.amount;
		const { key, vendor, id } = task;
		this.ledger.add({ key, vendor, taskId: id, kind, amount, unit: task.price.unit, time });
	}
}
