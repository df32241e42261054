import type { FastifyRequest } from 'fastify';

import type { Phase, Task } from '../../tasks';
import { baseResp, failureText, linkFor, succeeded } from '../answers';
import type { MiniMaxWorld } from '../settings';

/** Templates never queue. */
export const WORDS: Record<Phase, string> = {
	preparing: 'Preparing',
	queued: 'Preparing',
	running: 'Processing',
	succeeded: 'Success',
	failed: 'Fail',
	cancelled: 'Fail',
};

/** `request` is the one that asks; a callback has none. */
export function view(
	world: MiniMaxWorld,
	task: Task,
	phase: Phase,
	word: string,
	request?: FastifyRequest,
) {
	const head = { task_id: task.id, status: word };
	if (phase === 'failed') {
		const code = task.failureCode ?? '1000';
		return { ...head, video_url: '', ...baseResp(Number(code), failureText(code)) };
	}
	if (phase !== 'succeeded') return succeeded({ ...head, video_url: '' });
	const expiresAt = world.clock.now() + world.config().linkSeconds.template * 1000;
	const url = world.links.video(task, expiresAt);
	return succeeded({ ...head, video_url: request ? linkFor(request, url) : url });
}
