import { InputError, StoppedError, VendorError } from './failure';
import type { Hint } from './hint';
import type { StoredFile } from './host';
import type { WaitWishes } from './order';
import { formatReference } from './reference';
import type { Attempt, Failure, KnownTask, VideoTask } from './task';
import type { WatchResult } from './watcher';

export interface Made {
	readonly task: VideoTask;
	/** One for each video of the task, in order. */
	readonly files: readonly StoredFile[];
	/** Why there is no file although one was asked for. */
	readonly downloadSkipped?: string;
	/** What the person should know, because it is not as they may think. */
	readonly hints: readonly Hint[];
	/** What is good to know of a video that is as it should be. */
	readonly notes?: readonly string[];
	/** It was ordered before, under its order key: this run has paid nothing for it. */
	readonly isPaidBefore?: boolean;
	/** Vendors that could not make it, in the order in which they were asked. */
	readonly attempts?: readonly Attempt[];
}

/** Where an error comes from, for those who decide what happens next. */
interface Origin {
	/** Why the create itself was not accepted; absent for every other error. */
	readonly refusal?: Pick<VendorError, 'category' | 'outcome'>;
	/** Other vendors that could not make it either. */
	readonly attempts?: readonly Attempt[];
}

/** An order that did not end with a video. `task` is there as soon as the vendor has accepted it. */
export class JobError extends Error {
	constructor(
		readonly failure: Failure,
		readonly task?: KnownTask,
		/** What the person should know besides. */
		readonly hints: readonly Hint[] = [],
		readonly origin: Origin = {},
	) {
		super(failure.message);
		this.name = 'JobError';
	}

	/** The same, after other vendors could not make it. */
	after(attempts: readonly Attempt[], hints: readonly Hint[]): JobError {
		const origin = { ...this.origin, attempts };
		return new JobError(this.failure, this.task, [...hints, ...this.hints], origin);
	}

	withHints(hints: readonly Hint[]): JobError {
		return new JobError(this.failure, this.task, hints, this.origin);
	}
}

/** The task of a wait that ended well, or as the person allowed; else what people are told. */
export function ended(
	result: WatchResult,
	wishes: WaitWishes,
	vendor: string,
	hints: readonly string[] = [],
): VideoTask | JobError {
	const { task } = result;
	if (result.end === 'error') {
		const { status, ...known } = task;
		const isUnknown = result.error.category === 'notFound';
		return new JobError(result.error.toFailure(), isUnknown ? known : { ...known, status }, hints);
	}
	if (result.end === 'timeout') {
		if (wishes.onTimeout === 'returnPending') return task;
		return new JobError(timedOut(task, wishes, vendor, result.lastError), task, hints);
	}
	if (task.status === 'completed') return task;
	const failure = task.failure ?? finalWithoutReason(task, vendor);
	return new JobError(failure, { ...task, failure }, hints);
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
		message: `The video was not ready after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. ${last}`,
		retryable: true,
		advice: `It goes on at ${vendor}. Pick it up with Hailuo Query Task, or raise Timeout.`,
	};
}

function finalWithoutReason({ status }: VideoTask, vendor: string): Failure {
	return {
		code: status,
		message: `${vendor} gave the task the status ${status} without a reason`,
		retryable: status !== 'cancelled',
		advice: 'Look at the task in the vendor’s console, or make the video again.',
	};
}

/** What the person should know of a video that was made, and is not all that was ordered. */
export function partialHints({ results = 1, failedResults = [] }: VideoTask): string[] {
	if (failedResults.length === 0) return [];
	const reasons = [...new Set(failedResults.map(({ message }) => message))].join('. ');
	return [`${failedResults.length} of ${results} videos could not be made: ${reasons}.`];
}

/** Everything that can go wrong with an order, as the one error that people see. */
export function asJobError(cause: unknown, task?: KnownTask): JobError {
	if (cause instanceof JobError) return cause;
	if (cause instanceof VendorError) {
		return new JobError(cause.toFailure(), task, [], { refusal: cause });
	}
	if (cause instanceof StoppedError) return stopped(task);
	if (cause instanceof InputError) {
		const { message, advice = '' } = cause;
		return new JobError({ message, retryable: false, advice }, task);
	}
	const message = cause instanceof Error ? cause.message : String(cause);
	return new JobError(
		{ message, retryable: false, advice: 'Please report this with the version of the package.' },
		task,
	);
}

function stopped(task?: KnownTask): JobError {
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
