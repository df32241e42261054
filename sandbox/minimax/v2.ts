import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { H3_IMAGE, imageProblem, isHttpUrl, readDataUrl } from '../media';
import { isFinal, numericId } from '../tasks';
import type { NewTask, Phase, Task } from '../tasks';
import { entryOf, isRecord, look, unixSeconds } from '../world';
import type { World } from '../world';
import {
	authenticate,
	checkContentAndBalance,
	failureText,
	linkFor,
	parse,
	unknownTask,
	v2Refusal,
} from './answers';
import { checkCallback } from './v1';

const DAY = 24 * 3600 * 1000;
const QUERYABLE_MS = 7 * DAY;
const MEGABYTE = 1024 * 1024;
const MAX_BODY = 64 * MEGABYTE;

const RATIOS = ['adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];
const UNKNOWN_MEDIA_SECONDS = 5;

interface Model {
	/** USD for a second of output, by resolution. */
	perSecond: Record<string, number>;
	/** USD for a second of reference video, by resolution of the output. */
	perVideoSecond: Record<string, number>;
	freeImages: number;
	perImage: number;
	minSeconds: number;
}

const MODELS: Record<string, Model> = {
	'MiniMax-H3': {
		perSecond: { '768P': 0.08, '2K': 0.13 },
		perVideoSecond: { '768P': 0.08, '2K': 0.13 },
		freeImages: 5,
		perImage: 0.04,
		minSeconds: 4,
	},
	'MiniMax-H3-Max': {
		perSecond: { '480P': 0.05, '768P': 0.08 },
		perVideoSecond: { '480P': 0.0553, '768P': 0.143 },
		freeImages: 2,
		perImage: 0.074,
		minSeconds: 5,
	},
};
const MAX_SECONDS = 15;

const SHORT_SIDES: Record<string, number> = { '480P': 480, '768P': 768, '2K': 1440 };

function sizeOf(resolution: string, ratio: string): { width: number; height: number } {
	const side = SHORT_SIDES[resolution] ?? 768;
	const [across = 16, down = 9] = ratio === 'adaptive' ? [] : ratio.split(':').map(Number);
	const even = (value: number): number => Math.round(value / 2) * 2;
	return across >= down
		? { width: even((side * across) / down), height: side }
		: { width: side, height: even((side * down) / across) };
}

const media = z.object({ url: z.string() });
const contentItem = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), text: z.string() }),
	z.object({
		type: z.literal('image_url'),
		image_url: media,
		role: z.enum(['first_frame', 'last_frame', 'reference_image']).optional(),
	}),
	z.object({
		type: z.literal('video_url'),
		video_url: media,
		role: z.enum(['reference_video', 'base_video']),
	}),
	z.object({
		type: z.literal('audio_url'),
		audio_url: media,
		role: z.literal('reference_audio'),
	}),
]);
type ContentItem = z.output<typeof contentItem>;

const createSchema = z.object({
	model: z.string(),
	content: z.array(contentItem),
	resolution: z.string(),
	duration: z.number().int(),
	ratio: z.enum(RATIOS as [string, ...string[]]).optional(),
	extra: z
		.object({ prompt_expansion_mode: z.enum(['disabled', 'balanced', 'quality']).optional() })
		.strict()
		.optional(),
	callback_url: z.string().url().optional(),
	aigc_watermark: z.boolean().optional(),
});

const regenerationSchema = z.object({
	model: z.literal('MiniMax-H3'),
	source_task_id: z.string().optional(),
	content: z.array(contentItem).optional(),
	resolution: z.literal('2K'),
	callback_url: z.string().url().optional(),
	aigc_watermark: z.boolean().optional(),
});

const contextSchema = z.object({
	model: z.literal('MiniMax-H3'),
	content: z.array(contentItem),
	duration: z.number().int().min(4).max(MAX_SECONDS),
	ratio: z.enum(RATIOS as [string, ...string[]]).optional(),
	callback_url: z.string().url().optional(),
});

const refuse = (detail: string) => v2Refusal('params', detail);

const mediaOf = (item: ContentItem): { family: string; url: string } | undefined => {
	if (item.type === 'image_url') return { family: 'image', url: item.image_url.url };
	if (item.type === 'video_url') return { family: 'video', url: item.video_url.url };
	if (item.type === 'audio_url') return { family: 'audio', url: item.audio_url.url };
	return undefined;
};

interface Inputs {
	text: string;
	frames: number;
	images: number;
	videos: number;
	audios: number;
}

