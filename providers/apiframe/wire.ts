import { z } from 'zod';
import {
	entries,
	identifier,
	linkAnswer,
	number,
	optional,
	text,
	withRaw,
} from '../../video/answers';

/**
 * Sources: `ErrorResponse`, `ValidationError` and `InsufficientCredits` of the OpenAPI document. A
 * job has an `error` too, beside its ID.
 */
export const refusalSchema = z.object({
	error: optional(z.string().min(1)),
	details: optional(z.record(entries(identifier))),
	creditsRequired: number,
	creditsAvailable: number,
	id: text,
	jobId: text,
});

// What we send. The vendor refuses every key that its schema does not have.

/** POST /v2/videos/generate. Source: https://docs-v2.apiframe.ai/docs/videos/hailuo/hailuo-2-3 */
export const createSchema = z
	.object({
		prompt: z.string(),
		model: z.string(),
		hailuoParams: z
			.object({
				duration: z.number().int().optional(),
				resolution: z.string().optional(),
				image: z.string().min(1).optional(),
				end_image: z.string().min(1).optional(),
				prompt_optimizer: z.boolean().optional(),
			})
			.strict()
			.optional(),
		webhookUrl: z.string().optional(),
		webhookEvents: z
			.array(z.enum(['progress', 'completed', 'failed']))
			.min(1)
			.optional(),
	})
	.strict();

// What we read. Lenient.

export const createdSchema = z.object({ jobId: identifier, status: text });

/** GET /v2/jobs/{id}, and an entry of GET /v2/jobs. */
export const jobSchema = withRaw(
	z.object({
		id: identifier,
		status: identifier,
		model: text,
		progress: number,
		/** A link, `{ videoUrl }` or `{ videos: [...] }`: https://apiframe.ai/docs/jobs/get */
		result: z.unknown(),
		error: z.unknown(),
		creditCost: number,
		createdAt: text,
		completedAt: text,
		expired: optional(z.boolean()),
	}),
);

/** GET /v2/jobs. Source: https://docs-v2.apiframe.ai/docs/jobs/list */
export const listedSchema = z.object({
	jobs: z.array(z.unknown()).pipe(entries(jobSchema)),
	nextCursor: text,
});

export const uploadedSchema = linkAnswer;
