import type { z } from 'zod';
import { failureOf, VendorError } from '../../video/failure';
import type { TaskReference } from '../../video/reference';
import type { TaskStatus, VideoTask } from '../../video/task';
import { meaningOf, vendor } from './errors';
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

/** The status in our words; a word that nobody knows is a task that still runs. */
export function statusOf(word: string): TaskStatus {
	return statuses.get(word.toLowerCase()) ?? 'processing';
}

function isoOf(seconds?: number): string | undefined {
	const date = new Date((seconds ?? NaN) * 1000);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Template links live 9 hours, links of files/retrieve 1 hour (the shorter of two readings). */
export const linkSeconds = { v1: 3600, template: 9 * 3600 } as const;

export function linkExpiry(kind: keyof typeof linkSeconds, now: number): string {
	return new Date(now + linkSeconds[kind] * 1000).toISOString();
}

/** A task of the first generation, without the link, which needs one more request for `v1`. */
export function decodeV1(
	reference: TaskReference,
	answer: z.output<typeof queriedV1Schema>,
	now: number,
): VideoTask {
	const status = statusOf(answer.status ?? '');
	const code = answer.base_resp?.status_code;
	const text = answer.base_resp?.status_msg;
	const failed = status === 'failed';
	return {
		reference,
		status,
		videos: answer.video_url
			? [{ url: answer.video_url, expiresAt: linkExpiry('template', now) }]
			: [],
		...(answer.video_width && { width: answer.video_width }),
		...(answer.video_height && { height: answer.video_height }),
		...(failed && { failure: v1Failure(code, text) }),
		raw: answer,
	};
}

function v1Failure(code: string | undefined, text: string | undefined) {
	if (code !== undefined && code !== '0') return failureOf(meaningOf(code, text), code, text);
	return {
		message: 'MiniMax could not make the video and gave no reason',
		retryable: true,
		advice: 'Make the video again. If it fails again, change the Prompt or the image.',
	};
}

export function decodeV2(task: z.output<typeof taskV2Schema>): VideoTask {
	const status = statusOf(task.status);
	const { code, message } = task.error ?? {};
	const made = isoOf(task.created_at);
	const ended = isoOf(task.updated_at);
	return {
		reference: { provider: 'minimax', kind: 'v2', id: task.id },
		status,
		videos: task.content?.url ? [{ url: task.content.url }] : [],
		...(task.model && { model: task.model }),
		...(task.resolution && { resolution: task.resolution }),
		...(task.duration && { durationSeconds: task.duration }),
		...(made && { createdAt: made }),
		...(ended && status === 'completed' && { completedAt: ended }),
		...(status === 'failed' && { failure: v1Failure(code, message) }),
		raw: task,
	};
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