/** The counts and combinations of a content array. */
function checkContent(content: ContentItem[], maxText: number): Inputs {
	const texts = content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
	const text = texts.join('\n');
	if (!text.trim()) throw refuse('content must include a non-empty text item (prompt is required)');
	if (texts.some((one) => one.length > maxText)) {
		throw refuse(`text must be at most ${maxText} characters`);
	}

	const images = content.filter((item) => item.type === 'image_url');
	// One image that says nothing of its role is the first frame.
	const roleOf = (item: ContentItem): string | undefined => {
		if (item.type === 'text') return undefined;
		return item.role ?? (images.length === 1 ? 'first_frame' : undefined);
	};
	if (images.some((item) => !roleOf(item))) throw refuse('every image needs a role');
	const count = (role: string): number => content.filter((item) => roleOf(item) === role).length;

	const limits: Array<[string, number]> = [
		['first_frame', 1],
		['last_frame', 1],
		['reference_image', 9],
		['reference_video', 3],
		['reference_audio', 3],
	];
	for (const [role, limit] of limits) {
		if (count(role) > limit) throw refuse(`at most ${limit} ${role}`);
	}
	const frames = count('first_frame') + count('last_frame');
	const visible = count('reference_image') + count('reference_video');
	const references = visible + count('reference_audio');
	if (frames > 0 && references > 0) throw refuse('frames and references cannot be mixed');
	if (references > 12) throw refuse('at most 12 reference files');
	if (count('reference_audio') > 0 && visible === 0) {
		throw refuse('reference_audio needs a reference image or video');
	}
	return {
		text,
		frames,
		images: images.length,
		videos: count('reference_video'),
		audios: count('reference_audio'),
	};
}

const FAMILY_BYTES: Record<string, number> = { video: 50 * MEGABYTE, audio: 15 * MEGABYTE };

