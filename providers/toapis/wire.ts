import { z } from 'zod';
import {
	identifier,
	linkAnswer,
	number,
	optional,
	statedError,
	text,
	withRaw,
} from '../../video/answers';

/** `error` of most answers; `success` and `message` of uploads and accounts, often with HTTP 200. */
export const statedSchema = z.object({
	success: optional(z.boolean()),
	message: text,
	error: statedError,
});

// What we send. Strict, so that no field leaves that the page does not have.

const withRole = <Role extends string>(...roles: readonly [Role, ...Role[]]) =>
	z
		.array(z.object({ url: z.string().min(1), role: z.enum(roles) }).strict())
		.min(1)
		.optional();

/**
 * POST /v1/videos/generations, Hailuo 2.3, 2.3-Fast and 02. Sources:
 * https://docs.toapis.com/docs/en/api-reference/videos/minimax-hailuo-2.3/generation and
 * https://docs.toapis.com/docs/en/api-reference/videos/minimax-hailuo/generation
 */
export const createHailuoSchema = z
	.object({
		model: z.string(),
		prompt: z.string().optional(),
		duration: z.number().int().optional(),
		resolution: z.string().optional(),
		image_urls: z.array(z.string().min(1)).length(1).optional(),
		metadata: z
			.object({
				prompt_optimizer: z.boolean().optional(),
				fast_pretreatment: z.boolean().optional(),
				aigc_watermark: z.boolean().optional(),
				callback_url: z.string().optional(),
				last_frame_image: z.string().min(1).optional(),
			})
			.strict()
			.optional(),
	})
	.strict();

/** POST /v1/videos/generations, H3. Source: https://docs.toapis.com/docs/en/api-reference/videos/minimax-h3/generation */
export const createH3Schema = z
	.object({
		model: z.string(),
		prompt: z.string().optional(),
		duration: z.number().int().optional(),
		resolution: z.string().optional(),
		aspect_ratio: z.string().optional(),
		image_with_roles: withRole('first_frame', 'last_frame', 'reference_image'),
		video_with_roles: withRole('reference_video'),
		audio_with_roles: withRole('reference_audio'),
		watermark: z.boolean().optional(),
		callback_url: z.string().optional(),
	})
	.strict();

// What we read. Lenient: older shapes are taken too.

/**
 * Answer to a create and to GET /v1/videos/generations/{id}. Older ones name the ID `task_id`,
 * wrap it in `data`, or put the link at the top.
 * Source: https://docs.toapis.com/docs/en/api-reference/tasks/video-status
 */
export const taskSchema = z.preprocess(
	unwrapped,
	withRaw(
		z.object({
			id: identifier,
			status: text,
			model: text,
			progress: number,
			created_at: number,
			completed_at: number,
			expires_at: number,
			error: statedError,
			fail_reason: text,
			message: text,
		}),
	),
);

function unwrapped(body: unknown): unknown {
	if (typeof body !== 'object' || body === null) return body;
	if (Array.isArray(body)) return unwrapped(body[0]);
	const { id, task_id: taskId, data } = body as Record<string, unknown>;
	const ownId = [id, taskId].find((one) => identifier.safeParse(one).success);
	return ownId === undefined ? unwrapped(data) : { ...body, id: ownId };
}

/** Source: https://docs.toapis.com/docs/en/api-reference/uploads/images */
export const uploadedSchema = linkAnswer;
