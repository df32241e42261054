import { formatReference, type TaskReference } from './reference';

export const taskStatuses = [
	'queued',
	'processing',
	'completed',
	'failed',
	'cancelled',
	'expired',
] as const;

export type TaskStatus = (typeof taskStatuses)[number];

export interface Video {
	readonly url: string;
	/** When the link stops working, ISO 8601. Left out where the vendor does not say. */
	readonly expiresAt?: string;
}

export interface Cost {
	readonly amount: number;
	readonly unit: 'USD' | 'credits';
	/** `provider`: the vendor's own figure. `estimate`: ours, from its price list. */
	readonly source: 'provider' | 'estimate';
}

/** Why the vendor, or we, gave a task up. */
export interface Failure {
	readonly code?: string;
	/** What happened, one sentence. */
	readonly message: string;
	/** Whether the same request may succeed later. */
	readonly retryable: boolean;
	/** What to do, one sentence. */
	readonly advice: string;
}

/** A vendor that could not make a video. */
export interface Attempt {
	readonly provider: string;
	readonly taskRef?: string;
	readonly failure: Failure;
}

/** One generation at a vendor, in the words that every node of the package shares. */
export interface VideoTask {
	readonly reference: TaskReference;
	readonly status: TaskStatus;
	readonly model?: string;
	readonly mode?: string;
	readonly prompt?: string;
	/** 0 to 100. */
	readonly progress?: number;
	/** Empty until the task is completed. */
	readonly videos: readonly Video[];
	/** How many videos were ordered, where it was said: vendors may finish them one by one. */
	readonly results?: number;
	readonly resolution?: string;
	/** Pixels. */
	readonly width?: number;
	readonly height?: number;
	readonly durationSeconds?: number;
	readonly cost?: Cost;
	/** ISO 8601. */
	readonly createdAt?: string;
	readonly completedAt?: string;
	/** From the one to the other, by the vendor's clock. Left out where it does not say both. */
	readonly elapsedSeconds?: number;
	readonly failure?: Failure;
	/** Why some of several ordered videos are missing from a completed task. */
	readonly failedResults?: readonly Failure[];
	/** The vendor's own answer, for people who switch Simplify off. */
	readonly raw?: unknown;
}

/** A task that the vendor may not have answered for: then nobody knows its status. */
export type KnownTask = Omit<VideoTask, 'status'> & Partial<Pick<VideoTask, 'status'>>;

/** What is known of a task from the request that made it, and that vendors do not repeat. */
export type TaskFacts = Partial<
	Pick<
		VideoTask,
		| 'model'
		| 'mode'
		| 'prompt'
		| 'resolution'
		| 'durationSeconds'
		| 'cost'
		| 'createdAt'
		| 'width'
		| 'height'
		| 'results'
	>
>;

export type TaskItem = Record<string, unknown> & {
	taskRef: string;
	provider: string;
	taskId: string;
	status?: TaskStatus;
};

export function isFinal(status: TaskStatus): boolean {
	return status !== 'queued' && status !== 'processing';
}

/** Whether the vendor has not made it, which another one might. */
export function isGivenUp(status: TaskStatus | undefined): boolean {
	return status === 'failed' || status === 'expired';
}

/** The vendor's answer over what we knew before; absent facts do not erase known ones. */
export function withFacts(facts: TaskFacts, task: VideoTask): VideoTask {
	return { ...facts, ...(withoutAbsent(task) as VideoTask) };
}

/** The n8n item of a task. Absent facts are left out. */
export function taskItem(task: KnownTask, { simplify = true } = {}): TaskItem {
	return withoutAbsent(allFields(task, simplify)) as TaskItem;
}

/** In the order of the columns in n8n's table view, of which a narrow window shows the first three. */
function allFields(task: KnownTask, simplify: boolean) {
	const [first] = task.videos;
	return {
		taskRef: formatReference(task.reference),
		prompt: task.prompt,
		status: task.status,
		progress: task.status === 'completed' ? 100 : task.progress,
		videoUrl: first?.url,
		expiresAt: first?.expiresAt,
		videos: task.videos.length > 1 ? task.videos : undefined,
		provider: task.reference.provider,
		taskId: task.reference.id,
		model: task.model,
		mode: task.mode,
		resolution: task.resolution,
		width: task.width,
		height: task.height,
		durationSeconds: task.durationSeconds,
		cost: task.cost,
		createdAt: task.createdAt,
		completedAt: task.completedAt,
		elapsedSeconds: task.elapsedSeconds,
		numberResults: task.results !== undefined && task.results > 1 ? task.results : undefined,
		failedResults: task.failedResults,
		failure: task.failure,
		raw: simplify ? undefined : task.raw,
	};
}

/** What the item of a task may say, whether it does or not. */
export const taskFields: ReadonlySet<string> = new Set(
	Object.keys(allFields({ reference: { provider: '', kind: '', id: '' }, videos: [] }, false)),
);

export function withoutAbsent<T extends object>(value: T): Partial<T> {
	return Object.fromEntries(
		Object.entries(value).filter(([, entry]) => entry !== undefined),
	) as Partial<T>;
}
