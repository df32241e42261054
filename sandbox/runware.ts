import type { FastifyRequest } from 'fastify';
import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';

import { nearestClip } from './clips';
import type { Step } from './faults';
import { HAILUO_IMAGE, imageProblem, isDataUrl, isHttpUrl, mediaType, readDataUrl } from './media';
import { isContentRefused } from './tasks';
import type { Phase, Task } from './tasks';
import { storedName } from './uploads';
import { Answer, bearerKey, entryOf, hasRole, isBadKey, isPoorKey, isRecord, UUID } from './world';
import type { StockAnswer, VendorSide, World } from './world';

const DOCUMENTATION = 'https://runware.ai/docs/platform/errors';
const DAY = 24 * 3600 * 1000;
const WEBHOOK_RETRIES_MS = [250, 500, 1000, 2000, 4000, 8000];

/** A refused task; `status` is the HTTP status of an answer that holds nothing else. */
interface Refusal {
	status: number;
	error: Record<string, unknown> & { code: string; message: string };
}

class TaskRefusal extends Error {
	readonly refusal: Refusal;

	constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
		super(message);
		this.refusal = { status, error: { code, message, ...more } };
	}
}

const envelope = (status: number, code: string, message: string): Answer =>
	new Answer(status, { errors: [{ code, message }] });

function answer(kind: StockAnswer, _path: string, message?: string): Answer {
	switch (kind) {
		case 'rateLimited':
			return envelope(429, 'rateLimitExceeded', 'The queue is full');
		case 'rateLimitedInBody':
			return envelope(200, 'rateLimitExceeded', 'The queue is full');
		case 'serverError':
			return envelope(500, 'internalServerError', 'Internal server error');
		case 'unavailable':
			return envelope(503, 'serviceUnavailable', 'Service unavailable');
		case 'errorInBody':
			return envelope(200, 'internalServerError', 'Internal server error');
		case 'taskUnknown':
			return envelope(404, 'taskFailedOrNotFound', 'The task failed or was not found');
		case 'badRequest':
			return envelope(400, 'invalidRequest', message ?? 'Body must be a JSON array of tasks');
		case 'pathUnknown':
			return envelope(404, 'notFound', 'Not found');
	}
}

interface Model {
	name: string;
	/** Seconds by `width x height`; whole numbers from `min` to `max` for the H3 family. */
	sizes: Record<string, number[]>;
	/** The size that a `resolution` in place of width and height stands for; none but the H3 family has it. */
	resolutions?: Record<string, string>;
	usd(size: string, seconds: number): number;
	modes: Array<'text' | 'frame'>;
	promptRequired?: boolean;
	frames: number;
	fps?: number;
	references?: boolean;
	maxPrompt: number;
	defaultSeconds: number;
}

const HD = '1366x768';
const FULL_HD = '1920x1080';

const hailuo = (
	name: string,
	prices: [number, number, number],
	more: Partial<Model> = {},
): Model => ({
	name,
	sizes: { [HD]: [6, 10], [FULL_HD]: [6] },
	usd: (size, seconds) => (size === FULL_HD ? prices[2] : seconds === 10 ? prices[1] : prices[0]),
	modes: ['text', 'frame'],
	frames: 1,
	fps: 25,
	maxPrompt: 2000,
	defaultSeconds: 6,
	...more,
});

const series01 = (name: string, more: Partial<Model> = {}): Model => ({
	...hailuo(name, [0.28, 0.28, 0.28]),
	sizes: { [HD]: [6] },
	...more,
});

const H3_SECONDS = Array.from({ length: 11 }, (_value, index) => index + 5);
const H3_480 = ['848x480', '640x480', '480x480', '480x640', '480x848'];
const H3_768 = ['1344x768', '1024x768', '768x768', '768x1024', '768x1344', '1536x672'];
const H3_1440 = ['2560x1440', '1920x1440', '1440x1440', '1440x1920', '1440x2560', '2944x1248'];

const H3_RESOLUTIONS: Array<[resolution: string, size: string]> = [
	['480p', '848x480'],
	['768p', '1344x768'],
];

