import type { FastifyRequest } from 'fastify';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';

import { isHttpUrl, mediaType } from './media';
import { isContentRefused } from './tasks';
import type { NewTask, Phase, Task } from './tasks';
import { readForm, storedName } from './uploads';
import { Answer, hasRole, isBadKey, isPoorKey, isRecord, look, UUID } from './world';
import type { StockAnswer, VendorSide, World } from './world';

const MEGABYTE = 1024 * 1024;
const HOUR = 3600 * 1000;
const REPLAYED_MS = 24 * HOUR;

const refuse = (status: number, error: string): Answer => new Answer(status, { error });
const invalid = (details: Record<string, string[]>): Answer =>
	new Answer(400, { error: 'Validation failed', details });

function answer(kind: StockAnswer, _path: string, message?: string): Answer {
	switch (kind) {
		case 'rateLimited':
			return refuse(429, 'Rate limit exceeded');
		case 'rateLimitedInBody':
			return refuse(200, 'Rate limit exceeded');
		case 'serverError':
			return refuse(500, 'Internal server error');
		case 'unavailable':
			return refuse(503, 'Service temporarily unavailable');
		case 'errorInBody':
			return refuse(200, 'Internal server error');
		case 'taskUnknown':
			return refuse(404, 'Job not found');
		case 'badRequest':
			return refuse(400, message ?? 'Body must be JSON');
		case 'pathUnknown':
			return refuse(404, 'Not found');
	}
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
type Order = z.output<typeof createSchema>;

/** Credits by resolution and seconds. The fast model's are not published: a guess stands in. */
const CREDITS: Record<Order['model'], Record<string, number>> = {
	'hailuo-02': { '768p 6': 5, '768p 10': 8, '1080p 6': 10 },
	'hailuo-2.3': { '768p 6': 5, '768p 10': 10, '1080p 6': 10 },
	'hailuo-2.3-fast': { '768p 6': 3, '768p 10': 6, '1080p 6': 6 },
	'hailuo-03': { '768p 6': 5, '768p 10': 10, '1080p 6': 10 },
};

const LABELS: Record<Order['model'], string> = {
	'hailuo-02': 'Hailuo 02',
	'hailuo-2.3': 'Hailuo 2.3',
	'hailuo-2.3-fast': 'Hailuo 2.3 Fast',
	'hailuo-03': 'Hailuo 03',
};

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

function readOrder(body: unknown): { order: Order; credits: number; seconds: number } {
	const order = parse(createSchema, body);
	const { duration: seconds = 6, resolution = '768p', image } = order.hailuoParams;
	const credits = CREDITS[order.model][`${resolution} ${seconds}`];
	if (credits === undefined) {
		throw invalid({ 'hailuoParams.duration': ['1080p does not support 10 seconds'] });
	}
	// Not in the schema; but the model behind it makes no video without a first frame.
	if (order.model === 'hailuo-2.3-fast' && image === undefined) {
		throw invalid({ 'hailuoParams.image': ['hailuo-2.3-fast needs an image'] });
	}
	return { order, credits, seconds };
}

const WORDS: Record<Phase, string> = {
	preparing: 'QUEUED',
	queued: 'QUEUED',
	running: 'PROCESSING',
	succeeded: 'COMPLETED',
	failed: 'FAILED',
	cancelled: 'CANCELLED',
};

const listSchema = z.object({
	status: z.enum(['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED']).optional(),
	model: z.string().optional(),
	limit: z.coerce.number().int().min(1).max(100).default(20),
	cursor: z.string().optional(),
	scope: z.enum(['user', 'team']).default('user'),
	search: z.string().uuid().optional(),
	include_models: z.enum(['true', 'false']).default('false'),
});

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

const sameUuid = (seed: string): string => {
	const hex = createHash('sha256').update(seed).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

function authenticate(request: FastifyRequest): string {
	const key = request.headers['x-api-key'];
	if (typeof key !== 'string' || key === '') throw refuse(401, 'No API key was sent');
	if (isBadKey(key)) throw refuse(401, 'This API key is not valid');
	if (hasRole(key, 'inactive')) throw refuse(403, 'This API key is not active');
	return key;
}

/** Members may not look at the whole team's jobs. */
const isMember = (key: string): boolean => hasRole(key, 'member');

/** A video from text, as somebody else would order it. */
const usualTask = (key: string, { model = 'hailuo-2.3' }: { model?: string }): NewTask => ({
	id: randomUUID(),
	vendor: 'apiframe',
	kind: 'video',
	key,
	model,
	text: '',
	request: {},
	width: 1366,
	height: 768,
	seconds: 6,
	price: { amount: 5, unit: 'credits' },
});

interface Replay {
	jobId: string;
	body: string;
	time: number;
}

export const apiframe = (world: World): VendorSide => {
	const replays = new Map<string, Replay>();

	const admit = (request: FastifyRequest): string => {
		const key = authenticate(request);
		const allowance = world.limits.take('apiframe', key);
		if (!allowance.allowed) {
			throw new Answer(429, answer('rateLimited', '').body, {
				'Retry-After': String(allowance.retryAfter),
			});
		}
		return key;
	};

	const creditsOf = (key: string): number =>
		isPoorKey(key)
			? 0
			: Math.max(0, world.config().apiframeCredits - world.ledger.spent('apiframe', key));

	const expiresAt = (task: Task): number =>
		task.endsAt + world.config().linkSeconds.apiframe * 1000;

	const view = (task: Task, phase: Phase, progress: number) => {
		const done = phase === 'succeeded';
		return {
			id: task.id,
			status: WORDS[phase],
			model: task.model,
			progress,
			result: done ? { videoUrl: world.links.video(task, expiresAt(task)) } : null,
			error: phase === 'failed' ? `The provider answered with an error: ${task.failureCode}` : null,
			creditCost: phase === 'failed' ? 0 : task.price.amount,
			webhookStatus: (task.details?.webhookStatus as string | undefined) ?? null,
			createdAt: new Date(task.createdAt).toISOString(),
			completedAt: done || phase === 'failed' ? new Date(task.endsAt).toISOString() : null,
			expired: done && world.clock.now() >= expiresAt(task),
		};
	};

	const notify = (task: Task, phase: Phase, order: Order): void => {
		const event = { running: 'progress', succeeded: 'completed', failed: 'failed' }[
			phase as 'running' | 'succeeded' | 'failed'
		];
		const { webhookUrl, webhookEvents } = order;
		if (!event || !webhookUrl || (webhookEvents && !webhookEvents.includes(event as never))) return;
		const { status, progress, result, model, creditCost, completedAt, error } = view(
			task,
			phase,
			world.tasks.progress(task),
		);
		const head = { event, jobId: task.id, status };
		const body = JSON.stringify(
			event === 'completed'
				? { ...head, progress, result, model, creditCost, completedAt }
				: event === 'failed'
					? { ...head, error, model }
					: { ...head, progress, model },
		);
		const secret = createHash('sha256').update(task.key).digest();
		const signature = createHmac('sha256', secret).update(body).digest('hex');
		void world.callbacks
			.deliver(webhookUrl, body, {
				headers: { 'X-Webhook-Signature': `sha256=${signature}`, 'X-Webhook-Event': event },
			})
			.then((delivered) => {
				task.details = { webhookStatus: delivered ? 'delivered' : 'failed' };
			});
	};

	/** The job that this Idempotency-Key made in the last 24 hours. */
	const replayOf = (request: FastifyRequest, key: string, body: string): Task | undefined => {
		const idempotencyKey = request.headers['idempotency-key'];
		if (typeof idempotencyKey !== 'string') return undefined;
		if (idempotencyKey.length > 255) {
			throw invalid({ 'Idempotency-Key': ['must be at most 255 characters'] });
		}
		const replay = replays.get(`${key} ${idempotencyKey}`);
		if (!replay || world.clock.now() - replay.time > REPLAYED_MS) return undefined;
		const task = world.tasks.find('apiframe', key, replay.jobId);
		if (task && replay.body !== body) {
			throw refuse(409, 'The Idempotency-Key was used with another body');
		}
		return task;
	};

	return {
		answer,
		usualTask,
		routes: async (server) => {
			server.addHook('onSend', async (_request, reply) => {
				reply.header('x-request-id', randomUUID());
			});

			server.post('/v2/videos/generate', { config: { step: 'create' } }, async (request, reply) => {
				const key = admit(request);
				const { order, credits, seconds } = readOrder(request.body ?? {});
				const body = JSON.stringify(request.body);
				reply.code(202);
				const original = replayOf(request, key, body);
				if (original) {
					return { jobId: original.id, status: WORDS[world.tasks.phase(original)] };
				}
				if (isContentRefused(order.prompt)) {
					throw refuse(400, 'The prompt was refused by the content policy');
				}
				world.tasks.settle();
				if (creditsOf(key) < credits) {
					throw new Answer(402, {
						error: 'Insufficient credits',
						creditsRequired: credits,
						creditsAvailable: creditsOf(key),
					});
				}
				const { resolution = '768p' } = order.hailuoParams;
				const task = world.tasks.create({
					id: randomUUID(),
					vendor: 'apiframe',
					kind: 'video',
					key,
					model: order.model,
					text: order.prompt,
					request: isRecord(request.body) ? request.body : {},
					...(resolution === '768p' ? { width: 1366, height: 768 } : { width: 1920, height: 1080 }),
					seconds,
					price: { amount: credits, unit: 'credits' },
					details: order.webhookUrl ? { webhookStatus: 'pending' } : {},
				});
				const idempotencyKey = request.headers['idempotency-key'];
				if (typeof idempotencyKey === 'string') {
					const replay = { jobId: task.id, body, time: world.clock.now() };
					replays.set(`${key} ${idempotencyKey}`, replay);
				}
				if (order.webhookUrl) {
					world.callbacks.watch(task, (phase) => notify(task, phase, order));
				}
				return { jobId: task.id, status: 'QUEUED' };
			});

			server.get<{ Params: { id: string } }>(
				'/v2/jobs/:id',
				{ config: { step: 'status' } },
				async (request) => {
					const key = admit(request);
					if (!UUID.test(request.params.id)) throw refuse(400, 'id must be a UUID');
					const task = world.tasks.find('apiframe', key, request.params.id);
					if (!task) throw refuse(404, 'Job not found');
					const { phase, progress } = look(world, request, task);
					return { ...view(task, phase, progress), input: task.request };
				},
			);

			server.get('/v2/jobs', { config: { step: 'list' } }, async (request) => {
				const key = admit(request);
				const query = parse(listSchema, request.query);
				if (query.scope === 'team' && isMember(key)) throw refuse(403, 'Only for admins');
				const own = world.tasks
					.all()
					.filter((task) => task.vendor === 'apiframe')
					.filter((task) => query.scope === 'team' || task.key === key)
					.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
				// The cursor is the last job of the page before, so new jobs shift nothing.
				const last = query.cursor && Buffer.from(query.cursor, 'base64url').toString();
				const before = last ? own.findIndex((task) => task.id === last) : -1;
				if (last && before < 0) throw invalid({ cursor: ['unknown cursor'] });
				const rest = own
					.slice(before + 1)
					.map((task) => ({ task, ...look(world, request, task) }))
					.filter(({ phase }) => !query.status || WORDS[phase] === query.status)
					.filter(({ task }) => !query.model || task.model === query.model)
					.filter(({ task }) => !query.search || task.id === query.search.toLowerCase());
				const jobs = rest
					.slice(0, query.limit)
					.map(({ task, phase, progress }) => view(task, phase, progress));
				const hasMore = rest.length > jobs.length;
				const cursor = Buffer.from(jobs.at(-1)?.id ?? '').toString('base64url');
				return {
					jobs,
					nextCursor: hasMore ? cursor : null,
					hasMore,
					...(query.include_models === 'true' && {
						models: [...new Set(own.map((task) => task.model))].sort(),
					}),
				};
			});

			server.get('/v2/me', { config: { step: 'account' } }, async (request) => {
				const key = admit(request);
				world.tasks.settle();
				return {
					user: {
						id: sameUuid(`user ${key}`),
						email: 'someone@example.com',
						role: isMember(key) ? 'MEMBER' : 'OWNER',
					},
					team: {
						id: sameUuid('team'),
						name: 'Sandbox',
						credits: creditsOf(key),
						plan: 'sandbox',
						customerId: null,
					},
					apiKey: { id: sameUuid(`key ${key}`), name: 'Sandbox key', prefix: key.slice(0, 8) },
				};
			});

			server.get<{ Querystring: { modality?: string } }>(
				'/v2/models',
				{ config: { step: 'account' } },
				async (request) => {
					const { modality } = request.query;
					if (modality !== undefined && !['image', 'video', 'music'].includes(modality)) {
						throw invalid({ modality: ['must be image, video or music'] });
					}
					if (modality !== undefined && modality !== 'video') return { models: [] };
					return {
						models: Object.entries(CREDITS).map(([id, credits]) => ({
							id,
							label: LABELS[id as Order['model']],
							modality: 'video',
							description: 'Videos from text, and from a first frame.',
							pricingMode: 'flat',
							costMin: Math.min(...Object.values(credits)),
							costMax: Math.max(...Object.values(credits)),
						})),
					};
				},
			);

			server.post('/v2/uploads', { config: { step: 'upload' } }, async (request, reply) => {
				const key = admit(request);
				const file = (await readForm(request))?.file;
				if (!file) throw refuse(400, 'No file was uploaded');
				const { fileName, bytes } = file;
				const type = mediaType(bytes);
				if (!type || !UPLOAD_TYPES.includes(type)) throw refuse(400, 'File type not supported');
				const [kind = ''] = type.split('/');
				if (bytes.length > (UPLOAD_LIMITS[kind] ?? 0)) throw refuse(400, 'File is too large');
				const now = world.clock.now();
				const upload = world.uploads.add({
					id: randomUUID(),
					vendor: 'apiframe',
					key,
					fileName,
					type,
					purpose: 'generation',
					bytes,
					createdAt: now,
					expiresAt: now + HOUR,
				});
				reply.code(201);
				return {
					id: upload.id,
					url: world.links.upload('apiframe', storedName(upload)),
					kind,
					contentType: type,
					byteSize: bytes.length,
					expiresAt: new Date(upload.expiresAt).toISOString(),
				};
			});
		},
	};
};
