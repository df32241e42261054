import { z } from 'zod';

const optionalText = z.string().nullish().catch(undefined);

/** Sources: `ErrorResponse`, `ValidationError` and `InsufficientCredits` of the OpenAPI document. */
export const refusalSchema = z
	.object({
		error: z.string(),
		details: z.record(z.array(z.string())).optional().catch(undefined),
		creditsRequired: z.number().optional().catch(undefined),
		creditsAvailable: z.number().optional().catch(undefined),
	})
	.passthrough();

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

// What we read. Lenient: unknown keys stay.

export const createdSchema = z
	.object({ jobId: z.string().min(1), status: z.string().optional().catch(undefined) })
	.passthrough();

const linkSchema = z.string().url();
const linkedSchema = z.union([
	linkSchema,
	z.object({ url: linkSchema }).transform(({ url }) => url),
	z.object({ videoUrl: linkSchema }).transform(({ videoUrl }) => videoUrl),
]);

/** A link, `{ videoUrl }` or `{ videos: [...] }`: https://apiframe.ai/docs/jobs/get */
export const resultSchema = z.union([
	linkedSchema.transform((link) => [link]),
	z
		.object({ videos: z.array(linkedSchema.nullable().catch(null)) })
		.transform(({ videos }) => videos.filter((link) => link !== null)),
]);

/** GET /v2/jobs/{id}, and an entry of GET /v2/jobs. */
export const jobSchema = z
	.object({
		id: z.string().min(1),
		status: z.string(),
		model: optionalText,
		progress: z.number().nullish().catch(undefined),
		result: z.unknown(),
		error: optionalText,
		creditCost: z.number().nullish().catch(undefined),
		createdAt: optionalText,
		completedAt: optionalText,
		expired: z.boolean().nullish().catch(undefined),
	})
	.passthrough();

/** GET /v2/jobs. Source: https://docs-v2.apiframe.ai/docs/jobs/list */
export const listedSchema = z
	.object({ jobs: z.array(jobSchema), nextCursor: optionalText })
	.passthrough();

export const uploadedSchema = z.object({ url: z.string().url() }).passthrough();
