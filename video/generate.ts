import type { Downloaded } from './download';
import { download, TooLargeError } from './download';
import { StoppedError, VendorError } from './failure';
import type { Connection, StoredFile } from './host';
import type { Provider } from './provider';
import { formatReference } from './reference';
import { Slots } from './slots';
import type { Submission, Submitted } from './submit';
import { forget, repeat, submit } from './submit';
import type { Failure, KnownTask, TaskFacts, VideoTask } from './task';
import { withFacts } from './task';
import { Throttle } from './throttle';
import type { WatchResult } from './wait';
import { Watcher } from './wait';

/** One video to make, with its own wishes for the wait and the download. */
export interface Job {
	readonly submission: Submission;
	readonly ready: { readonly earliest: number; readonly typical: number };
	readonly wait?: WaitWishes;
	readonly download?: DownloadWishes;
	/** Called right after the vendor accepted the task and before any waiting. Gives hints. */
	readonly onAccepted?: (task: VideoTask) => Promise<readonly string[]>;
	/** Called when a wait has ended with a final status. Gives hints. */
	readonly onFinal?: (task: VideoTask) => Promise<readonly string[]>;
}

export interface WaitWishes {
	/** Milliseconds. */
	readonly timeout: number;
	/** Milliseconds; absent for the automatic schedule. */
	readonly fixedInterval?: number;
	readonly onTimeout: 'fail' | 'returnPending';
}

export interface DownloadWishes {
	/** Bytes. */
	readonly maxBytes: number;
	/** Without an extension. */
	readonly baseName?: string;
}

export interface Made {
	readonly task: VideoTask;
	/** One for each video of the task, in order. */
	readonly files: readonly StoredFile[];
	/** Why there is no file although one was asked for. */
	readonly downloadSkipped?: string;
	/** What the person should know, because it is not as they may think. */
	readonly hints: readonly string[];
	/** What is good to know of a video that is as it should be. */
	readonly notes?: readonly string[];
}

/** A job that did not end with a video. `task` is there as soon as the vendor has accepted it. */
export class JobError extends Error {
	constructor(
		readonly failure: Failure,
		readonly task?: KnownTask,
		/** What the person should know besides. */
		readonly hints: readonly string[] = [],
	) {
		super(failure.message);
		this.name = 'JobError';
	}
}

/** Without a wait there is still some patience for a vendor that asks to come back later. */
const submitPatienceMs = 5 * 60_000;
const downloadPatienceMs = 10 * 60_000;
const downloadsAtOnce = 3;

interface Account {
	readonly watcher: Watcher;
	readonly throttles: Map<string, Throttle>;
	readonly inFlight: Map<string, Slots>;
}

/**
 * Makes videos: submits all with bounded concurrency under each vendor's rate limit, waits for all
 * together, downloads each as soon as it is there. Keeps order; one job's failure touches no other.
 */
export class Generator {
	private readonly submitSlots: Slots;

	private readonly downloadSlots = new Slots(downloadsAtOnce);

	private readonly accounts = new Map<Connection, Account>();

	private readonly taken = new Set<string>();

	constructor(private readonly concurrency: number) {
		this.submitSlots = new Slots(concurrency);
	}

	async makeAll(jobs: readonly Job[]): Promise<Array<Made | JobError>> {
		return await Promise.all(jobs.map(async (job) => await this.outcome(job)));
	}

	private async outcome(job: Job): Promise<Made | JobError> {
		try {
			return await this.make(job);
		} catch (cause) {
			if (cause instanceof JobError) return cause;
			return asJobError(cause);
		}
	}

	private async make(job: Job): Promise<Made> {
		const limit = this.inFlight(job.submission);
		const whole = async () => {
			const submitted = await this.submit(job);
			const recorded = (await job.onAccepted?.(submitted.task)) ?? [];
			const hints = [...submitted.hints, ...recorded];
			if (!job.wait) return { task: submitted.task, files: [], hints };
			const result = await this.wait(job, job.wait, submitted);
			if (result.end === 'final') hints.push(...((await job.onFinal?.(result.task)) ?? []));
			const task = ended(result, job.wait, job.submission.provider.name, hints);
			return { task, files: [], hints };
		};
		const made = job.wait && limit ? await limit.run(whole) : await whole();
		if (made.task.status !== 'completed' || !job.download) return made;
		return await this.download(job, job.download, made);
	}

	private async submit({ submission, wait }: Job): Promise<Submitted> {
		return await submit(submission, {
			slots: this.submitSlots,
			throttle: this.throttle(submission),
			taken: this.taken,
			deadline: submission.connection.host.now() + (wait?.timeout ?? submitPatienceMs),
		});
	}

	private async wait(job: Job, wishes: WaitWishes, submitted: Submitted): Promise<WatchResult> {
		const { submission, ready } = job;
		const { host } = submission.connection;
		const started = host.now();
		let result: WatchResult;
		try {
			result = await this.account(submission).watcher.until(submitted.task.reference, {
				deadline: started + wishes.timeout,
				fixedInterval: wishes.fixedInterval,
				ready,
				facts: submitted.task,
				acceptedAt: submitted.acceptedAt,
			});
		} catch (cause) {
			throw asJobError(cause, submitted.task);
		}
		if (result.end === 'final' && result.task.failure?.retryable) {
			// The vendor has given it up and may do better next time: a retry may make a new one.
			forget(submission);
		}
		return result;
	}

	private async download(job: Job, wishes: DownloadWishes, made: Made): Promise<Made> {
		const { connection, provider } = job.submission;
		const downloader = { connection, provider, slots: this.downloadSlots };
		const downloaded = await downloadAll(downloader, made.task, wishes);
		return { ...downloaded, hints: [...made.hints, ...downloaded.hints] };
	}

