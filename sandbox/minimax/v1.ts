import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';

import { HAILUO_IMAGE, imageReferenceProblem } from '../media';
import { fileId, numericId } from '../tasks';
import type { NewTask, Phase, Task } from '../tasks';
import { entryOf, isRecord, look } from '../world';
import type { World } from '../world';
import {
	authenticate,
	baseResp,
	checkContentAndBalance,
	failureText,
	parse,
	succeeded,
	unknownTask,
	v1Refusal,
} from './answers';

type Mode = 't2v' | 'i2v' | 'fl2v' | 's2v';
/** Seconds that each resolution allows; the first resolution is the default. */
type Matrix = Record<string, number[]>;

const HAILUO: Matrix = { '768P': [6, 10], '1080P': [6] };
const HAILUO_WITH_512P: Matrix = { ...HAILUO, '512P': [6, 10] };
const SERIES_01: Matrix = { '720P': [6] };

const MODELS: Record<Mode, Record<string, Matrix>> = {
	t2v: {
		'MiniMax-Hailuo-2.3': HAILUO,
		'MiniMax-Hailuo-02': HAILUO,
		'T2V-01-Director': SERIES_01,
		'T2V-01': SERIES_01,
	},
	i2v: {
		'MiniMax-Hailuo-2.3': HAILUO,
		'MiniMax-Hailuo-2.3-Fast': HAILUO,
		'MiniMax-Hailuo-02': HAILUO_WITH_512P,
		'I2V-01-Director': SERIES_01,
		'I2V-01-live': SERIES_01,
		'I2V-01': SERIES_01,
	},
	fl2v: { 'MiniMax-Hailuo-02': HAILUO },
	s2v: { 'S2V-01': SERIES_01 },
};

const DEFAULT_SECONDS = 6;

export const SIZES: Record<string, { width: number; height: number }> = {
	'512P': { width: 910, height: 512 },
	'720P': { width: 1280, height: 720 },
	'768P': { width: 1366, height: 768 },
	'1080P': { width: 1920, height: 1080 },
};

const HAILUO_PRICES: Record<string, number> = {
	'512P 6': 0.1,
	'512P 10': 0.15,
	'768P 6': 0.28,
	'768P 10': 0.56,
	'1080P 6': 0.49,
};
const FAST_PRICES: Record<string, number> = { '768P 6': 0.19, '768P 10': 0.32, '1080P 6': 0.33 };
/** The 01 series is in no current price table; this stands in for it. */
const SERIES_01_PRICE = 0.43;

/** USD for one video. */
export function hailuoPrice(model: string, resolution: string, seconds: number): number {
	if (resolution === '720P') return SERIES_01_PRICE;
	const prices = model === 'MiniMax-Hailuo-2.3-Fast' ? FAST_PRICES : HAILUO_PRICES;
	return prices[`${resolution} ${seconds}`] ?? 0;
}

const bodySchema = z.object({
	model: z.string(),
	prompt: z.string().max(2000).optional(),
	prompt_optimizer: z.boolean().optional(),
	fast_pretreatment: z.boolean().optional(),
	duration: z.number().int().optional(),
	resolution: z.string().optional(),
	first_frame_image: z.string().optional(),
	last_frame_image: z.string().optional(),
	subject_reference: z
		.array(
			z.object({ type: z.literal('character'), image: z.array(z.string()).length(1) }).strict(),
		)
		.length(1)
		.optional(),
	callback_url: z.string().url().optional(),
	aigc_watermark: z.boolean().optional(),
});
type Body = z.output<typeof bodySchema>;

function modeOf(body: Body): Mode {
	if (body.subject_reference) return 's2v';
	if (body.last_frame_image !== undefined) return 'fl2v';
	return body.first_frame_image === undefined ? 't2v' : 'i2v';
}

