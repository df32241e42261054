import type { FastifyRequest } from 'fastify';

import type { Phase, Task } from '../../tasks';
import { unixSeconds } from '../../world';
import { failureText, linkFor } from '../answers';
import type { MiniMaxWorld } from '../settings';

/** What a V2 task has beside the common facts. */
export interface Details {
	taskType: 'generation' | 'h3_context_ir' | 'regeneration';
	resolution: string;
	ratio: string;
	images: number;
	inputSeconds: number;
	audioSeconds: number;
}

export const WORDS: Record<Phase, string> = {
	preparing: 'queued',
	queued: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

/** What a context description costs, in tokens. */
export const CONTEXT_USAGE = { total_tokens: 9090, prompt_tokens: 5664, completion_tokens: 3426 };

/** `request` is the one that asks; a callback has none. */
export function view(world: MiniMaxWorld, task: Task, phase: Phase, request?: FastifyRequest) {
	const details = task.details as unknown as Details;
	const common = {
		id: task.id,
		model: task.model,
		status: WORDS[phase],
		...(phase === 'failed' && { error: failure(task) }),
		created_at: unixSeconds(task.createdAt),
		updated_at: unixSeconds(world.tasks.changedAt(task)),
		duration: task.seconds,
		ratio: details.ratio,
		task_type: details.taskType,
	};
	if (details.taskType === 'h3_context_ir') {
		const prompt = `integrated_multimodal_description: ${task.text}`;
		return {
			...common,
			...(phase === 'succeeded' && { content: { prompt } }),
			usage: phase === 'succeeded' ? CONTEXT_USAGE : {},
			modality: 'text',
		};
	}
	const expiresAt = world.clock.now() + world.config().linkSeconds.minimaxV2 * 1000;
	const url = world.links.video(task, expiresAt);
	return {
		...common,
		resolution: details.resolution,
		...(phase === 'succeeded' && { content: { url: request ? linkFor(request, url) : url } }),
		usage: phase === 'succeeded' ? usage(task, details) : {},
		modality: 'video',
	};
}

function failure(task: Task) {
	const code = task.failureCode ?? '1000';
	return { code, message: failureText(code) };
}

const usage = (task: Task, details: Details) => ({
	total_seconds: task.seconds + details.inputSeconds,
	input_seconds: details.inputSeconds,
	output_seconds: task.seconds,
	input_image_count: details.images,
	input_audio_seconds: details.audioSeconds,
	total_tokens: 54_778 * task.seconds,
	prompt_tokens: 2_700 * task.seconds,
	completion_tokens: 52_078 * task.seconds,
});
