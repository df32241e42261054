import { z } from 'zod';
import {
	entries,
	identifier,
	number,
	optional,
	statedError,
	text,
	withRaw,
} from '../../video/answers';

const baseResp = optional(z.object({ status_code: text, status_msg: text }));

/**
 * What says that a request did not succeed: `base_resp` (V1, inside HTTP 200) or `error` (V2, with
 * a real HTTP status). The other keys are those of answers that hold something.
 */
export const statedSchema = z.object({
	base_resp: baseResp,
	error: statedError,
	task_id: text,
	status: text,
	file: z.unknown(),
});

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

// What we read. Lenient: numbers and strings are both taken, IDs may exceed 2^53.

export const createdSchema = z.object({ task_id: identifier });

/** GET /v1/query/video_generation and GET /v1/query/video_template_generation. */
export const queriedV1Schema = withRaw(
	z.object({
		status: text,
		file_id: text,
		video_url: text,
		video_width: number,
		video_height: number,
		base_resp: baseResp,
	}),
);

/** GET /v1/files/retrieve. */
export const retrievedSchema = z.object({
	file: optional(z.object({ download_url: text, backup_download_url: text })),
});

/** A task of GET /v2/query/video_generation. */
export const taskV2Schema = withRaw(
	z.object({
		id: identifier,
		model: text,
		status: identifier,
		error: statedError,
		created_at: number,
		updated_at: number,
		content: z.unknown(),
		resolution: text,
		duration: number,
		task_type: text,
	}),
);

export const queriedV2Schema = z.object({ task: taskV2Schema });

/** GET /v2/query/video_generation. An empty list may be written as null. */
export const listedV2Schema = z
	.object({ items: optional(z.array(z.unknown())), total: number })
	.transform(({ items, total }) => ({ items: items ?? (total === 0 ? [] : undefined), total }))
	.pipe(z.object({ items: z.array(z.unknown()), total: number }));

/** The tasks among the items of a list. */
export const tasksV2Schema = entries(taskV2Schema);

export const cancelledSchema = z.object({ status: text });
