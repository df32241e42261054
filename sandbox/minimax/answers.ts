import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';

import type { Phase, Task } from '../tasks';
import type { StockAnswer } from '../vendor';
import { Answer, entryOf } from '../world';

/** MiniMax's codes: V1 puts them in `base_resp`, V2 at the end of the message. */
const CODES = {
	unknown: { code: 1000, text: 'unknown error' },
	rateLimit: { code: 1002, text: 'rate limit' },
	noKey: { code: 1004, text: 'login fail: no API secret key in the Authorization header' },
	balance: { code: 1008, text: 'insufficient balance' },
	content: { code: 1026, text: 'input flagged as sensitive' },
	unavailable: { code: 1033, text: 'system error, downstream service failed' },
	params: { code: 2013, text: 'invalid params' },
	badKey: { code: 2049, text: 'invalid api key' },
} as const;
export type Cause = keyof typeof CODES;

const SUCCESS = { status_code: 0, status_msg: 'success' };

/** Every V1 answer ends like this. */
export const succeeded = <Body extends object>(body: Body) => ({ ...body, base_resp: SUCCESS });

const baseResp = (code: number, message: string) => ({
	base_resp: { status_code: code, status_msg: message },
});

/** V1 reports nearly everything with HTTP 200. */
export function v1Refusal(cause: Cause, detail?: string, status = 200): Answer {
	const { code, text } = CODES[cause];
	return new Answer(status, baseResp(code, detail ? `${text}, ${detail}` : text));
}

const V2_TYPES: Record<number, string> = {
	400: 'bad_request_error',
	401: 'authorized_error',
	402: 'insufficient_balance_error',
	422: 'unprocessable_entity_error',
	429: 'rate_limit_error',
	500: 'server_error',
	503: 'server_error',
	529: 'overloaded_error',
};

const V2_STATUS: Record<Cause, number> = {
	unknown: 500,
	rateLimit: 429,
	noKey: 401,
	balance: 402,
	content: 422,
	unavailable: 503,
	params: 400,
	badKey: 401,
};

export function v2Refusal(cause: Cause, detail?: string, status = V2_STATUS[cause]): Answer {
	const { code, text } = CODES[cause];
	return new Answer(status, {
		type: 'error',
		error: {
			type: V2_TYPES[V2_STATUS[cause]],
			message: `${detail ? `${text}, ${detail}` : text} (${code})`,
			http_code: String(V2_STATUS[cause]),
		},
		request_id: randomUUID().replaceAll('-', ''),
	});
}

export type Refuse = typeof v1Refusal;

export const unknownTask = (refuse: Refuse): Answer => refuse('params', 'invalid task_id');

const STOCK: Record<StockAnswer, (refuse: Refuse, message?: string) => Answer> = {
	rateLimited: (refuse) => refuse('rateLimit', undefined, 429),
	rateLimitedInBody: (refuse) => refuse('rateLimit', undefined, 200),
	serverError: (refuse) => refuse('unknown', undefined, 500),
	unavailable: (refuse) => refuse('unavailable', undefined, 503),
	errorInBody: (refuse) => refuse('unknown', undefined, 200),
	taskUnknown: unknownTask,
	badRequest: (refuse, message = 'body must be JSON') => refuse('params', message),
	pathUnknown: () => new Answer(404, '404 page not found', { 'Content-Type': 'text/plain' }),
};

export const answer = (kind: StockAnswer, path: string, message?: string): Answer =>
	STOCK[kind](path.includes('/v2/') ? v2Refusal : v1Refusal, message);

/**
 * mmx-cli rewrites `http://` links to `https://` before it downloads. Capitals mean the same scheme
 * and escape that, so the CLI can fetch from this plain HTTP server.
 */
export const linkFor = (request: FastifyRequest, url: string): string =>
	request.headers['user-agent']?.startsWith('mmx-cli') ? url.replace('http:', 'HTTP:') : url;

/** How V1 and templates say that a task stands; `result` is what it shows once it is there, `none` before. */
export function taskAnswer(task: Task, phase: Phase, word: string, none: object, result: object) {
	const head = { task_id: task.id, status: word };
	if (phase === 'failed') {
		const code = task.failureCode ?? '1000';
		return { ...head, ...none, ...baseResp(Number(code), failureText(code)) };
	}
	return succeeded({ ...head, ...(phase === 'succeeded' ? result : none) });
}

const FAILURE_TEXTS: Record<string, string> = {
	'1026': CODES.content.text,
	'1027': 'output flagged as sensitive',
};
export const failureText = (code: string): string =>
	entryOf(FAILURE_TEXTS, code) ?? 'generation failed';
