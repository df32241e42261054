import type { z } from 'zod';
import { isoOf, linksIn, timesOf } from '../../video/answers';
import { failureOf } from '../../video/failure';
import { type TaskStatus, type Video, type VideoTask, withoutAbsent } from '../../video/task';
import { meaningOfFailure } from './errors';
import type { taskSchema } from './wire';

/** Words of the task page, of webhooks and of older answers. */
const statuses: ReadonlyMap<string, TaskStatus> = new Map([
	['queued', 'queued'],
	['pending', 'queued'],
	['submitted', 'queued'],
	['in_progress', 'processing'],
	['processing', 'processing'],
	['completed', 'completed'],
	['success', 'completed'],
	['succeeded', 'completed'],
	['failed', 'failed'],
	['failure', 'failed'],
]);

/** The status in our words; a word that nobody knows is a task that still runs. */
function statusOf(word: string): TaskStatus {
	return word === '' ? 'queued' : (statuses.get(word.toLowerCase()) ?? 'processing');
}

export function decode(task: z.output<typeof taskSchema>): VideoTask {
	const status = statusOf(task.status ?? '');
	const { code, type, words = task.fail_reason ?? task.message } = task.error;
	const { created_at: made = NaN, completed_at: ended = NaN } = task;
	return {
		reference: { provider: 'toapis', kind: 'video', id: task.id },
		status,
		videos: status === 'completed' ? videosOf(task) : [],
		...withoutAbsent({
			model: task.model,
			progress: task.progress,
			...timesOf(made * 1000, status === 'completed' ? ended * 1000 : undefined),
			failure:
				status === 'failed'
					? failureOf(meaningOfFailure(code ?? type, words), code, words)
					: undefined,
		}),
		raw: task.raw,
	};
}

function videosOf({ raw, expires_at: expiry = NaN }: z.output<typeof taskSchema>): Video[] {
	const expiresAt = isoOf(expiry * 1000);
	return linksIn(raw).map((url) => ({ url, ...(expiresAt && { expiresAt }) }));
}