/** Known through third parties only: no page of the vendor's own describes the H3 family yet. */
const h3 = (name: string, tiers: Array<[sizes: string[], usdPerSecond: number]>): Model => ({
	name,
	sizes: Object.fromEntries(tiers.flatMap(([sizes]) => sizes.map((size) => [size, H3_SECONDS]))),
	resolutions: Object.fromEntries(
		tiers.flatMap(([sizes]) => H3_RESOLUTIONS.filter(([, size]) => sizes.includes(size))),
	),
	usd: (size, seconds) => (tiers.find(([sizes]) => sizes.includes(size))?.[1] ?? 0) * seconds,
	modes: ['text', 'frame'],
	promptRequired: true,
	frames: 2,
	references: true,
	maxPrompt: 7000,
	defaultSeconds: 5,
});

const MODELS: Record<string, Model> = {
	'minimax:1@1': series01('MiniMax 01'),
	'minimax:2@1': series01('MiniMax 01 Director'),
	'minimax:2@3': series01('MiniMax 01 Live', { modes: ['frame'] }),
	'minimax:3@1': hailuo('MiniMax Hailuo 02', [0.28, 0.56, 0.49], { promptRequired: true }),
	'minimax:4@1': hailuo('MiniMax Hailuo 2.3', [0.28, 0.56, 0.49]),
	'minimax:4@2': hailuo('MiniMax Hailuo 2.3 Fast', [0.19, 0.32, 0.33], { modes: ['frame'] }),
	'minimax:h3@0': h3('MiniMax H3', [
		[H3_768, 0.08],
		[H3_1440, 0.13],
	]),
	'minimax:h3@fast': h3('MiniMax H3 Fast', [[H3_480, 0.046]]),
	'minimax:h3@max': h3('MiniMax H3 Max', [
		[H3_768, 0.08],
		[H3_480, 0.05],
	]),
	'minimax:h3@max-turbo': h3('MiniMax H3 Max Turbo', [
		[H3_768, 0.04],
		[H3_480, 0.025],
	]),
};

const frameImage = z.union([
	z.string().min(1),
	z.object({ image: z.string().min(1), frame: z.enum(['first', 'last']).optional() }).strict(),
]);

const videoSchema = z
	.object({
		taskType: z.literal('videoInference'),
		taskUUID: z.string().regex(UUID),
		model: z.string(),
		positivePrompt: z.string().min(2).optional(),
		width: z.number().int().optional(),
		height: z.number().int().optional(),
		resolution: z.string().optional(),
		duration: z.number().optional(),
		fps: z.number().int().optional(),
		inputs: z
			.object({
				frameImages: z.array(frameImage).min(1).optional(),
				referenceImages: z.array(z.string()).max(9).optional(),
				referenceVideos: z.array(z.string()).max(3).optional(),
				referenceAudios: z.array(z.string()).max(3).optional(),
			})
			.strict()
			.default({}),
		providerSettings: z
			.object({
				minimax: z.object({ promptOptimizer: z.boolean().optional() }).strict().optional(),
			})
			.strict()
			.optional(),
		outputType: z.literal('URL').optional(),
		outputFormat: z.enum(['MP4', 'WEBM', 'MOV']).optional(),
		outputQuality: z.number().int().min(20).max(99).optional(),
		deliveryMethod: z.literal('async').optional(),
		webhookURL: z.string().url().optional(),
		uploadEndpoint: z.string().url().optional(),
		safety: z
			.object({
				checkContent: z.boolean().optional(),
				mode: z.enum(['none', 'fast', 'full']).optional(),
			})
			.strict()
			.optional(),
		ttl: z.number().int().min(60).optional(),
		includeCost: z.boolean().default(false),
		numberResults: z.number().int().min(1).max(4).default(1),
	})
	.strict();
type VideoTask = z.output<typeof videoSchema>;

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The vendor's codes are made of what is wrong and the parameter: `missingModel`, `unsupportedDuration`. */
function fromIssue(issue: z.ZodIssue): TaskRefusal {
	if (issue.code === 'unrecognized_keys') {
		const parameter = [...issue.path, issue.keys[0]].join('.');
		return new TaskRefusal(400, 'unknownParameter', `Unknown parameter ${parameter}`, {
			parameter,
		});
	}
	const parameter = issue.path.join('.');
	const name = capitalised(String(issue.path.filter((part) => typeof part === 'string').at(-1)));
	const missing = issue.code === 'invalid_type' && issue.received === 'undefined';
	return new TaskRefusal(
		400,
		`${missing ? 'missing' : 'invalid'}${name}`,
		`${parameter}: ${issue.message}`,
		{ parameter },
	);
}

