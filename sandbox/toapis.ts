import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';

import type { LimitName } from './limits';
import { isHttpUrl, mediaType } from './media';
import { hailuoPrice, SIZES } from './minimax/v1';
import { isContentRefused } from './tasks';
import type { Phase, Task } from './tasks';
import { readForm, storedName } from './uploads';
import {
	Answer,
	bearerKey,
	hasRole,
	isBadKey,
	isPoorKey,
	isRecord,
	look,
	unixSeconds,
} from './world';
import type { StockAnswer, VendorSide, World } from './world';

const MEGABYTE = 1024 * 1024;
const DAY = 24 * 3600 * 1000;
const CREDITS_PER_USD = 200;
const WEBHOOK_RETRIES_MS = [10_000, 30_000];

/** Three shapes of errors live side by side at this vendor. */
const numbered = (status: number, message: string, type: string): Answer =>
	new Answer(status, { error: { code: status, message, type } });
const named = (status: number, code: string, message: string): Answer =>
	new Answer(status, { error: { code, message } });
const unsuccessful = (status: number, message: string): Answer =>
	new Answer(status, { success: false, message });

const invalid = (message: string): Answer => named(400, 'invalid_request', message);
const taskNotFound = (): Answer => numbered(404, 'Task not found', 'not_found_error');
const rateLimited = (status = 429): Answer =>
	named(status, 'rate_limit_exceeded', 'Too many requests for asynchronous tasks');

function answer(kind: StockAnswer, _path: string, message?: string): Answer {
	switch (kind) {
		case 'rateLimited':
			return rateLimited();
		case 'rateLimitedInBody':
			return rateLimited(200);
		case 'serverError':
			return named(500, 'internal_error', 'Internal error');
		case 'unavailable':
			return named(503, 'rate_limit_unavailable', 'The rate limiter is unavailable');
		case 'errorInBody':
			return unsuccessful(200, 'Internal error');
		case 'taskUnknown':
			return taskNotFound();
		case 'badRequest':
			return invalid(message ?? 'body must be JSON');
		case 'pathUnknown':
			return numbered(404, 'Not found', 'not_found_error');
	}
}

function authenticate(request: FastifyRequest): string {
	const key = bearerKey(request);
	if (!key) throw numbered(401, 'No Authorization header', 'authentication_error');
	if (isBadKey(key)) throw numbered(401, 'Invalid token', 'authentication_error');
	return key;
}

const publicUrl = z.string().refine(isHttpUrl, 'must be a public URL, base64 is not accepted');

const metadata = z
	.object({
		prompt_optimizer: z.boolean().optional(),
		fast_pretreatment: z.boolean().optional(),
		aigc_watermark: z.boolean().optional(),
		callback_url: z.string().url().optional(),
		last_frame_image: publicUrl.optional(),
	})
	.default({});

const hailuoSchema = z.object({
	model: z.enum(['MiniMax-Hailuo-2.3', 'MiniMax-Hailuo-2.3-Fast', 'MiniMax-Hailuo-02']),
	prompt: z.string().max(2000).optional(),
	duration: z.union([z.literal(6), z.literal(10)]).default(6),
	resolution: z.enum(['512P', '768P', '1080P']).default('768P'),
	image_urls: z.array(publicUrl).length(1).optional(),
	metadata,
});

const H3_RATIOS = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16', 'adaptive'] as const;
const withRole = <Role extends string>(...roles: [Role, ...Role[]]) =>
	z.array(z.object({ url: publicUrl, role: z.enum(roles) })).default([]);

const h3Schema = z.object({
	model: z.literal('MiniMax-H3'),
	prompt: z.string().min(1).max(7000),
	duration: z.number().int().min(4).max(15).default(5),
	resolution: z.enum(['2K', '768p']).default('2K'),
	aspect_ratio: z.enum(H3_RATIOS).optional(),
	image_urls: z.array(publicUrl).max(9).default([]),
	image_with_roles: withRole('first_frame', 'last_frame', 'reference_image'),
	video_with_roles: withRole('reference_video').refine((list) => list.length <= 3, 'at most 3'),
	audio_with_roles: withRole('reference_audio').refine((list) => list.length <= 3, 'at most 3'),
	watermark: z.boolean().optional(),
	client_business_id: z.string().min(1).optional(),
	callback_url: z.string().url().optional(),
});

