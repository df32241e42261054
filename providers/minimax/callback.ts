import { z } from 'zod';
import { identifier, text } from '../../video/answers';
import type { Callback, CallbackReading } from '../../video/callback';
import { isFinal } from '../../video/task';
import { statusIn } from './decode';

const challengeSchema = z.object({ challenge: z.string().min(1).max(1000) });

const v2Schema = z.object({ task: z.object({ id: identifier, status: text }) });

const v1Schema = z.object({ task_id: identifier, status: text, video_url: text });

/**
 * MiniMax signs nothing. Sources: `callback_url` in
 * https://platform.minimax.io/docs/api-reference/video-generation-t2v and, for H3,
 * https://platform.minimax.io/docs/api-reference/video-generation-v2-callback
 */
export function readCallback({ body }: Callback): CallbackReading | undefined {
	const challenge = challengeSchema.safeParse(body);
	if (challenge.success) return { is: 'challenge', answer: challenge.data };
	const v2 = v2Schema.safeParse(body);
	if (v2.success) return oneTask(['v2'], v2.data.task.id, v2.data.task.status);
	const v1 = v1Schema.safeParse(body);
	if (!v1.success) return undefined;
	// Videos and templates are called back in the same form; only a template's may have a link.
	const kinds = v1.data.video_url === undefined ? ['v1', 'template'] : ['template', 'v1'];
	return oneTask(kinds, v1.data.task_id, v1.data.status);
}

function oneTask(kinds: readonly string[], id: string, word = ''): CallbackReading {
	const references = kinds.map((kind) => ({ provider: 'minimax', kind, id }));
	const status = statusIn(word);
	return { is: 'tasks', tasks: [{ references, ended: status === undefined || isFinal(status) }] };
}