const unsupported = (parameter: string, message: string, allowedValues?: unknown[]): TaskRefusal =>
	new TaskRefusal(400, `unsupported${capitalised(parameter)}`, message, {
		parameter,
		...(allowedValues && { allowedValues }),
	});

interface Order {
	video: VideoTask;
	width: number;
	height: number;
	seconds: number;
	usd: number;
}

/** Keeps what a Runware task needs beside the common facts. */
interface Details {
	includeCost: boolean;
	ttl?: number;
	checkContent: boolean;
	results: Array<{ videoUUID: string; seed: number }>;
}

const STEPS: Record<string, Step> = {
	videoInference: 'create',
	getResponse: 'status',
	getTaskDetails: 'retrieve',
	mediaStorage: 'upload',
	imageUpload: 'upload',
	accountManagement: 'account',
	modelSearch: 'account',
	ping: 'account',
};

/** What an array of tasks does is what its first real task does. */
function stepOf(body: unknown): Step | undefined {
	if (!Array.isArray(body)) return undefined;
	const types = body.filter(isRecord).map((task) => String(task.taskType));
	return entryOf(STEPS, types.find((type) => type !== 'authentication') ?? '');
}

export interface RunwareAnswer {
	status: number;
	body: { data?: unknown[]; errors?: unknown[] };
}

export const missingKey = (): Refusal['error'] => ({
	code: 'missingApiKey',
	message: 'No API key was given',
	parameter: 'apiKey',
	taskType: 'authentication',
});
export const invalidKey = (): Refusal['error'] => ({
	code: 'invalidApiKey',
	message: 'The API key is not valid',
	parameter: 'apiKey',
	taskType: 'authentication',
});

/** Serves arrays of tasks, whichever way they came in. */
export class RunwareTasks {
	constructor(private readonly world: World) {}

	/** `frozen` shows every task as it was at first. */
	serve(tasks: unknown[], key: string, frozen = false): RunwareAnswer {
		const data: unknown[] = [];
		const refusals: Refusal[] = [];
		for (const task of tasks) {
			try {
				if (!isRecord(task)) throw new TaskRefusal(400, 'invalidTask', 'A task must be an object');
				const { items, errors = [] } = this.serveOne(task, key, frozen);
				data.push(...items);
				refusals.push(...errors.map((error) => ({ status: 200, error })));
			} catch (error) {
				if (!(error instanceof TaskRefusal)) throw error;
				const { taskType, taskUUID } = isRecord(task) ? task : {};
				const { status, error: item } = error.refusal;
				refusals.push({
					status,
					error: {
						documentation: DOCUMENTATION,
						...item,
						...(typeof taskType === 'string' && { taskType }),
						...(typeof taskUUID === 'string' && { taskUUID }),
					},
				});
			}
		}
		const [first] = refusals;
		return {
			status: data.length === 0 && first ? first.status : 200,
			body: {
				...((data.length > 0 || !first) && { data }),
				...(first && { errors: refusals.map(({ error }) => error) }),
			},
		};
	}

	private serveOne(
		task: Record<string, unknown>,
		key: string,
		frozen: boolean,
	): { items: unknown[]; errors?: Refusal['error'][] } {
		switch (task.taskType) {
			case 'ping':
				return { items: [{ taskType: 'ping', pong: true }] };
			case 'videoInference':
				return { items: [this.submit(task, key)] };
			case 'getResponse':
				return this.poll(task, key, frozen);
			case 'getTaskDetails':
				return { items: [this.details(task, key)] };
			case 'accountManagement':
				return { items: [this.account(task, key)] };
			case 'modelSearch':
				return { items: [searchModels(task)] };
			case 'mediaStorage':
				return { items: [this.media(task, key)] };
			case 'imageUpload': {
				const stored = this.store(task.image, key, 'image');
				return { items: [{ ...head(task), imageUUID: stored.uuid, imageURL: stored.url }] };
			}
			default:
				throw unsupported('taskType', `Task type ${String(task.taskType)} is not supported`, [
					...Object.keys(STEPS),
				]);
		}
	}

