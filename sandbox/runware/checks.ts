import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { HAILUO_IMAGE, imageProblem, isDataUrl, isHttpUrl, readDataUrl } from '../media';
import { isContentRefused, type Task } from '../tasks';
import { Answer, bearerKey, entryOf, hasRole, isBadKey, isPoorKey, isRecord, UUID } from '../world';
import { type Model, modelOf } from './models';
import { invalidKey, missingKey, parse, TaskRefusal, unsupported } from './refusals';
import type { RunwareWorld } from './settings';

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
export type VideoTask = z.output<typeof videoSchema>;

/** The key in the header, or in a first task of the array that authenticates the rest. */
export function authenticate(request: FastifyRequest, tasks: unknown[]): string {
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
}

export interface Order {
	video: VideoTask;
	width: number;
	height: number;
	seconds: number;
	usd: number;
}

/** Reads a videoInference task, and refuses what its model does not take. */
export function readOrder(world: RunwareWorld, task: Record<string, unknown>, key: string): Order {
	const video = parse(videoSchema, task);
	const model = modelOf(video.model);
	if (!model) {
		throw new TaskRefusal(400, 'unknownModel', `Unknown model ${video.model}`, {
			parameter: 'model',
		});
	}
	checkInputs(world, video, model, key);
	const { size, seconds } = measure(video, model);
	if (video.fps !== undefined && video.fps !== (model.fps ?? 24)) {
		throw unsupported('fps', `${video.fps} fps is not supported`, [model.fps ?? 24]);
	}
	const [width = 0, height = 0] = size.split('x').map(Number);
	return { video, width, height, seconds, usd: model.usd(size, seconds) };
}

const isLast = (frame: { frame?: string }): boolean => frame.frame === 'last';

/** Prompt, frames and references, and how they go together. */
function checkInputs(world: RunwareWorld, video: VideoTask, model: Model, key: string): void {
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
	checkReferences(video, model, frames.length);
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
	for (const { image } of frames) checkImage(world, image, key);
}

function checkReferences(video: VideoTask, model: Model, frames: number): void {
	const { referenceImages = [], referenceVideos = [], referenceAudios = [] } = video.inputs;
	if (referenceImages.length + referenceVideos.length + referenceAudios.length === 0) return;
	if (!model.references) {
		throw new TaskRefusal(400, 'unknownParameter', `${video.model} takes no references`, {
			parameter: 'inputs.referenceImages',
		});
	}
	if (frames > 0) {
		const message = 'Frames and references exclude each other';
		throw new TaskRefusal(400, 'incompatibleParameters', message, { parameter: 'inputs' });
	}
}

function checkImage(world: RunwareWorld, image: string, key: string): void {
	const wrong = (message: string): TaskRefusal =>
		new TaskRefusal(400, 'invalidFrameImages', message, { parameter: 'inputs.frameImages' });
	if (isHttpUrl(image)) return;
	if (UUID.test(image)) {
		if (world.uploads.get('runware', image)?.key !== key) throw wrong('Image not found');
		return;
	}
	const bytes = isDataUrl(image) ? readDataUrl(image, 'image') : fromBase64(image);
	if (!bytes) throw wrong('Not a UUID, URL, data URI or base64 image');
	// The page names no limits for these models: the ones of the vendor behind them hold.
	const problem = imageProblem(bytes, HAILUO_IMAGE);
	if (problem) throw wrong(problem);
}

export function fromBase64(value: string): Buffer | undefined {
	return value.length > 100 && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
		? Buffer.from(value, 'base64')
		: undefined;
}

/** Size and length, as the model has them. */
function measure(video: VideoTask, model: Model): { size: string; seconds: number } {
	const { width, height, resolution, duration } = video;
	if (resolution !== undefined && (width ?? height) !== undefined) {
		const message = 'resolution stands in place of width and height';
		throw new TaskRefusal(400, 'incompatibleParameters', message, {
			parameter: ['resolution', 'width', 'height'],
		});
	}
	if ((width === undefined) !== (height === undefined)) {
		throw new TaskRefusal(400, 'missingDimensions', 'width and height belong together', {
			parameter: ['width', 'height'],
		});
	}
	const size = width === undefined ? sizeOf(resolution, model) : `${width}x${height}`;
	const durations = entryOf(model.sizes, size ?? '');
	if (!size || !durations) {
		throw new TaskRefusal(400, 'unsupportedDimensions', `${size} is not supported`, {
			parameter: ['width', 'height'],
			allowedValues: Object.keys(model.sizes),
		});
	}
	const seconds = duration ?? model.defaultSeconds;
	if (!durations.includes(seconds)) {
		const message = `${seconds} s is not supported at ${size}`;
		throw new TaskRefusal(400, 'unsupportedDuration', message, {
			parameter: 'duration',
			type: 'float',
			allowedValues: durations,
		});
	}
	return { size, seconds };
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

/** The last checks of a create: its UUID, what the text says, and whether the key can pay. */
export function checkOrder(world: RunwareWorld, { video }: Order, key: string): void {
	if (world.tasks.get('runware', video.taskUUID)) {
		throw new TaskRefusal(400, 'duplicateTaskUUID', 'This taskUUID was used before', {
			parameter: 'taskUUID',
		});
	}
	if (isContentRefused(video.positivePrompt ?? '')) {
		const message = 'The prompt violates the content policy';
		throw new TaskRefusal(400, 'contentPolicyViolation', message, { parameter: 'positivePrompt' });
	}
	if (isPoorKey(key)) throw new TaskRefusal(402, 'insufficientCredits', 'Insufficient credits');
}

export function requireTask(
	world: RunwareWorld,
	{ taskUUID }: Record<string, unknown>,
	key: string,
): Task {
	const found = world.tasks.find('runware', key, String(taskUUID));
	if (!found) {
		throw new TaskRefusal(404, 'taskFailedOrNotFound', 'The task failed or was not found');
	}
	return found;
}

export function checkAccount({ operation }: Record<string, unknown>, key: string): void {
	if (hasRole(key, 'restricted')) {
		throw new TaskRefusal(403, 'insufficientPermissions', 'The key may not read the account');
	}
	if (operation !== 'getDetails') {
		throw unsupported('operation', 'Only getDetails is offered here', ['getDetails']);
	}
}

const searchSchema = z.object({
	search: z.string().default(''),
	limit: z.number().int().min(1).max(100).default(20),
	offset: z.number().int().nonnegative().default(0),
});

export const readSearch = (task: Record<string, unknown>) => parse(searchSchema, task);
