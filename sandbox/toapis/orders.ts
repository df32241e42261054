import { z } from 'zod';

import { hailuoPrice, SIZES } from '../hailuo';
import { isHttpUrl } from '../media';
import { invalid } from './answers';

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

export interface Order {
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
		size: SIZES[resolution],
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
	const ratio = frames > 0 ? 'adaptive' : order.aspect_ratio;
	return {
		model: order.model,
		prompt: order.prompt,
		seconds: order.duration,
		size: h3Size(order.resolution, ratio),
		usd: order.duration * (order.resolution === '2K' ? 0.13 : 0.08),
		callbackUrl: order.callback_url,
		clientBusinessId: order.client_business_id,
		hasMetadata: false,
	};
}

function h3Size(resolution: '2K' | '768p', ratio = '16:9'): Order['size'] {
	const side = resolution === '2K' ? 1440 : 768;
	const [across = 16, down = 9] = ratio === 'adaptive' ? [] : ratio.split(':').map(Number);
	return across >= down
		? { width: Math.round((side * across) / down), height: side }
		: { width: side, height: Math.round((side * down) / across) };
}

/** Reads the body of a create, and refuses what its model does not take. */
export const readOrder = (body: Record<string, unknown>): Order =>
	body.model === 'MiniMax-H3' ? readH3(body) : readHailuo(body);

/** The models on offer. */
export const MODELS = [...hailuoSchema.shape.model.options, h3Schema.shape.model.value];