	private submit(task: Record<string, unknown>, key: string): unknown {
		if (!this.world.limits.take('runware', key).allowed) {
			throw new TaskRefusal(429, 'rateLimitExceeded', 'The queue is full');
		}
		const order = this.read(task, key);
		const { video, width, height, seconds, usd } = order;
		if (this.world.tasks.exists('runware', video.taskUUID)) {
			throw new TaskRefusal(400, 'duplicateTaskUUID', 'This taskUUID was used before', {
				parameter: 'taskUUID',
			});
		}
		if (isContentRefused(video.positivePrompt ?? '')) {
			throw new TaskRefusal(
				400,
				'contentPolicyViolation',
				'The prompt violates the content policy',
				{
					parameter: 'positivePrompt',
				},
			);
		}
		if (isPoorKey(key)) throw new TaskRefusal(402, 'insufficientCredits', 'Insufficient credits');
		const details: Details = {
			includeCost: video.includeCost,
			ttl: video.ttl,
			checkContent: video.safety?.checkContent ?? false,
			results: Array.from({ length: video.numberResults }, () => ({
				videoUUID: randomUUID(),
				seed: randomInt(1, 2 ** 31),
			})),
		};
		const created = this.world.tasks.create({
			id: video.taskUUID,
			vendor: 'runware',
			kind: 'video',
			key,
			model: video.model,
			text: video.positivePrompt ?? '',
			request: task,
			width,
			height,
			seconds,
			price: { amount: Math.round(usd * video.numberResults * 1e4) / 1e4, unit: 'USD' },
			results: video.numberResults,
			details: { ...details },
		});
		this.announce(created, video);
		return { taskType: 'videoInference', taskUUID: video.taskUUID };
	}

	private read(task: Record<string, unknown>, key: string): Order {
		const parsed = videoSchema.safeParse(task);
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			throw issue ? fromIssue(issue) : new TaskRefusal(400, 'invalidTask', 'Invalid task');
		}
		const video = parsed.data;
		const model = entryOf(MODELS, video.model);
		if (!model)
			throw new TaskRefusal(400, 'unknownModel', `Unknown model ${video.model}`, {
				parameter: 'model',
			});
		const prompt = video.positivePrompt;
		if (prompt !== undefined && prompt.length > model.maxPrompt) {
			throw new TaskRefusal(400, 'invalidPositivePrompt', 'The prompt is too long', {
				parameter: 'positivePrompt',
				max: model.maxPrompt,
			});
		}
		const frames = (video.inputs.frameImages ?? []).map((one) =>
			typeof one === 'string' ? { image: one } : one,
		);
		const { referenceImages = [], referenceVideos = [], referenceAudios = [] } = video.inputs;
		const references = [...referenceImages, ...referenceVideos, ...referenceAudios];
		if (references.length > 0 && !model.references) {
			const parameter = 'inputs.referenceImages';
			throw new TaskRefusal(400, 'unknownParameter', `${video.model} takes no references`, {
				parameter,
			});
		}
		if (references.length > 0 && frames.length > 0) {
			throw new TaskRefusal(
				400,
				'incompatibleParameters',
				'Frames and references exclude each other',
				{
					parameter: 'inputs',
				},
			);
		}
		if (frames.length === 0 && !model.modes.includes('text')) {
			throw new TaskRefusal(400, 'missingFrameImages', `${video.model} needs a first frame`, {
				parameter: 'inputs.frameImages',
			});
		}
		if (frames.length > model.frames || (model.frames === 1 && frames.some(isLast))) {
			throw unsupported('frameImages', 'Only the first frame can be given', ['first']);
		}
		if (prompt === undefined && (model.promptRequired || frames.length === 0)) {
			throw new TaskRefusal(400, 'missingPositivePrompt', 'A prompt is required', {
				parameter: 'positivePrompt',
			});
		}
		for (const { image } of frames) this.checkImage(image, key);

