import type { FastifyRequest } from 'fastify';

import type { Phase, Task } from '../../tasks';
import { linkFor, taskAnswer } from '../answers';
import type { MiniMaxWorld } from '../settings';
import { WORDS as V1_WORDS } from '../v1/answers';

/** Templates never queue. */
export const WORDS: Record<Phase, string> = { ...V1_WORDS, queued: V1_WORDS.preparing };

/** `request` is the one that asks; a callback has none. */
export function view(
	world: MiniMaxWorld,
	task: Task,
	phase: Phase,
	word: string,
	request?: FastifyRequest,
) {
	const expiresAt = world.clock.now() + world.config().linkSeconds.template * 1000;
	const url = world.links.video(task, expiresAt);
	const result = { video_url: request ? linkFor(request, url) : url };
	return taskAnswer(task, phase, word, { video_url: '' }, result);
}