interface Order {
	model: string;
	prompt: string;
	seconds: number;
	size: { width: number; height: number };
	/** No price is published: MiniMax's own, in this vendor's credits. */
	usd: number;
	callbackUrl?: string;
	clientBusinessId?: string;
	/** The documented sample of H3 has no metadata in its answer. */
	hasMetadata: boolean;
}

function parse<Schema extends z.ZodTypeAny>(schema: Schema, body: unknown): z.output<Schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data as z.output<Schema>;
	const [issue] = result.error.issues;
	throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

function readHailuo(body: unknown): Order {
	const order = parse(hailuoSchema, body);
	const { model, resolution, duration, metadata: extras } = order;
	const hasFrame = order.image_urls !== undefined;
	const lastFrame = extras.last_frame_image;
	if (model !== 'MiniMax-Hailuo-02') {
		if (resolution === '512P') throw invalid(`resolution 512P is not supported by ${model}`);
		if (lastFrame) throw invalid(`last_frame_image is not supported by ${model}`);
		if (!order.prompt) throw invalid('prompt is required');
	}
	if (model === 'MiniMax-Hailuo-2.3-Fast' && !hasFrame) throw invalid('image_urls is required');
	if (!order.prompt && !hasFrame) throw invalid('prompt is required');
	if (lastFrame && !hasFrame) throw invalid('last_frame_image needs a first frame in image_urls');
	if (lastFrame && resolution === '512P') throw invalid('512P does not support a last frame');
	// The page's table and its field text disagree about 512P without a frame: the stricter one holds.
	if (resolution === '512P' && !hasFrame)
		throw invalid('512P is available for image-to-video only');
	if (resolution === '1080P' && duration === 10) throw invalid('1080P supports 6 seconds only');
	return {
		model,
		prompt: order.prompt ?? '',
		seconds: duration,
		size: SIZES[resolution] ?? { width: 1366, height: 768 },
		usd: hailuoPrice(model, resolution, duration),
		callbackUrl: extras.callback_url,
		hasMetadata: true,
	};
}

function readH3(body: unknown): Order {
	const order = parse(h3Schema, body);
	if (order.image_urls.length > 0 && order.image_with_roles.length > 0) {
		throw invalid('image_urls and image_with_roles cannot be combined');
	}
	const legacy = order.image_urls.length <= 2 ? 'frame' : 'reference_image';
	const roles = [
		...order.image_urls.map(() => legacy),
		...order.image_with_roles.map(({ role }) => role),
	];
	const count = (role: string): number => roles.filter((one) => one === role).length;
	const frames = roles.length - count('reference_image');
	const audios = order.audio_with_roles.length;
	const visible = count('reference_image') + order.video_with_roles.length;
	if (count('first_frame') > 1 || count('last_frame') > 1)
		throw invalid('at most one of each frame');
	if (count('reference_image') > 9) throw invalid('at most 9 reference images');
	if (frames > 0 && visible + audios > 0) throw invalid('frames and references cannot be mixed');
	if (audios > 0 && visible === 0) throw invalid('audio needs a reference image or video');
	if (visible + audios > 12) throw invalid('at most 12 media files');
	if (frames + visible + audios === 0 && order.aspect_ratio === 'adaptive') {
		throw invalid('adaptive is not supported for text-to-video');
	}
	const side = order.resolution === '2K' ? 1440 : 768;
	const [across = 16, down = 9] =
		frames > 0 || order.aspect_ratio === 'adaptive'
			? []
			: (order.aspect_ratio ?? '16:9').split(':').map(Number);
	const perSecond = order.resolution === '2K' ? 0.13 : 0.08;
	return {
		model: order.model,
		prompt: order.prompt,
		seconds: order.duration,
		size:
			across >= down
				? { width: Math.round((side * across) / down), height: side }
				: { width: side, height: Math.round((side * down) / across) },
		usd: order.duration * perSecond,
		callbackUrl: order.callback_url,
		clientBusinessId: order.client_business_id,
		hasMetadata: false,
	};
}

const WORDS: Record<Phase, string> = {
	preparing: 'queued',
	queued: 'queued',
	running: 'in_progress',
	succeeded: 'completed',
	failed: 'failed',
	cancelled: 'failed',
};

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const newId = (prefix: string): string =>
	`${prefix}_${[...randomBytes(26)].map((byte) => ALPHABET[byte % 32]).join('')}`;