		if (video.resolution !== undefined && (video.width ?? video.height) !== undefined) {
			const message = 'resolution stands in place of width and height';
			throw new TaskRefusal(400, 'incompatibleParameters', message, {
				parameter: ['resolution', 'width', 'height'],
			});
		}
		if ((video.width === undefined) !== (video.height === undefined)) {
			throw new TaskRefusal(400, 'missingDimensions', 'width and height belong together', {
				parameter: ['width', 'height'],
			});
		}
		const sizes = Object.keys(model.sizes);
		const size =
			video.width === undefined
				? sizeOf(video.resolution, model)
				: `${video.width}x${video.height}`;
		const durations = entryOf(model.sizes, size ?? '');
		if (!size || !durations) {
			throw new TaskRefusal(400, 'unsupportedDimensions', `${size} is not supported`, {
				parameter: ['width', 'height'],
				allowedValues: sizes,
			});
		}
		const seconds = video.duration ?? model.defaultSeconds;
		if (!durations.includes(seconds)) {
			throw new TaskRefusal(
				400,
				'unsupportedDuration',
				`${seconds} s is not supported at ${size}`,
				{
					parameter: 'duration',
					type: 'float',
					allowedValues: durations,
				},
			);
		}
		if (video.fps !== undefined && video.fps !== (model.fps ?? 24)) {
			throw unsupported('fps', `${video.fps} fps is not supported`, [model.fps ?? 24]);
		}
		const [width = 0, height = 0] = size.split('x').map(Number);
		return { video, width, height, seconds, usd: model.usd(size, seconds) };
	}

	private checkImage(image: string, key: string): void {
		const wrong = (message: string): TaskRefusal =>
			new TaskRefusal(400, 'invalidFrameImages', message, { parameter: 'inputs.frameImages' });
		if (isHttpUrl(image)) return;
		if (UUID.test(image)) {
			if (this.world.uploads.get('runware', image)?.key !== key) throw wrong('Image not found');
			return;
		}
		const bytes = isDataUrl(image) ? readDataUrl(image, 'image') : fromBase64(image);
		if (!bytes) throw wrong('Not a UUID, URL, data URI or base64 image');
		// The page names no limits for these models: the ones of the vendor behind them hold.
		const problem = imageProblem(bytes, HAILUO_IMAGE);
		if (problem) throw wrong(problem);
	}

	private requireTask(task: Record<string, unknown>, key: string): Task {
		const found = this.world.tasks.find('runware', key, String(task.taskUUID));
		if (!found) {
			throw new TaskRefusal(404, 'taskFailedOrNotFound', 'The task failed or was not found');
		}
		return found;
	}

	private poll(
		request: Record<string, unknown>,
		key: string,
		frozen: boolean,
	): { items: unknown[]; errors?: Refusal['error'][] } {
		const task = this.requireTask(request, key);
		const phase: Phase = frozen ? 'preparing' : this.world.tasks.phase(task);
		const there = frozen ? [] : this.world.tasks.resultsByNow(task);
		const { items, errors } = this.outcomes(task, there);
		if (there.length < task.results) {
			const progress = frozen ? 0 : this.world.tasks.progress(task);
			items.push({
				taskType: 'videoInference',
				taskUUID: task.id,
				status: 'processing',
				...(phase === 'running' && { progress }),
			});
		}
		return { items, errors };
	}

	/** What has come of these results: videos, and errors for those that have failed. */
	private outcomes(
		task: Task,
		indexes: number[],
	): { items: unknown[]; errors: Refusal['error'][] } {
		const failed = indexes.filter((index) => this.world.tasks.resultFails(task, index));
		return {
			items: indexes
				.filter((index) => !failed.includes(index))
				.map((index) => this.result(task, index)),
			errors: failed.map(() => ({
				code: task.failureCode ?? 'taskFailed',
				message: 'The provider could not make the video',
				status: 'error',
				taskType: 'videoInference',
				taskUUID: task.id,
				documentation: DOCUMENTATION,
			})),
		};
	}

	private result(task: Task, index: number): Record<string, unknown> {
		const { results, includeCost, ttl, checkContent } = task.details as unknown as Details;
		const { videoUUID, seed } = results[index] ?? {};
		const lives = ttl ?? this.world.config().linkSeconds.runware;
		const since = ttl === undefined ? this.world.clock.now() : task.endsAt;
		return {
			taskType: 'videoInference',
			taskUUID: task.id,
			status: 'success',
			videoUUID,
			videoURL: this.world.links.video(task, since + lives * 1000, index),
			seed,
			...(includeCost && { cost: Math.round((task.price.amount / task.results) * 1e4) / 1e4 }),
			...(checkContent && { NSFWContent: false }),
		};
	}

	/** Webhooks and uploads of the finished results. */
	private announce(task: Task, { webhookURL, uploadEndpoint, numberResults }: VideoTask): void {
		if (!webhookURL && !uploadEndpoint) return;
		this.world.callbacks.watch(task, (phase) => {
			if (phase !== 'succeeded' && phase !== 'failed') return;
			if (uploadEndpoint && phase === 'succeeded') {
				const { bytes } = nearestClip(task);
				void this.world.callbacks.deliver(uploadEndpoint, bytes, { method: 'PUT' });
			}
			for (let index = 0; webhookURL && index < numberResults; index += 1) {
				const { items, errors } = this.outcomes(task, [index]);
				const body = items.length > 0 ? { data: items } : { errors };
				void this.world.callbacks.deliver(webhookURL, JSON.stringify(body), {
					delays: WEBHOOK_RETRIES_MS,
				});
			}
		});
	}

	private details(request: Record<string, unknown>, key: string): unknown {
		const task = this.requireTask(request, key);
		const { items, errors } = this.outcomes(task, this.world.tasks.resultsByNow(task));
		return {
			...head(request),
			request: [task.request],
			response: {
				...((items.length > 0 || errors.length === 0) && { data: items }),
				...(errors.length > 0 && { errors }),
			},
		};
	}

	private account(request: Record<string, unknown>, key: string): unknown {
		if (hasRole(key, 'restricted')) {
			throw new TaskRefusal(403, 'insufficientPermissions', 'The key may not read the account');
		}
		if (request.operation !== 'getDetails') {
			throw unsupported('operation', 'Only getDetails is offered here', ['getDetails']);
		}
		const now = new Date(this.world.clock.now()).toISOString();
		const requests = this.world.tasks.list('runware', key).length;
		this.world.tasks.settle();
		const used = { credits: this.world.ledger.spent('runware', key), requests };
		return {
			...head(request),
			operation: 'getDetails',
			organizationUUID: '7a1c9c1e-4a5f-4a4e-9d9e-0c6f0a8b1d11',
			organizationName: 'Sandbox',
			AIRSource: 'sandbox',
			balance: isPoorKey(key) ? 0 : this.world.config().runwareBalance,
			team: [{ name: 'Someone', email: 'someone@example.com', roles: ['Owner'], joinedAt: now }],
			apiKeys: [
				{
					apiKey: `${key.slice(0, 4)}...`,
					name: 'Sandbox key',
					description: '',
					enabled: true,
					createdAt: now,
					lastUsedAt: now,
					requests,
				},
			],
			usage: { today: used, last7Days: used, last30Days: used, total: used },
		};
	}

	private media(request: Record<string, unknown>, key: string): unknown {
		const { operation, media } = request;
		if (operation === 'upload') {
			const { uuid, url } = this.store(media, key, 'media');
			return { ...head(request), operation, mediaUUID: uuid, mediaURL: url };
		}
		if (operation === 'delete') {
			const upload = this.world.uploads.get('runware', String(media));
			if (upload?.key !== key) throw new TaskRefusal(404, 'mediaNotFound', 'Media not found');
			this.world.uploads.remove(upload);
			return { ...head(request), operation, mediaUUID: upload.id };
		}
		throw unsupported('operation', 'Unknown operation', ['upload', 'delete']);
	}

	/** Media given as a link are kept as a link: nothing is fetched. */
	private store(media: unknown, key: string, parameter: string): { uuid: string; url: string } {
		const given = typeof media === 'string' ? media : '';
		const family = /^data:([a-z]+)\//.exec(given)?.[1] ?? 'image';
		const isLink = isHttpUrl(given);
		const bytes = isLink
			? Buffer.alloc(0)
			: isDataUrl(given)
				? readDataUrl(given, family)
				: fromBase64(given);
		const type = isLink ? 'application/octet-stream' : bytes && mediaType(bytes);
		if (!bytes || !type) {
			const code = given === '' ? 'missing' : 'invalid';
			throw new TaskRefusal(400, `${code}${capitalised(parameter)}`, 'Not a medium', { parameter });
		}
		const now = this.world.clock.now();
		const upload = this.world.uploads.add({
			id: randomUUID(),
			vendor: 'runware',
			key,
			fileName: '',
			type,
			purpose: parameter,
			bytes,
			createdAt: now,
			expiresAt: now + 30 * DAY,
		});
		const url = isLink ? given : this.world.links.upload('runware', storedName(upload));
		return { uuid: upload.id, url };
	}
}

