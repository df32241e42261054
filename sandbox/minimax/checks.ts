import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

import { isContentRefused } from '../tasks';
import { bearerKey, isBadKey, isPoorKey } from '../world';
import { type Refuse, v2Refusal } from './answers';
import type { MiniMaxWorld } from './settings';

/** V1 tells a missing key (1004) from a wrong one (2049); V2 says 1004 for both. */
export function authenticate(request: FastifyRequest, refuse: Refuse): string {
	const key = bearerKey(request);
	if (!key) throw refuse('noKey');
	if (isBadKey(key)) throw refuse(refuse === v2Refusal ? 'noKey' : 'badKey');
	return key;
}

/** The last checks of a create: what the text says, and whether the key can pay. */
export function checkContentAndBalance(text: string, key: string, refuse: Refuse): void {
	if (isContentRefused(text)) throw refuse('content');
	if (isPoorKey(key)) throw refuse('balance');
}

export function parse<Schema extends z.ZodTypeAny>(
	schema: Schema,
	body: unknown,
	refuse: Refuse,
): z.output<Schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data as z.output<Schema>;
	const [issue] = result.error.issues;
	throw refuse('params', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
}

/** MiniMax asks the callback URL for an echo before it accepts a task. */
export async function checkCallback(
	world: MiniMaxWorld,
	url: string | undefined,
	refuse: Refuse,
): Promise<void> {
	if (url !== undefined && !(await world.callbacks.answersChallenge(url))) {
		throw refuse('params', 'fail to check callback url');
	}
}