	private account({ connection, provider }: Submission): Account {
		let account = this.accounts.get(connection);
		if (!account) {
			account = {
				watcher: new Watcher(provider, connection, Math.max(5, this.concurrency)),
				throttles: new Map(),
				inFlight: new Map(),
			};
			this.accounts.set(connection, account);
		}
		return account;
	}

	private throttle(submission: Submission): Throttle {
		const { throttles } = this.account(submission);
		let throttle = throttles.get(submission.kind);
		if (!throttle) {
			throttle = new Throttle(submission.connection.host, kindOf(submission)?.createLimit);
			throttles.set(submission.kind, throttle);
		}
		return throttle;
	}

	private inFlight(submission: Submission): Slots | undefined {
		const limit = kindOf(submission)?.maxInFlight;
		if (limit === undefined) return undefined;
		const { inFlight } = this.account(submission);
		let slots = inFlight.get(submission.kind);
		if (!slots) {
			slots = new Slots(limit);
			inFlight.set(submission.kind, slots);
		}
		return slots;
	}
}

function kindOf({ provider, kind }: Submission) {
	return provider.kinds.find((one) => one.kind === kind);
}

/** The task of a wait that ended well, or as the person allowed. Throws JobError. */
export function ended(
	result: WatchResult,
	wishes: WaitWishes,
	vendor: string,
	hints: readonly string[] = [],
): VideoTask {
	const { task } = result;
	if (result.end === 'error') {
		const { status, ...known } = task;
		const isUnknown = result.error.category === 'notFound';
		throw new JobError(result.error.toFailure(), isUnknown ? known : { ...known, status }, hints);
	}
	if (result.end === 'timeout') {
		if (wishes.onTimeout === 'returnPending') return task;
		throw new JobError(timedOut(task, wishes, vendor, result.lastError), task, hints);
	}
	if (task.status === 'completed') return task;
	const failure = task.failure ?? finalWithoutReason(task, vendor);
	throw new JobError(failure, { ...task, failure }, hints);
}

function timedOut(
	{ status }: VideoTask,
	{ timeout }: WaitWishes,
	vendor: string,
	lastError?: VendorError,
): Failure {
	const minutes = Math.round(timeout / 6000) / 10;
	const last = lastError
		? `The last answer was: ${lastError.message}`
		: `Its last status was ${status}`;
	return {
		code: 'timeout',
		message: `The video was not ready after ${minutes} minutes. ${last}`,
		retryable: true,
		advice: `It goes on at ${vendor}. Pick it up with Hailuo Query Task, or raise Timeout.`,
	};
}

export function finalWithoutReason({ status }: VideoTask, vendor: string): Failure {
	return {
		code: status,
		message: `${vendor} gave the task the status ${status} without a reason`,
		retryable: status !== 'cancelled',
		advice: 'Look at the task in the vendor’s console, or make the video again.',
	};
}

export interface Downloader {
	readonly connection: Connection;
	readonly provider: Provider;
	readonly slots: Slots;
}

/** Downloads every video of a completed task. A file over the cap does not lose the task. */
export async function downloadAll(
	{ connection, provider, slots }: Downloader,
	completed: VideoTask,
	{ maxBytes, baseName }: DownloadWishes,
): Promise<Made> {
	const { host } = connection;
	const deadline = host.now() + downloadPatienceMs;
	let task = completed;
	const files: StoredFile[] = [];
	const freshen = async (old: VideoTask) => {
		const fresh = await repeat(
			connection,
			deadline,
			async () => await statusOf({ connection, provider }, old),
		);
		return withFacts(old, fresh);
	};
	try {
		for (let index = 0; index < completed.videos.length; index++) {
			const name = baseName ?? fileName(completed, index);
			const options = { maxBytes, deadline, baseName: name };
			const downloaded: Downloaded = await slots.run(
				async () => await download(connection, task, index, freshen, options),
			);
			task = downloaded.task;
			files.push(downloaded.file);
		}
	} catch (cause) {
		if (!(cause instanceof TooLargeError)) throw asJobError(cause, task);
		return { task, files, downloadSkipped: cause.message, hints: [cause.message] };
	}
	return { task, files, hints: [] };
}

function fileName({ reference }: VideoTask, index: number): string {
	const id = reference.id.replace(/[^\w-]+/g, '-').slice(-40);
	return `hailuo-${id}${index > 0 ? `-${index + 1}` : ''}`;
}

/** Asks once for one task. Throws VendorError. */
export async function statusOf(
	{ connection, provider }: { connection: Connection; provider: Provider },
	{ reference, ...facts }: VideoTask,
): Promise<VideoTask> {
	const [answer] = await provider.status(connection, [reference], [facts as TaskFacts]);
	if (answer instanceof VendorError) throw answer;
	return answer;
}

/** Everything that can go wrong with a job, as the one error that people see. */
export function asJobError(cause: unknown, task?: KnownTask): JobError {
	if (cause instanceof JobError) return cause;
	if (cause instanceof VendorError) return new JobError(cause.toFailure(), task);
	if (cause instanceof StoppedError) {
		const goesOn = task ? ` ${formatReference(task.reference)} goes on at the vendor.` : '';
		return new JobError(
			{
				code: 'stopped',
				message: `The execution was stopped.${goesOn}`,
				retryable: true,
				advice: task
					? 'Pick the task up with Hailuo Query Task.'
					: 'If its request was already on the way, the vendor may have accepted it: look in the vendor’s console before you run it again.',
			},
			task,
		);
	}
	const message = cause instanceof Error ? cause.message : String(cause);
	return new JobError(
		{ message, retryable: false, advice: 'Please report this with the version of the package.' },
		task,
	);
}