/** The size for what stands in place of width and height; the model's usual one for nothing. */
function sizeOf(resolution: string | undefined, model: Model): string | undefined {
	if (resolution === undefined) return Object.keys(model.sizes)[0];
	if (!model.resolutions) {
		throw new TaskRefusal(400, 'unknownParameter', `${model.name} takes no resolution`, {
			parameter: 'resolution',
		});
	}
	const size = entryOf(model.resolutions, resolution);
	if (!size) {
		const allowed = Object.keys(model.resolutions);
		throw unsupported('resolution', `${resolution} is not supported`, allowed);
	}
	return size;
}

const searchSchema = z.object({
	search: z.string().default(''),
	limit: z.number().int().min(1).max(100).default(20),
	offset: z.number().int().nonnegative().default(0),
});

/** The models known here; the shape is the vendor's SDK's, the pages do not have it. */
function searchModels(task: Record<string, unknown>): unknown {
	const parsed = searchSchema.safeParse(task);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw issue ? fromIssue(issue) : new TaskRefusal(400, 'invalidTask', 'Invalid task');
	}
	const { search, limit, offset } = parsed.data;
	const found = Object.entries(MODELS).filter(([air, { name }]) =>
		`${air} ${name}`.toLowerCase().includes(search.toLowerCase()),
	);
	return {
		...head(task),
		results: found.slice(offset, offset + limit).map(([air, { name }]) => ({
			air,
			name,
			version: '',
			category: 'checkpoint',
			type: 'base',
			architecture: 'minimax',
			tags: ['video'],
			heroImage: '',
			private: false,
			comment: '',
		})),
		totalResults: found.length,
	};
}

