import type { z } from 'zod';
import { linksIn, timesOf } from '../../video/answers';
import type { TaskReference } from '../../video/reference';
import { type TaskStatus, type VideoTask, withoutAbsent } from '../../video/task';
import { failureFrom } from './errors';
import type { queriedV1Schema, taskV2Schema } from './wire';

const statuses: ReadonlyMap<string, TaskStatus> = new Map<string, TaskStatus>([
	['preparing', 'queued'],
	['queueing', 'queued'],
	['queued', 'queued'],
	['processing', 'processing'],
	['running', 'processing'],
	['success', 'completed'],
	['succeeded', 'completed'],
	['fail', 'failed'],
	['failed', 'failed'],
	['cancelled', 'cancelled'],
	['expired', 'expired'],
]);

/** The status in our words; undefined for a word that nobody knows. */
export function statusIn(word: string): TaskStatus | undefined {
	return statuses.get(word.toLowerCase());
}

/** A word that nobody knows is a task that still runs. */
export function statusOf(word: string): TaskStatus {
	return statusIn(word) ?? 'processing';
}

/** Template links live 9 hours, links of files/retrieve 1 hour (the shorter of two readings). */
const linkSeconds = { v1: 3600, template: 9 * 3600 } as const;

/** The video behind a link of the first generation, in whose samples links may have no scheme. */
export function videosAt(link: string | undefined, kind: keyof typeof linkSeconds, now: number) {
	if (link === undefined) return [];
	const expiresAt = new Date(now + linkSeconds[kind] * 1000).toISOString();
	const links = linksIn(/^[a-z][a-z\d+.-]*:/i.test(link) ? link : `https://${link}`);
	return links.map((url) => ({ url, expiresAt }));
}

/** A task of the first generation; the link of a `v1` task needs one more request. */
export function decodeV1(
	reference: TaskReference,
	answer: z.output<typeof queriedV1Schema>,
	now: number,
): VideoTask {
	const status = statusOf(answer.status ?? '');
	const { status_code: code, status_msg: words } = answer.base_resp ?? {};
	return {
		reference,
		status,
		videos: status === 'completed' ? videosAt(answer.video_url, 'template', now) : [],
		...withoutAbsent({
			width: answer.video_width || undefined,
			height: answer.video_height || undefined,
			failure: status === 'failed' ? failureFrom(code, words) : undefined,
		}),
		raw: answer.raw,
	};
}

export function decodeV2(task: z.output<typeof taskV2Schema>): VideoTask {
	const status = statusOf(task.status);
	const { code, words } = task.error;
	const { created_at: made = NaN, updated_at: changed = NaN } = task;
	return {
		reference: { provider: 'minimax', kind: 'v2', id: task.id },
		status,
		videos: status === 'completed' ? linksIn(task.content).map((url) => ({ url })) : [],
		...withoutAbsent({
			model: task.model,
			resolution: task.resolution,
			durationSeconds: task.duration || undefined,
			...timesOf(made * 1000, status === 'completed' ? changed * 1000 : undefined),
			failure: status === 'failed' ? failureFrom(code, words) : undefined,
		}),
		raw: task.raw,
	};
}
