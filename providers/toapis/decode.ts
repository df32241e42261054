import type { z } from 'zod';
import { failureOf, VendorError } from '../../video/failure';
import type { TaskStatus, Video, VideoTask } from '../../video/task';
import { withoutAbsent } from '../../video/task';
import { meaningOfFailure, vendor } from './errors';
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
export function statusOf(word: string): TaskStatus {
	return word === '' ? 'queued' : (statuses.get(word.toLowerCase()) ?? 'processing');
}

function isoOf(seconds?: number): string | undefined {
	const date = new Date((seconds || NaN) * 1000);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export function decode(task: z.output<typeof taskSchema>): VideoTask {
	const status = statusOf(task.status ?? '');
	const code = task.error?.code ?? undefined;
	const text = task.error?.message ?? task.fail_reason ?? undefined;
	return {
		reference: { provider: 'toapis', kind: 'video', id: task.id },
		status,
		videos: status === 'completed' ? videosOf(task) : [],
		...withoutAbsent({
			model: task.model ?? undefined,
			progress: task.progress,
			createdAt: isoOf(task.created_at),
			completedAt: status === 'completed' ? isoOf(task.completed_at) : undefined,
			failure:
				status === 'failed' ? failureOf(meaningOfFailure(code, text), code, text) : undefined,
		}),
		raw: task,
	};
}

function videosOf({
	result,
	url,
	video_url: videoUrl,
	expires_at: expiry,
}: z.output<typeof taskSchema>) {
	const listed = result?.data.map((video) => video?.url) ?? [];
	const links = [...new Set(listed.length > 0 ? listed : [url ?? videoUrl])].filter(Boolean);
	return links.map((link) => withoutAbsent({ url: link, expiresAt: isoOf(expiry) }) as Video);
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