const isLast = (frame: { frame?: string }): boolean => frame.frame === 'last';

const head = ({ taskType, taskUUID }: Record<string, unknown>) => ({ taskType, taskUUID });

function fromBase64(value: string): Buffer | undefined {
	return value.length > 100 && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
		? Buffer.from(value, 'base64')
		: undefined;
}

export const runware = (world: World): VendorSide => ({
	answer,
	routes: async (server) => {
		const runwareTasks = new RunwareTasks(world);

		/** The header, or a first task of the array that authenticates the rest. */
		const authenticate = (request: FastifyRequest, tasks: unknown[]): string => {
			const [first] = tasks;
			const inBody = isRecord(first) && first.taskType === 'authentication' ? first.apiKey : '';
			const key = bearerKey(request) ?? (typeof inBody === 'string' ? inBody : '');
			if (inBody !== '' && request.seen.auth === 'none') {
				request.seen.auth = 'body';
				request.seen.key = key;
			}
			if (key === '') throw new Answer(401, { errors: [missingKey()] });
			if (isBadKey(key)) throw new Answer(401, { errors: [invalidKey()] });
			return key;
		};

		server.post('/', { config: { step: stepOf } }, async (request, reply) => {
			if (!Array.isArray(request.body)) throw answer('badRequest', '');
			const tasks: unknown[] = request.body;
			const key = authenticate(request, tasks);
			const work = tasks.filter((task) => !isRecord(task) || task.taskType !== 'authentication');
			const { status, body } = runwareTasks.serve(
				work,
				key,
				request.fault?.kind === 'statusBackwards',
			);
			return await reply.code(status).send(body);
		});
	},
});