export const toapis = (world: World): VendorSide => {
	const limit = (name: LimitName, key: string, category: string, reply: FastifyReply): void => {
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
	};

	const result = (task: Task) => ({
		type: 'video',
		data: [{ url: world.links.video(task, expiresAt(task)), format: 'mp4' }],
	});
	const expiresAt = (task: Task): number => task.endsAt + world.config().linkSeconds.toapis * 1000;
	const error = (task: Task) => ({
		code: task.failureCode ?? 'generation_failed',
		message: `Generation failed (${task.failureCode ?? 'unknown'})`,
	});

	const view = (task: Task, phase: Phase, progress: number) => ({
		id: task.id,
		object: 'generation.task',
		model: task.model,
		status: WORDS[phase],
		progress,
		created_at: unixSeconds(task.createdAt),
		...(task.details?.clientBusinessId !== undefined && {
			client_business_id: task.details.clientBusinessId,
		}),
		...(phase === 'succeeded' && {
			completed_at: unixSeconds(task.endsAt),
			expires_at: unixSeconds(expiresAt(task)),
			result: result(task),
		}),
		...(phase === 'failed' && { error: error(task) }),
	});

	/** The URL may differ from the token's own only in path and query. */
	const checkWebhook = (url: string | undefined): void => {
		if (url === undefined) return;
		const webhook = world.config().toapisWebhook;
		if (!webhook || new URL(url).origin !== new URL(webhook.origin).origin) {
			throw named(400, 'webhook_not_configured', 'No webhook of this origin is set up');
		}
	};

	const notify = (task: Task, phase: Phase, url: string): void => {
		const webhook = world.config().toapisWebhook;
		if (!webhook || (phase !== 'succeeded' && phase !== 'failed')) return;
		const done = phase === 'succeeded';
		const id = newId('evt');
		const now = unixSeconds(world.clock.now());
		const body = JSON.stringify({
			id,
			type: done ? 'generation.completed' : 'generation.failed',
			api_version: 'v1',
			created_at: now,
			data: {
				task_id: task.id,
				...(task.details?.clientBusinessId !== undefined && {
					client_business_id: task.details.clientBusinessId,
				}),
				task_type: 'video',
				model: task.model,
				status: done ? 'SUCCESS' : 'FAILURE',
				progress: '100%',
				result: done ? result(task) : null,
				error: done ? null : error(task),
				submitted_at: unixSeconds(task.createdAt),
				finished_at: unixSeconds(task.endsAt),
			},
		});
		const signature = createHmac('sha256', webhook.secret)
			.update(`${id}.${now}.${body}`)
			.digest('hex');
		void world.callbacks.deliver(url, body, {
			headers: {
				'User-Agent': 'ToAPIs-Webhook/1.0',
				'X-ToAPIs-Webhook-Id': id,
				'X-ToAPIs-Webhook-Timestamp': String(now),
				'X-ToAPIs-Webhook-Signature': `v1=${signature}`,
			},
			delays: WEBHOOK_RETRIES_MS,
		});
	};

	const balance = (key: string, unlimited: boolean) => {
		const used = world.ledger.spent('toapis', key);
		const remaining = isPoorKey(key) ? 0 : world.config().toapisBalance * CREDITS_PER_USD - used;
		return {
			success: true,
			remain_balance: unlimited ? -1 : remaining / CREDITS_PER_USD,
			used_balance: used / CREDITS_PER_USD,
			remain_credits: unlimited ? -1 : remaining,
			used_credits: used,
			credits_per_usd: CREDITS_PER_USD,
			unlimited_quota: unlimited,
		};
	};

	/** Balances report a wrong key as a success that is none. A key may have no quota; its account has one. */
	const balanceRoute =
		(of: 'token' | 'user', refusal: string) => async (request: FastifyRequest) => {
			const key = bearerKey(request);
			if (!key) throw numbered(401, 'No Authorization header', 'authentication_error');
			if (isBadKey(key)) throw unsuccessful(200, refusal);
			world.tasks.settle();
			return balance(key, of === 'token' && hasRole(key, 'unlimited'));
		};

	const uploadRoute =
		(types: string[], maxMegabytes: number, what: string) => async (request: FastifyRequest) => {
			const key = authenticate(request);
			const file = (await readForm(request))?.file;
			if (!file) throw unsuccessful(400, 'No file uploaded');
			const { fileName, bytes } = file;
			const type = mediaType(bytes);
			if (!type || !types.includes(type)) throw unsuccessful(400, `Unsupported ${what} type`);
			if (bytes.length > maxMegabytes * MEGABYTE) {
				throw unsuccessful(400, `The ${what} is too large, the maximum is ${maxMegabytes}MB`);
			}
			const upload = world.uploads.add({
				id: newId('upload'),
				vendor: 'toapis',
				key,
				fileName,
				type,
				purpose: 'generation',
				bytes,
				createdAt: world.clock.now(),
				expiresAt: world.clock.now() + DAY,
			});
			const url = world.links.upload('toapis', storedName(upload));
			return {
				success: true,
				message: '',
				data: { id: upload.id, url, mime_type: type, size: bytes.length },
			};
		};

	return {
		answer,
		routes: async (server) => {
			server.post(
				'/v1/videos/generations',
				{ config: { step: 'create' } },
				async (request, reply) => {
					const key = authenticate(request);
					limit('toapisSubmit', key, 'async_submit', reply);
					const body = isRecord(request.body) ? request.body : {};
					const order = body.model === 'MiniMax-H3' ? readH3(body) : readHailuo(body);
					checkWebhook(order.callbackUrl);
					if (isContentRefused(order.prompt)) {
						throw named(422, 'content_policy_violation', 'Content violates the content policy');
					}
					if (isPoorKey(key)) throw named(402, 'insufficient_quota', 'Insufficient balance');
					const task = world.tasks.create({
						id: newId('vid'),
						vendor: 'toapis',
						kind: 'video',
						key,
						model: order.model,
						text: order.prompt,
						request: body,
						...order.size,
						seconds: order.seconds,
						price: {
							amount: Math.round(order.usd * CREDITS_PER_USD * 1000) / 1000,
							unit: 'credits',
						},
						details: { clientBusinessId: order.clientBusinessId },
					});
					const { callbackUrl } = order;
					if (callbackUrl) {
						world.callbacks.watch(task, (phase) => notify(task, phase, callbackUrl));
					}
					return { ...view(task, 'queued', 0), ...(order.hasMetadata && { metadata: {} }) };
				},
			);

			server.get<{ Params: { id: string } }>(
				'/v1/videos/generations/:id',
				{ config: { step: 'status' } },
				async (request, reply) => {
					const key = authenticate(request);
					limit('toapisQuery', key, 'async_query', reply);
					const { id } = request.params;
					const task =
						world.tasks.find('toapis', key, id) ??
						world.tasks.list('toapis', key).find((one) => one.details?.clientBusinessId === id);
					if (!task) throw taskNotFound();
					const { phase, progress } = look(world, request, task);
					return view(task, phase, progress);
				},
			);

			const account = { config: { step: 'account' } } as const;
			for (const prefix of ['/v1', '']) {
				const noToken = 'Failed to get token info: record not found';
				server.get(`${prefix}/balance`, account, balanceRoute('token', noToken));
				const noUser = 'Failed to get user quota';
				server.get(`${prefix}/user/balance`, account, balanceRoute('user', noUser));
			}

			server.get<{ Querystring: { type?: string } }>('/v1/models', account, async (request) => {
				authenticate(request);
				const { type = 'text' } = request.query;
				const model = (id: string, created: number) => ({
					id,
					object: 'model',
					created,
					owned_by: 'minimax',
					supported_endpoint_types: ['video_generations'],
				});
				const shown = ['video', 'all'].includes(type);
				const ids = [...hailuoSchema.shape.model.options, h3Schema.shape.model.value];
				return {
					success: true,
					object: 'list',
					data: shown ? ids.map((id) => model(id, 1_768_380_000)) : [],
				};
			});

			const images = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
			const videos = ['video/mp4', 'video/webm', 'video/quicktime'];
			const upload = { config: { step: 'upload' } } as const;
			server.post('/v1/uploads/images', upload, uploadRoute(images, 10, 'image'));
			server.post('/v1/uploads/videos', upload, uploadRoute(videos, 50, 'video'));
		},
	};
};
