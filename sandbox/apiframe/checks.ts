import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { MEGABYTE, isHttpUrl, mediaType } from '../media';
import { isContentRefused } from '../tasks';
import type { Form } from '../uploads';
import { Answer, hasRole, isBadKey } from '../world';
import { answer, creditsOf, invalid, isMember, refuse } from './answers';
import { CREDITS, SIZES } from './models';
import type { ApiframeWorld } from './settings';

function authenticate(request: FastifyRequest): string {
	const key = request.headers['x-api-key'];
	if (typeof key !== 'string' || key === '') throw refuse(401, 'No API key was sent');
	if (isBadKey(key)) throw refuse(401, 'This API key is not valid');
	if (hasRole(key, 'inactive')) throw refuse(403, 'This API key is not active');
	return key;
}

/** The key of a request that may come in now. */
export function admit(world: ApiframeWorld, request: FastifyRequest): string {
	const key = authenticate(request);
	const { allowed, retryAfter } = world.limits.take('apiframe', key);
	if (!allowed) {
		throw new Answer(429, answer('rateLimited', '').body, {
			'Retry-After': String(retryAfter),
		});
	}
	return key;
}

const url = z.string().refine(isHttpUrl, 'must be a URL');
const params = {
	duration: z.union([z.literal(6), z.literal(10)]).optional(),
	resolution: z.enum(['768p', '1080p']).optional(),
	image: url.optional(),
	prompt_optimizer: z.boolean().optional(),
};
const common = {
	prompt: z.string().min(1).max(2000),
	webhookUrl: z.string().url().optional(),
	webhookEvents: z
		.array(z.enum(['progress', 'completed', 'failed']))
		.min(1)
		.optional(),
};
const plain = z.object(params).strict().default({});
const withLastFrame = z
	.object({ ...params, end_image: url.optional() })
	.strict()
	.default({});

const createSchema = z.discriminatedUnion('model', [
	z.object({ ...common, model: z.literal('hailuo-02'), hailuoParams: withLastFrame }).strict(),
	z.object({ ...common, model: z.literal('hailuo-2.3'), hailuoParams: plain }).strict(),
	z.object({ ...common, model: z.literal('hailuo-2.3-fast'), hailuoParams: plain }).strict(),
	z.object({ ...common, model: z.literal('hailuo-03'), hailuoParams: plain }).strict(),
]);
export type Order = z.output<typeof createSchema>;

function fieldErrors(error: z.ZodError): Record<string, string[]> {
	const details = new Map<string, string[]>();
	for (const issue of error.issues) {
		const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
		for (const key of keys) {
			const path = [...issue.path, ...(key === undefined ? [] : [key])].join('.');
			details.set(path, [...(details.get(path) ?? []), issue.message]);
		}
	}
	return Object.fromEntries(details);
}

function parse<Schema extends z.ZodTypeAny>(schema: Schema, value: unknown): z.output<Schema> {
	const result = schema.safeParse(value);
	if (!result.success) throw invalid(fieldErrors(result.error));
	return result.data as z.output<Schema>;
}

export function readOrder(body: unknown): {
	order: Order;
	credits: number;
	seconds: number;
	size: { width: number; height: number };
} {
	const order = parse(createSchema, body);
	const { duration: seconds = 6, resolution = '768p', image } = order.hailuoParams;
	const credits = (CREDITS[order.model] as Record<string, number>)[`${resolution} ${seconds}`];
	if (credits === undefined) {
		throw invalid({ 'hailuoParams.duration': ['1080p does not support 10 seconds'] });
	}
	// Not in the schema; but the model behind it makes no video without a first frame.
	if (order.model === 'hailuo-2.3-fast' && image === undefined) {
		throw invalid({ 'hailuoParams.image': ['hailuo-2.3-fast needs an image'] });
	}
	return { order, credits, seconds, size: SIZES[resolution] };
}

/** The last checks of a create: what the text says, and whether the key can pay. */
export function checkContentAndCredits(
	world: ApiframeWorld,
	key: string,
	prompt: string,
	credits: number,
): void {
	if (isContentRefused(prompt)) {
		throw refuse(400, 'The prompt was refused by the content policy');
	}
	world.tasks.settle();
	if (creditsOf(world, key) < credits) {
		throw new Answer(402, {
			error: 'Insufficient credits',
			creditsRequired: credits,
			creditsAvailable: creditsOf(world, key),
		});
	}
}

const listSchema = z.object({
	status: z.enum(['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED']).optional(),
	model: z.string().optional(),
	limit: z.coerce.number().int().min(1).max(100).default(20),
	cursor: z.string().optional(),
	scope: z.enum(['user', 'team']).default('user'),
	search: z.string().uuid().optional(),
	include_models: z.enum(['true', 'false']).default('false'),
});

/** Reads the query of the list of jobs. */
export function readList(key: string, input: unknown): z.output<typeof listSchema> {
	const query = parse(listSchema, input);
	if (query.scope === 'team' && isMember(key)) throw refuse(403, 'Only for admins');
	return query;
}

const UPLOAD_LIMITS: Record<string, number> = {
	image: 25 * MEGABYTE,
	audio: 25 * MEGABYTE,
	video: 50 * MEGABYTE,
};
const UPLOAD_TYPES = [
	'image/png',
	'image/jpeg',
	'image/webp',
	'image/gif',
	'video/mp4',
	'video/webm',
	'video/quicktime',
	'audio/mpeg',
	'audio/wav',
	'audio/ogg',
	'audio/mp4',
];

export function readUpload(form: Form | undefined) {
	if (!form?.file) throw refuse(400, 'No file was uploaded');
	const { fileName, bytes } = form.file;
	const type = mediaType(bytes);
	if (!type || !UPLOAD_TYPES.includes(type)) throw refuse(400, 'File type not supported');
	const [kind = ''] = type.split('/');
	if (bytes.length > (UPLOAD_LIMITS[kind] ?? 0)) throw refuse(400, 'File is too large');
	return { fileName, bytes, type, kind };
}
