import { z } from 'zod';

import { HAILUO_IMAGE, imageReferenceProblem } from '../../media';
import { entryOf } from '../../world';
import { v1Refusal } from '../answers';
import { parse } from '../checks';

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

export const DEFAULT_SECONDS = 6;

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

const refuse = (detail: string) => v1Refusal('params', detail);

export interface Order {
	body: Body;
	resolution: string;
	seconds: number;
}

/** Reads the body of a create, and refuses what the models cannot make. */
export function readOrder(input: unknown): Order {
	const body = parse(bodySchema, input, v1Refusal);
	const mode = modeOf(body);
	const matrix = entryOf(MODELS[mode], body.model);
	if (!matrix) throw refuse(`model ${body.model} does not support ${mode}`);
	checkTogether(body, mode, matrix);
	const order = { body, ...lengthOf(body, matrix) };
	checkImages(body);
	return order;
}

/** Checks what zod cannot: how the fields go together. */
function checkTogether(body: Body, mode: Mode, matrix: Matrix): void {
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
}

function lengthOf(body: Body, matrix: Matrix): { resolution: string; seconds: number } {
	const [defaultResolution = ''] = Object.keys(matrix);
	const resolution = body.resolution ?? defaultResolution;
	const seconds = body.duration ?? DEFAULT_SECONDS;
	const durations = entryOf(matrix, resolution);
	if (!durations) throw refuse(`resolution ${resolution} is not supported by ${body.model}`);
	if (!durations.includes(seconds)) {
		throw refuse(`duration ${seconds} is not supported by ${body.model} at ${resolution}`);
	}
	return { resolution, seconds };
}

function checkImages(body: Body): void {
	const images = {
		first_frame_image: body.first_frame_image,
		last_frame_image: body.last_frame_image,
		subject_reference: body.subject_reference?.[0]?.image[0],
	};
	for (const [field, image] of Object.entries(images)) {
		const problem = image === undefined ? undefined : imageReferenceProblem(image, HAILUO_IMAGE);
		if (problem) throw refuse(`${field}: ${problem}`);
	}
}