/** Checks what zod cannot: how the fields go together. */
function check(body: Body): { resolution: string; seconds: number } {
	const refuse = (detail: string) => v1Refusal('params', detail);
	const mode = modeOf(body);
	const matrix = entryOf(MODELS[mode], body.model);
	if (!matrix) throw refuse(`model ${body.model} does not support ${mode}`);

	if (mode === 't2v' && !body.prompt?.trim()) throw refuse('prompt is required');
	// The pages list only last_frame_image as required, yet speak of two frames throughout.
	if (mode === 'fl2v' && body.first_frame_image === undefined) {
		throw refuse('first_frame_image is required beside last_frame_image');
	}
	if (mode === 's2v') {
		if (body.duration !== undefined) throw refuse('duration is not supported by S2V-01');
		if (body.resolution !== undefined) throw refuse('resolution is not supported by S2V-01');
		if (body.first_frame_image !== undefined || body.last_frame_image !== undefined) {
			throw refuse('subject_reference cannot be combined with frames');
		}
	}
	if (body.fast_pretreatment !== undefined) {
		const supported = matrix !== SERIES_01 && ['t2v', 'i2v'].includes(mode);
		if (!supported) throw refuse(`fast_pretreatment is not supported by ${body.model} in ${mode}`);
	}

	const [defaultResolution = ''] = Object.keys(matrix);
	const resolution = body.resolution ?? defaultResolution;
	const seconds = body.duration ?? DEFAULT_SECONDS;
	const durations = entryOf(matrix, resolution);
	if (!durations) throw refuse(`resolution ${resolution} is not supported by ${body.model}`);
	if (!durations.includes(seconds)) {
		throw refuse(`duration ${seconds} is not supported by ${body.model} at ${resolution}`);
	}

	const images = {
		first_frame_image: body.first_frame_image,
		last_frame_image: body.last_frame_image,
		subject_reference: body.subject_reference?.[0]?.image[0],
	};
	for (const [field, image] of Object.entries(images)) {
		const problem = image === undefined ? undefined : imageReferenceProblem(image, HAILUO_IMAGE);
		if (problem) throw refuse(`${field}: ${problem}`);
	}
	return { resolution, seconds };
}

const WORDS: Record<Phase, string> = {
	preparing: 'Preparing',
	queued: 'Queueing',
	running: 'Processing',
	succeeded: 'Success',
	failed: 'Fail',
	cancelled: 'Fail',
};

/** Callbacks have words of their own: lower case, and fewer. */
const CALLBACK_WORDS: Partial<Record<Phase, string>> = {
	running: 'processing',
	succeeded: 'success',
	failed: 'failed',
};

function failure(task: Task) {
	const code = task.failureCode ?? '1000';
	return baseResp(Number(code), failureText(code));
}

function view(task: Task, phase: Phase, word: string) {
	const head = { task_id: task.id, status: word };
	if (phase === 'failed') return { ...head, file_id: '', ...failure(task) };
	if (phase !== 'succeeded') return succeeded({ ...head, file_id: '' });
	return succeeded({
		...head,
		file_id: String(task.details?.fileId),
		video_width: task.width,
		video_height: task.height,
	});
}

/** A video from text, as somebody else would order it. */
export function usualV1Task(key: string, model = 'MiniMax-Hailuo-2.3'): NewTask {
	return {
		id: numericId(),
		vendor: 'minimax',
		kind: 'v1',
		key,
		model,
		text: '',
		request: {},
		...(SIZES['768P'] ?? { width: 0, height: 0 }),
		seconds: DEFAULT_SECONDS,
		price: { amount: hailuoPrice(model, '768P', DEFAULT_SECONDS), unit: 'USD' },
		details: { fileId: fileId() },
	};
}

export const v1 =
	(world: World): FastifyPluginAsync =>
	async (server) => {
		server.post('/v1/video_generation', { config: { step: 'create' } }, async (request) => {
			const key = authenticate(request, v1Refusal);
			if (!world.limits.take('minimaxV1', key).allowed) throw v1Refusal('rateLimit');
			const body = parse(bodySchema, request.body, v1Refusal);
			const { resolution, seconds } = check(body);
			await checkCallback(world, body.callback_url, v1Refusal);
			checkContentAndBalance(body.prompt ?? '', key, v1Refusal);

			const task = world.tasks.create({
				id: numericId(),
				vendor: 'minimax',
				kind: 'v1',
				key,
				model: body.model,
				text: body.prompt ?? '',
				request: isRecord(request.body) ? request.body : {},
				...(SIZES[resolution] ?? { width: 0, height: 0 }),
				seconds,
				price: { amount: hailuoPrice(body.model, resolution, seconds), unit: 'USD' },
				details: { fileId: fileId() },
			});
			const { callback_url: callbackUrl } = body;
			if (callbackUrl) {
				world.callbacks.watch(task, (phase) => {
					const word = CALLBACK_WORDS[phase];
					if (!word) return;
					void world.callbacks.deliver(callbackUrl, JSON.stringify(view(task, phase, word)));
				});
			}
			return succeeded({ task_id: task.id });
		});

		server.get<{ Querystring: { task_id?: string } }>(
			'/v1/query/video_generation',
			{ config: { step: 'status' } },
			async (request) => {
				const key = authenticate(request, v1Refusal);
				const task = world.tasks.find('minimax', key, request.query.task_id ?? '', 'v1');
				if (!task) throw unknownTask(v1Refusal);
				const { phase } = look(world, request, task);
				return view(task, phase, WORDS[phase]);
			},
		);
	};

/** MiniMax asks the callback URL for an echo before it accepts a task. */
export async function checkCallback(
	world: World,
	url: string | undefined,
	refuse: typeof v1Refusal,
): Promise<void> {
	if (url !== undefined && !(await world.callbacks.answersChallenge(url))) {
		throw refuse('params', 'fail to check callback url');
	}
}
