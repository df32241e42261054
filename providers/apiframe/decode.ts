import type { z } from 'zod';
import { failureOf, VendorError } from '../../video/failure';
import type { Cost, Failure, TaskStatus, VideoTask } from '../../video/task';
import { withoutAbsent } from '../../video/task';
import { modelName } from './encode';
import { meaningOfFailure, vendor } from './errors';
import type { jobSchema } from './wire';
import { resultSchema } from './wire';

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

function isoOf(text?: string | null): string | undefined {
	const date = new Date(text ?? NaN);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
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
	const result = resultSchema.safeParse(job.result);
	const text = job.error ?? undefined;
	return {
		reference: { provider: 'apiframe', kind: 'video', id: job.id },
		status,
		videos: status === 'completed' && result.success ? result.data.map((url) => ({ url })) : [],
		...withoutAbsent({
			model: job.model ? modelName(job.model) : undefined,
			progress: job.progress ?? undefined,
			cost: costOf(job.creditCost),
			createdAt: isoOf(job.createdAt),
			completedAt:
				status === 'completed' || status === 'expired' ? isoOf(job.completedAt) : undefined,
			failure: status === 'failed' ? failureOf(meaningOfFailure(text), undefined, text) : undefined,
		}),
		...(status === 'expired' && { failure: removed }),
		raw: job,
	};
}

/** Reserved while a job runs, then charged; 0 for one that failed. */
function costOf(amount?: number | null): Cost | undefined {
	return typeof amount === 'number' ? { amount, unit: 'credits', source: 'provider' } : undefined;
}

/** A finished task without a link is not finished for us: ask again. */
export function withoutLink(): VendorError {
	return new VendorError({
		category: 'server',
		outcome: 'unknown',
		message: `${vendor} says that the video is finished, but gives no link to it yet`,
		advice: 'Ask again later with Hailuo Query Task.',
	});
}
