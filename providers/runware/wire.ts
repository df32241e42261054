import { z } from 'zod';
import { wordsIn } from '../../video/answerErrors';
import { entries, identifier, number, optional, text, withRaw } from '../../video/answers';

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

// What we read. Lenient.

const word = optional(identifier.transform((value) => value.toLowerCase()));

/** Source: https://runware.ai/docs/platform/errors */
export const errorSchema = z.preprocess(
	(error) => (typeof error === 'string' ? { message: error } : error),
	withRaw(
		z.object({
			code: text,
			parameter: entries(identifier),
			allowedValues: entries(z.unknown()),
			taskUUID: text,
			videoUUID: text,
			status: word,
		}),
	).transform((error) => ({ ...error, message: wordsIn(error.raw) })),
);

/** An item of `data`. Source: https://runware.ai/docs/platform/task-polling */
export const resultSchema = withRaw(
	z.object({
		taskUUID: text,
		videoUUID: text,
		status: word,
		progress: number,
		videoURL: optional(z.string().url()),
		cost: number,
		error: optional(errorSchema),
	}),
);

/** Either key may be missing, and both may be there; errors before the queue come as `error`. */
export const envelopeSchema = z
	.object({ data: z.unknown(), errors: z.unknown(), error: z.unknown(), taskUUID: text })
	.refine(({ data, errors, error }) => (data ?? errors ?? error) != null, 'has no data')
	.pipe(
		z.object({
			data: entries(resultSchema),
			errors: entries(errorSchema),
			error: entries(errorSchema),
			taskUUID: text,
		}),
	);

/** What getTaskDetails says of an order. Source: https://runware.ai/docs/platform/task-details */
export const detailsSchema = z.object({
	data: entries(
		z.object({
			taskUUID: text,
			request: entries(z.object({ taskUUID: text, numberResults: number })),
		}),
	),
});
