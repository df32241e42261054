import type { z } from 'zod';
import { linksIn, timesOf } from '../../video/answers';
import { failureOf } from '../../video/failure';
import { wordsIn } from '../../video/answerErrors';
import {
	type Cost,
	type Failure,
	type TaskStatus,
	type VideoTask,
	withoutAbsent,
} from '../../video/task';
import { modelName } from './encode';
import { meaningOfFailure } from './errors';
import type { jobSchema } from './wire';

const statuses: ReadonlyMap<string, TaskStatus> = new Map([
	['QUEUED', 'queued'],
	['PROCESSING', 'processing'],
	['COMPLETED', 'completed'],
	['FAILED', 'failed'],
	['CANCELLED', 'cancelled'],
]);

/** The status in our words; a word that nobody knows is a task that still runs. */
export function statusOf(word: string): TaskStatus {
	return statuses.get(word.toUpperCase()) ?? 'processing';
}

/** The vendor's word for a status; undefined where it has none. */
export function wordOf(status: TaskStatus): string | undefined {
	// An expired job stays completed at the vendor.
	const wanted = status === 'expired' ? 'completed' : status;
	return [...statuses].find(([, meaning]) => meaning === wanted)?.[0];
}

const removed: Failure = {
	code: 'expired',
	message: 'Apiframe has deleted the video: it keeps finished videos for a short time only',
	retryable: false,
	advice: 'Make the video again, and download it as soon as it is completed.',
};

export function decode(job: z.output<typeof jobSchema>): VideoTask {
	const word = statusOf(job.status);
	const status = word === 'completed' && job.expired === true ? 'expired' : word;
	const words = wordsIn(job.error);
	const hasEnded = status === 'completed' || status === 'expired';
	return {
		reference: { provider: 'apiframe', kind: 'video', id: job.id },
		status,
		videos: status === 'completed' ? linksIn(job.result).map((url) => ({ url })) : [],
		...withoutAbsent({
			model: job.model && modelName(job.model),
			progress: job.progress,
			cost: costOf(job.creditCost),
			...timesOf(
				Date.parse(job.createdAt ?? ''),
				hasEnded ? Date.parse(job.completedAt ?? '') : undefined,
			),
			failure:
				status === 'failed' ? failureOf(meaningOfFailure(words), undefined, words) : undefined,
		}),
		...(status === 'expired' && { failure: removed }),
		raw: job.raw,
	};
}

/** Reserved while a job runs, then charged; 0 for one that failed. */
function costOf(amount?: number): Cost | undefined {
	return amount === undefined ? undefined : { amount, unit: 'credits', source: 'provider' };
}
