import { z } from 'zod';
import { ownValue, wordsIn } from './answerErrors';
import { type VideoTask, withoutAbsent } from './task';

/**
 * Parts of the schemas by which answers of vendors are read. Vendors leave fields out, write null
 * in their place or change their form: none of that may lose a task that was paid for.
 */

/** A field that may be missing. Null, and a value of another form, count as missing. */
export function optional<Schema extends z.ZodTypeAny>(schema: Schema) {
	return schema
		.nullish()
		.catch(undefined)
		.transform((value): z.output<Schema> | undefined => value ?? undefined);
}

/** Text or a number, as text that is not empty. */
export const identifier = z
	.union([z.string(), z.number()])
	.transform((value) => String(value).trim())
	.refine((value) => value !== '', 'is empty');

/** Text that may be missing; empty text is missing. */
export const text = optional(identifier);

/** A number, or text that is one. */
export const number = optional(
	z
		.union([z.number(), z.string().regex(/^\s*-?\d+(\.\d+)?\s*$/)])
		.transform(Number)
		.refine(Number.isFinite),
);

/**
 * The entries of a list. One entry in place of a list is a list of one; entries of another form are
 * left out, so that they do not spoil the good ones.
 */
export function entries<Schema extends z.ZodTypeAny>(schema: Schema) {
	return z.unknown().transform((value): z.output<Schema>[] => {
		if (value === undefined || value === null) return [];
		return (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((entry) => {
			const { success, data } = schema.safeParse(entry);
			return success ? [data as z.output<Schema>] : [];
		});
	});
}

/** What a schema reads, with the vendor's own words beside it in `raw`. */
export function withRaw<Schema extends z.ZodTypeAny>(schema: Schema) {
	return z.unknown().transform((raw, context): z.output<Schema> & { raw: unknown } => {
		const { success, data, error } = schema.safeParse(raw);
		if (success) return { ...(data as z.output<Schema>), raw };
		error.issues.forEach(context.addIssue);
		return z.NEVER;
	});
}

const errorFields = z.object({ code: text, type: text, http_code: number }).catch({});

/** An `error` of whatever form: words alone, or an object that has a code, a type or words. */
export const statedError = z
	.unknown()
	.transform((error) => ({ ...errorFields.parse(error), words: wordsIn(error) }));

const linkSchema = z
	.string()
	.trim()
	.url()
	.regex(/^https?:/i);
const linkKeys = ['result', 'videos', 'videoUrl', 'video_url', 'url', 'output', 'data'];

/** The links to videos in a part of an answer, each once: a link, a list, or under a usual key. */
export function linksIn(value: unknown, depth = 5): string[] {
	const { success, data } = linkSchema.safeParse(value);
	if (success) return [data];
	if (typeof value !== 'object' || value === null || depth === 0) return [];
	if (Array.isArray(value)) {
		return [...new Set(value.flatMap((entry) => linksIn(entry, depth - 1)))];
	}
	for (const key of linkKeys) {
		const links = linksIn(ownValue(value, key), depth - 1);
		if (links.length > 0) return links;
	}
	return [];
}

/** An answer that is there for its link, such as that to an upload. */
export const linkAnswer = z
	.unknown()
	.transform((answer) => linksIn(answer))
	.refine((links) => links.length > 0, 'has no link')
	.transform(([link]) => link);

/** Milliseconds since 1970 as ISO 8601; undefined where a vendor gives no time, or 0 in its place. */
export function isoOf(milliseconds = NaN): string | undefined {
	const date = new Date(milliseconds > 0 ? milliseconds : NaN);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/**
 * What a vendor says of the time of a task, both in milliseconds since 1970 and by its own clock:
 * with ours in the place of one the difference would be guessed. `completed` is absent before the end.
 */
export function timesOf(
	created?: number,
	completed?: number,
): Pick<VideoTask, 'createdAt' | 'completedAt' | 'elapsedSeconds'> {
	const [createdAt, completedAt] = [isoOf(created), isoOf(completed)];
	const seconds = createdAt && completedAt ? ((completed ?? 0) - (created ?? 0)) / 1000 : -1;
	return withoutAbsent({
		createdAt,
		completedAt,
		elapsedSeconds: seconds < 0 ? undefined : Math.round(seconds),
	});
}
