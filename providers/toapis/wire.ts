import { z } from 'zod';

/** Codes are numbers or words, depending on the endpoint. */
const codeSchema = z.union([z.string(), z.number()]).transform(String).nullish().catch(undefined);

const optionalText = z.string().nullish().catch(undefined);
const optionalNumber = z.coerce.number().optional().catch(undefined);

/** `error` of an answer or of a failed task. */
export const errorSchema = z
	.object({ code: codeSchema, message: optionalText, type: optionalText })
	.passthrough();

export const envelopeSchema = z.object({ error: errorSchema }).passthrough();

/** Uploads and account endpoints; often with HTTP 200. */
export const unsuccessfulSchema = z
	.object({ success: z.literal(false), message: optionalText })
	.passthrough();

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

// What we read. Lenient: unknown keys stay, older shapes are taken too.

const videoSchema = z.object({ url: z.string().url() }).passthrough();

/**
 * Answer to a create and to GET /v1/videos/generations/{id}. Older ones name the ID `task_id`,
 * wrap it in `data`, or put the link at the top.
 * Source: https://docs.toapis.com/docs/en/api-reference/tasks/video-status
 */
export const taskSchema = z.preprocess(
	unwrapped,
	z
		.object({
			id: z.union([z.string().min(1), z.number()]).transform(String),
			status: z.string().nullish().catch(undefined),
			model: optionalText,
			progress: optionalNumber,
			created_at: optionalNumber,
			completed_at: optionalNumber,
			expires_at: optionalNumber,
			result: z
				.object({ data: z.array(videoSchema.nullable().catch(null)).catch([]) })
				.passthrough()
				.nullish()
				.catch(undefined),
			url: optionalText,
			video_url: optionalText,
			error: errorSchema.nullish().catch(undefined),
			fail_reason: optionalText,
		})
		.passthrough(),
);

function unwrapped(body: unknown): unknown {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
	const { data, ...outer } = body as Record<string, unknown>;
	if (Array.isArray(data) && outer.id === undefined && outer.task_id === undefined) {
		return unwrapped(data[0]);
	}
	return { ...body, id: outer.id ?? outer.task_id };
}

/** Source: https://docs.toapis.com/docs/en/api-reference/uploads/images */
export const uploadedSchema = z
	.object({ data: z.object({ url: z.string().url() }).passthrough() })
	.passthrough();
