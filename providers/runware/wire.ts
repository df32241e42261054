import { z } from 'zod';

// What we send. Strict, so that no field leaves that the page does not have.

/** taskType videoInference. Source: https://runware.ai/docs/models/minimax-hailuo-2-3 */
export const createSchema = z
	.array(
		z
			.object({
				taskType: z.literal('videoInference'),
				/** A UUID of version 4, except in a dry run. */
				taskUUID: z.string(),
				model: z.string(),
				positivePrompt: z.string().optional(),
				width: z.number().int().optional(),
				height: z.number().int().optional(),
				/** In place of width and height; models outside our table only. */
				resolution: z.string().optional(),
				duration: z.number().int().optional(),
				fps: z.number().int().optional(),
				inputs: z
					.object({
						frameImages: z
							.array(
								z.object({ image: z.string().min(1), frame: z.enum(['first', 'last']) }).strict(),
							)
							.min(1),
					})
					.strict()
					.optional(),
				providerSettings: z
					.object({ minimax: z.object({ promptOptimizer: z.boolean() }).strict() })
					.strict()
					.optional(),
				outputFormat: z.string().optional(),
				outputQuality: z.number().int().optional(),
				webhookURL: z.string().optional(),
				uploadEndpoint: z.string().optional(),
				safety: z
					.object({ checkContent: z.literal(true), mode: z.enum(['fast', 'full']) })
					.strict()
					.optional(),
				ttl: z.number().int().optional(),
				includeCost: z.boolean().optional(),
				numberResults: z.number().int().optional(),
			})
			.strict(),
	)
	.length(1);

// What we read. Lenient: unknown keys stay.

const optionalText = z.string().optional().catch(undefined);

const textSchema = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);

/** Source: https://runware.ai/docs/platform/errors */
export const errorSchema = z
	.object({
		code: textSchema,
		message: textSchema,
		parameter: z
			.union([z.string(), z.array(z.string())])
			.optional()
			.catch(undefined),
		allowedValues: z.array(z.unknown()).optional().catch(undefined),
		taskUUID: optionalText,
		status: optionalText,
	})
	.passthrough();

/** An item of `data`. Source: https://runware.ai/docs/platform/task-polling */
export const resultSchema = z
	.object({
		taskUUID: optionalText,
		status: optionalText,
		progress: z.number().optional().catch(undefined),
		videoURL: z.string().url().optional().catch(undefined),
		cost: z.number().optional().catch(undefined),
		error: errorSchema.optional().catch(undefined),
	})
	.passthrough();

/** Either key may be missing, and both may be there; errors before the queue come as `error`. */
export const envelopeSchema = z
	.object({
		data: z.array(resultSchema).nullish(),
		errors: z.array(errorSchema).nullish(),
		error: errorSchema.nullish(),
		taskUUID: optionalText,
	})
	.passthrough()
	.refine(({ data, errors, error }) => (data ?? errors ?? error) != null, 'has no data');
