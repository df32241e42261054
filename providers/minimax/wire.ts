import { z } from 'zod';

/** IDs come as strings, or as bare integers that may exceed 2^53. */
export const idSchema = z.union([z.string(), z.number()]).transform(String);

const optionalNumber = z.coerce.number().optional().catch(undefined);

export const baseRespSchema = z
	.object({
		base_resp: z
			.object({ status_code: idSchema, status_msg: z.string().optional().catch(undefined) })
			.passthrough(),
	})
	.passthrough();

export const envelopeSchema = z
	.object({ error: z.object({ message: z.string() }).passthrough() })
	.passthrough();

// What we send. Strict, so that no field leaves that the page does not have.

const imageSchema = z.string().min(1);

/** POST /v1/video_generation. Source: https://platform.minimax.io/docs/api-reference/video-generation-t2v and its siblings. */
export const createV1Schema = z
	.object({
		model: z.string(),
		prompt: z.string().optional(),
		first_frame_image: imageSchema.optional(),
		last_frame_image: imageSchema.optional(),
		subject_reference: z
			.array(
				z.object({ type: z.literal('character'), image: z.array(imageSchema).length(1) }).strict(),
			)
			.length(1)
			.optional(),
		duration: z.number().int().optional(),
		resolution: z.string().optional(),
		prompt_optimizer: z.boolean().optional(),
		fast_pretreatment: z.boolean().optional(),
		aigc_watermark: z.boolean().optional(),
		callback_url: z.string().optional(),
	})
	.strict();

const mediaItem = <Type extends string, Role extends string>(type: Type, roles: readonly Role[]) =>
	z
		.object({
			type: z.literal(`${type}_url`),
			[`${type}_url`]: z.object({ url: z.string().min(1) }).strict(),
			role: z.enum(roles as readonly [Role, ...Role[]]),
		})
		.strict();

/** POST /v2/video_generation. Source: https://platform.minimax.io/docs/api-reference/video-generation-v2-create */
export const createV2Schema = z
	.object({
		model: z.string(),
		content: z.array(
			z.union([
				z.object({ type: z.literal('text'), text: z.string() }).strict(),
				mediaItem('image', ['first_frame', 'last_frame', 'reference_image']),
				mediaItem('video', ['reference_video']),
				mediaItem('audio', ['reference_audio']),
			]),
		),
		resolution: z.string(),
		duration: z.number().int(),
		ratio: z.string().optional(),
		callback_url: z.string().optional(),
		aigc_watermark: z.boolean().optional(),
	})
	.strict();

/** POST /v1/video_template_generation. Source: https://platform.minimax.io/docs/api-reference/video-agent-create */
export const createTemplateSchema = z
	.object({
		template_id: z.string().regex(/^\d+$/),
		media_inputs: z.array(z.object({ value: imageSchema }).strict()).optional(),
		text_inputs: z.array(z.object({ value: z.string() }).strict()).optional(),
		callback_url: z.string().optional(),
	})
	.strict();

// What we read. Lenient: unknown keys stay, numbers and strings are both taken.

export const createdSchema = z
	.object({ task_id: idSchema.refine((id) => id !== '', 'is empty') })
	.passthrough();

/** GET /v1/query/video_generation and GET /v1/query/video_template_generation. */
export const queriedV1Schema = z
	.object({
		task_id: idSchema.optional(),
		status: z.string().optional(),
		file_id: idSchema.optional(),
		video_url: z.string().optional().catch(undefined),
		video_width: optionalNumber,
		video_height: optionalNumber,
		base_resp: z
			.object({ status_code: idSchema, status_msg: z.string().optional().catch(undefined) })
			.passthrough()
			.optional(),
	})
	.passthrough();

/** GET /v1/files/retrieve. */
export const retrievedSchema = z
	.object({
		file: z
			.object({ download_url: z.string(), backup_download_url: z.string().optional() })
			.passthrough(),
	})
	.passthrough();

/** A task of GET /v2/query/video_generation. */
export const taskV2Schema = z
	.object({
		id: idSchema,
		model: z.string().optional(),
		status: z.string(),
		error: z
			.object({ code: idSchema.optional(), message: z.string().optional() })
			.passthrough()
			.nullish(),
		created_at: optionalNumber,
		updated_at: optionalNumber,
		content: z.object({ url: z.string().optional() }).passthrough().nullish(),
		resolution: z.string().optional().catch(undefined),
		duration: optionalNumber,
		task_type: z.string().optional().catch(undefined),
	})
	.passthrough();

export const queriedV2Schema = z.object({ task: taskV2Schema }).passthrough();

export const listedV2Schema = z
	.object({ items: z.array(taskV2Schema), total: z.coerce.number().optional().catch(undefined) })
	.passthrough();

export const cancelledSchema = z
	.object({
		task_id: idSchema.optional(),
		action: z.string().optional(),
		status: z.string().optional(),
	})
	.passthrough();
