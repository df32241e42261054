import type { FastifyReply, FastifyRequest } from 'fastify';

import { MEGABYTE, mediaType } from '../media';
import { isContentRefused } from '../tasks';
import type { Form } from '../uploads';
import { Answer, bearerKey, isBadKey, isPoorKey, unixSeconds } from '../world';
import { named, numbered, rateLimited, unsuccessful } from './answers';
import type { Order } from './orders';
import type { ToApisWorld } from './settings';

function requireKey(request: FastifyRequest): string {
	const key = bearerKey(request);
	if (!key) throw numbered(401, 'No Authorization header', 'authentication_error');
	return key;
}

export function authenticate(request: FastifyRequest): string {
	const key = requireKey(request);
	if (isBadKey(key)) throw numbered(401, 'Invalid token', 'authentication_error');
	return key;
}

/** Balances report a wrong key as a success that is none, in words of their own. */
export function authenticateBalance(request: FastifyRequest, refusal: string): string {
	const key = requireKey(request);
	if (isBadKey(key)) throw unsuccessful(200, refusal);
	return key;
}

/** Takes a place in the window of a limit, whose state is in the headers of every answer. */
export function checkLimit(
	world: ToApisWorld,
	{ name, category }: { name: string; category: string },
	key: string,
	reply: FastifyReply,
): void {
	const allowance = world.limits.take(name, key);
	if (allowance.limit === Infinity) return;
	const headers = {
		'X-RateLimit-Limit': String(allowance.limit),
		'X-RateLimit-Remaining': String(allowance.remaining),
		'X-RateLimit-Reset': String(unixSeconds(world.clock.now()) + allowance.retryAfter),
		'X-RateLimit-Category': category,
	};
	reply.headers(headers);
	if (allowance.allowed) return;
	const { status, body } = rateLimited();
	throw new Answer(status, body, { ...headers, 'Retry-After': String(allowance.retryAfter) });
}

/** The URL may differ from the token's own only in path and query. */
function checkWebhook(world: ToApisWorld, url: string | undefined): void {
	if (url === undefined) return;
	const webhook = world.config().toapisWebhook;
	if (!webhook || new URL(url).origin !== new URL(webhook.origin).origin) {
		throw named(400, 'webhook_not_configured', 'No webhook of this origin is set up');
	}
}

/** The last checks of a create: its webhook, what the text says, and whether the key can pay. */
export function checkOrder(world: ToApisWorld, order: Order, key: string): void {
	checkWebhook(world, order.callbackUrl);
	if (isContentRefused(order.prompt)) {
		throw named(422, 'content_policy_violation', 'Content violates the content policy');
	}
	if (isPoorKey(key)) throw named(402, 'insufficient_quota', 'Insufficient balance');
}

/** What may be uploaded at one address. */
export interface UploadRules {
	what: string;
	types: string[];
	maxMegabytes: number;
}

export function readUpload(form: Form | undefined, { what, types, maxMegabytes }: UploadRules) {
	if (!form?.file) throw unsuccessful(400, 'No file uploaded');
	const { fileName, bytes } = form.file;
	const type = mediaType(bytes);
	if (!type || !types.includes(type)) throw unsuccessful(400, `Unsupported ${what} type`);
	if (bytes.length > maxMegabytes * MEGABYTE) {
		throw unsuccessful(400, `The ${what} is too large, the maximum is ${maxMegabytes}MB`);
	}
	return { fileName, bytes, type };
}