const WORDS: Record<Phase, string> = {
	preparing: 'queued',
	queued: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

/** Repeated and comma-separated values alike: the pages do not say how lists are written. */
function listOf(value: unknown): string[] {
	return [value]
		.flat()
		.flatMap((one) => (typeof one === 'string' ? one.split(',') : []))
		.map((one) => one.trim())
		.filter((one) => one !== '');
}

function pageNumber(value: unknown, name: string, usual: number, max: number): number {
	if (value === undefined) return usual;
	const number = Number(value);
	if (!Number.isInteger(number) || number < 1 || number > max) {
		throw refuse(`${name} must be an integer from 1 to ${max}`);
	}
	return number;
}

/** A video from text, as somebody else would order it. */
export function usualV2Task(key: string, model = 'MiniMax-H3'): NewTask {
	const details: Details = {
		taskType: 'generation',
		resolution: '768P',
		ratio: '16:9',
		images: 0,
		inputSeconds: 0,
		audioSeconds: 0,
	};
	return {
		id: numericId(),
		vendor: 'minimax',
		kind: 'v2',
		key,
		model,
		text: '',
		request: {},
		...sizeOf(details.resolution, details.ratio),
		seconds: 5,
		price: { amount: 0.4, unit: 'USD' },
		details: { ...details },
	};
}

export const v2 =
	(world: World): FastifyPluginAsync =>
	async (server) => {
		const checkMedia = (content: ContentItem[], key: string): void => {
			for (const item of content) {
				const input = mediaOf(item);
				if (!input || isHttpUrl(input.url)) continue;
				const { family, url } = input;
				const fileId = /^mm_file:\/\/(\d+)$/.exec(url)?.[1];
				if (fileId) {
					const upload = world.uploads.get('minimax', fileId);
					if (upload?.key !== key || !upload.type.startsWith(family)) {
						throw refuse(`${url}: file not found`);
					}
					if (world.clock.now() >= upload.expiresAt) throw refuse(`${url}: file expired`);
					continue;
				}
				const bytes = readDataUrl(url, family);
				if (!bytes) throw refuse(`${item.type}: neither a URL nor a data URL nor mm_file://`);
				if (bytes.length > (FAMILY_BYTES[family] ?? Infinity)) {
					throw refuse(`${item.type}: file is too large`);
				}
				const problem = family === 'image' ? imageProblem(bytes, H3_IMAGE) : undefined;
				if (problem) throw refuse(`${item.type}: ${problem}`);
			}
		};

		const view = (task: Task, phase: Phase, request?: FastifyRequest) => {
			const details = task.details as unknown as Details;
			const common = {
				id: task.id,
				model: task.model,
				status: WORDS[phase],
				...(phase === 'failed' && {
					error: {
						code: task.failureCode ?? '1000',
						message: failureText(task.failureCode ?? '1000'),
					},
				}),
				created_at: unixSeconds(task.createdAt),
				updated_at: unixSeconds(world.tasks.changedAt(task)),
				duration: task.seconds,
				ratio: details.ratio,
				task_type: details.taskType,
			};
			if (details.taskType === 'h3_context_ir') {
				return {
					...common,
					...(phase === 'succeeded' && {
						content: { prompt: `integrated_multimodal_description: ${task.text}` },
					}),
					usage:
						phase === 'succeeded'
							? { total_tokens: 9090, prompt_tokens: 5664, completion_tokens: 3426 }
							: {},
					modality: 'text',
				};
			}
			const expiresAt = world.clock.now() + world.config().linkSeconds.minimaxV2 * 1000;
			const url = world.links.video(task, expiresAt);
			return {
				...common,
				resolution: details.resolution,
				...(phase === 'succeeded' && {
					content: { url: request ? linkFor(request, url) : url },
				}),
				usage:
					phase === 'succeeded'
						? {
								total_seconds: task.seconds + details.inputSeconds,
								input_seconds: details.inputSeconds,
								output_seconds: task.seconds,
								input_image_count: details.images,
								input_audio_seconds: details.audioSeconds,
								total_tokens: 54_778 * task.seconds,
								prompt_tokens: 2_700 * task.seconds,
								completion_tokens: 52_078 * task.seconds,
							}
						: {},
				modality: 'video',
			};
		};

		const recent = (task: Task | undefined): task is Task =>
			task !== undefined && world.clock.now() - task.createdAt <= QUERYABLE_MS;

		const requireTask = (key: string, id: string): Task => {
			const task = world.tasks.find('minimax', key, id, 'v2');
			if (!recent(task)) throw unknownTask(v2Refusal);
			return task;
		};

		const admit = (request: FastifyRequest): string => {
			const key = authenticate(request, v2Refusal);
			if (!world.limits.take('minimaxV2', key).allowed) throw v2Refusal('rateLimit');
			if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) {
				throw refuse('body is larger than 64 MB');
			}
			const unfinished = world.tasks
				.list('minimax', key, 'v2')
				.filter((task) => !isFinal(world.tasks.phase(task)));
			if (unfinished.length >= world.limits.inFlight()) {
				throw v2Refusal('rateLimit', 'too many tasks in flight');
			}
			return key;
		};

		const accept = async (
			request: FastifyRequest,
			key: string,
			callbackUrl: string | undefined,
			task: Pick<NewTask, 'model' | 'text' | 'seconds' | 'width' | 'height'> & {
				usd: number;
				details: Details;
			},
		) => {
			await checkCallback(world, callbackUrl, v2Refusal);
			checkContentAndBalance(task.text, key, v2Refusal);
			const { usd, details, ...rest } = task;
			const created = world.tasks.create({
				id: numericId(),
				vendor: 'minimax',
				kind: 'v2',
				key,
				request: isRecord(request.body) ? request.body : {},
				price: { amount: Math.round(usd * 1e6) / 1e6, unit: 'USD' },
				details: { ...details },
				...rest,
			});
			if (callbackUrl) {
				let told = WORDS[world.tasks.phase(created)];
				world.callbacks.watch(created, (phase) => {
					if (WORDS[phase] === told) return;
					told = WORDS[phase];
					void world.callbacks.deliver(callbackUrl, JSON.stringify({ task: view(created, phase) }));
				});
			}
			return { task_id: created.id };
		};

		server.post('/v2/video_generation', { config: { step: 'create' } }, async (request) => {
			const key = admit(request);
			const body = parse(createSchema, request.body, v2Refusal);
			const model = entryOf(MODELS, body.model);
			if (!model) throw refuse(`model ${body.model} is not supported`);
			if (body.content.some((item) => 'role' in item && item.role === 'base_video')) {
				throw refuse('base_video is for video_regeneration only');
			}
			const inputs = checkContent(body.content, 7000);
			checkMedia(body.content, key);
			const perSecond = entryOf(model.perSecond, body.resolution);
			if (perSecond === undefined) {
				throw refuse(`resolution ${body.resolution} is not supported by ${body.model}`);
			}
			if (body.duration < model.minSeconds || body.duration > MAX_SECONDS) {
				throw refuse(`duration must be ${model.minSeconds} to ${MAX_SECONDS} for ${body.model}`);
			}
			if (body.extra && body.model !== 'MiniMax-H3-Max') {
				throw refuse('extra is for MiniMax-H3-Max only');
			}
			const onlyText = body.content.every((item) => item.type === 'text');
			if (onlyText && (!body.ratio || body.ratio === 'adaptive')) {
				throw refuse('text-to-video needs a ratio other than adaptive');
			}
			const wanted = inputs.frames > 0 ? 'adaptive' : (body.ratio ?? 'adaptive');
			const ratio = wanted === 'adaptive' ? '16:9' : wanted;
			const inputSeconds = inputs.videos * UNKNOWN_MEDIA_SECONDS;
			const usd =
				perSecond * body.duration +
				Math.max(0, inputs.images - model.freeImages) * model.perImage +
				inputSeconds * (model.perVideoSecond[body.resolution] ?? 0);
			return await accept(request, key, body.callback_url, {
				model: body.model,
				text: inputs.text,
				...sizeOf(body.resolution, ratio),
				seconds: body.duration,
				usd,
				details: {
					taskType: 'generation',
					resolution: body.resolution,
					ratio,
					images: inputs.images,
					inputSeconds,
					audioSeconds: inputs.audios * UNKNOWN_MEDIA_SECONDS,
				},
			});
		});

		server.post('/v2/h3_context_ir', { config: { step: 'create' } }, async (request) => {
			const key = admit(request);
			const body = parse(contextSchema, request.body, v2Refusal);
			const inputs = checkContent(body.content, 7000);
			checkMedia(body.content, key);
			return await accept(request, key, body.callback_url, {
				model: body.model,
				text: inputs.text,
				...sizeOf('768P', '16:9'),
				seconds: body.duration,
				// Per million tokens: 0.90 in, 3.60 out.
				usd: (5664 * 0.9 + 3426 * 3.6) / 1e6,
				details: {
					taskType: 'h3_context_ir',
					resolution: '',
					ratio: body.ratio ?? 'adaptive',
					images: inputs.images,
					inputSeconds: 0,
					audioSeconds: 0,
				},
			});
		});

		server.post('/v2/video_regeneration', { config: { step: 'create' } }, async (request) => {
			const key = admit(request);
			const body = parse(regenerationSchema, request.body, v2Refusal);
			if ((body.source_task_id === undefined) === (body.content === undefined)) {
				throw refuse('exactly one of source_task_id and content');
			}
			let seconds = UNKNOWN_MEDIA_SECONDS;
			let text = '';
			if (body.source_task_id !== undefined) {
				const source = requireTask(key, body.source_task_id);
				if (world.tasks.phase(source) !== 'succeeded') throw refuse('source task has no video');
				seconds = source.seconds;
			}
			if (body.content) {
				text = checkContent(body.content, 40_000).text;
				checkMedia(body.content, key);
				const base = body.content.filter((item) => 'role' in item && item.role === 'base_video');
				if (base.length !== 1) throw refuse('exactly one base_video');
			}
			return await accept(request, key, body.callback_url, {
				model: body.model,
				text,
				...sizeOf('2K', '16:9'),
				seconds,
				usd: 0.05 * seconds,
				details: {
					taskType: 'regeneration',
					resolution: '2K',
					ratio: '',
					images: 0,
					inputSeconds: 0,
					audioSeconds: 0,
				},
			});
		});

		server.get<{ Params: { id: string } }>(
			'/v2/query/video_generation/:id',
			{ config: { step: 'status' } },
			async (request) => {
				const key = authenticate(request, v2Refusal);
				const task = requireTask(key, request.params.id);
				return { task: view(task, look(world, request, task).phase, request) };
			},
		);

		server.get<{ Querystring: Record<string, unknown> }>(
			'/v2/query/video_generation',
			{ config: { step: 'list' } },
			async (request) => {
				const key = authenticate(request, v2Refusal);
				const { query } = request;
				const page = pageNumber(query.page_num, 'page_num', 1, 1_000_000);
				const pageSize = pageNumber(query.page_size, 'page_size', 20, 100);
				const filter = (name: string): ((value: string) => boolean) => {
					const wanted = listOf(query[`filter.${name}`]);
					return (value) => wanted.length === 0 || wanted.includes(value);
				};
				const [hasStatus, hasId] = [filter('status'), filter('task_ids')];
				const [hasModel, hasType] = [filter('model'), filter('task_type')];
				const found = world.tasks
					.list('minimax', key, 'v2')
					.filter(recent)
					.map((task) => ({ task, phase: look(world, request, task).phase }))
					.filter(
						({ task, phase }) =>
							hasStatus(WORDS[phase]) &&
							hasId(task.id) &&
							hasModel(task.model) &&
							hasType(String(task.details?.taskType)),
					);
				const start = (page - 1) * pageSize;
				return {
					items: found
						.slice(start, start + pageSize)
						.map(({ task, phase }) => view(task, phase, request)),
					total: found.length,
				};
			},
		);

		server.delete<{ Params: { id: string } }>(
			'/v2/video_generation/:id',
			{ config: { step: 'cancel' } },
			async (request) => {
				const key = authenticate(request, v2Refusal);
				const task = requireTask(key, request.params.id);
				const word = WORDS[world.tasks.phase(task)];
				if (word === 'running' || word === 'cancelled') {
					throw refuse(`a ${word} task cannot be cancelled or deleted`);
				}
				const action = word === 'queued' ? 'cancelled' : 'deleted';
				if (action === 'cancelled') world.tasks.cancel(task);
				else world.tasks.remove(task);
				return { task_id: task.id, action, status: action };
			},
		);
	};

interface Details {
	taskType: 'generation' | 'h3_context_ir' | 'regeneration';
	resolution: string;
	ratio: string;
	images: number;
	inputSeconds: number;
	audioSeconds: number;
}
