import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { isFinal, type Task } from '../../tasks';
import { entryOf } from '../../world';
import { unknownTask, v2Refusal } from '../answers';
import { authenticate, parse } from '../checks';
import type { MiniMaxWorld } from '../settings';
import { checkContent, checkMedia, contentItem, type Inputs } from './content';
import { MAX_SECONDS, type Model, modelOf } from './models';

const QUERYABLE_MS = 7 * 24 * 3600 * 1000;
const MAX_BODY = 64 * 1024 * 1024;

const MAX_TEXT = 7000;
const MAX_REGENERATION_TEXT = 40_000;

export const refuse = (detail: string) => v2Refusal('params', detail);

/** The key of a create that may come in now. */
export function admit(world: MiniMaxWorld, request: FastifyRequest): string {
	const key = authenticate(request, v2Refusal);
	if (!world.limits.take('minimaxV2', key).allowed) throw v2Refusal('rateLimit');
	if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) {
		throw refuse('body is larger than 64 MB');
	}
	const { enabled, minimaxV2InFlight } = world.config().rateLimits;
	const unfinished = world.tasks
		.list('minimax', key, 'v2')
		.filter((task) => !isFinal(world.tasks.phase(task)));
	if (enabled && unfinished.length >= minimaxV2InFlight) {
		throw v2Refusal('rateLimit', 'too many tasks in flight');
	}
	return key;
}

/** Tasks can be asked for during seven days. */
export const isRecent = (world: MiniMaxWorld, task: Task): boolean =>
	world.clock.now() - task.createdAt <= QUERYABLE_MS;

export function requireTask(world: MiniMaxWorld, key: string, id: string): Task {
	const task = world.tasks.find('minimax', key, id, 'v2');
	if (!task || !isRecent(world, task)) throw unknownTask(v2Refusal);
	return task;
}

const RATIOS = ['adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];

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

export interface GenerationOrder {
	body: z.output<typeof createSchema>;
	inputs: Inputs;
	model: Model;
	/** USD for a second of output. */
	perSecond: number;
}

export function readGeneration(world: MiniMaxWorld, key: string, input: unknown): GenerationOrder {
	const body = parse(createSchema, input, v2Refusal);
	const model = modelOf(body.model);
	if (!model) throw refuse(`model ${body.model} is not supported`);
	if (body.content.some((item) => 'role' in item && item.role === 'base_video')) {
		throw refuse('base_video is for video_regeneration only');
	}
	const inputs = checkContent(body.content, MAX_TEXT);
	checkMedia(world, body.content, key);
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
	return { body, inputs, model, perSecond };
}

export function readContext(world: MiniMaxWorld, key: string, input: unknown) {
	const body = parse(contextSchema, input, v2Refusal);
	const inputs = checkContent(body.content, MAX_TEXT);
	checkMedia(world, body.content, key);
	return { body, inputs };
}

/** `source` is the task whose video is made anew; missing when the video is in the content. */
export function readRegeneration(world: MiniMaxWorld, key: string, input: unknown) {
	const body = parse(regenerationSchema, input, v2Refusal);
	if ((body.source_task_id === undefined) === (body.content === undefined)) {
		throw refuse('exactly one of source_task_id and content');
	}
	const source =
		body.source_task_id === undefined ? undefined : requireTask(world, key, body.source_task_id);
	if (source && world.tasks.phase(source) !== 'succeeded') {
		throw refuse('source task has no video');
	}
	if (!body.content) return { body, source, text: '' };
	const { text } = checkContent(body.content, MAX_REGENERATION_TEXT);
	checkMedia(world, body.content, key);
	const base = body.content.filter((item) => 'role' in item && item.role === 'base_video');
	if (base.length !== 1) throw refuse('exactly one base_video');
	return { body, source, text };
}

/** Repeated and comma-separated values alike: the pages do not say how lists are written. */
export function listOf(value: unknown): string[] {
	return [value]
		.flat()
		.flatMap((one) => (typeof one === 'string' ? one.split(',') : []))
		.map((one) => one.trim())
		.filter((one) => one !== '');
}

export function pageNumber(value: unknown, name: string, usual: number, max: number): number {
	if (value === undefined) return usual;
	const number = Number(value);
	if (!Number.isInteger(number) || number < 1 || number > max) {
		throw refuse(`${name} must be an integer from 1 to ${max}`);
	}
	return number;
}
