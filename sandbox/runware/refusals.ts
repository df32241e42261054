import type { z } from 'zod';

/** A refused task; `status` is the HTTP status of an answer that holds nothing else. */
export interface Refusal {
	status: number;
	error: Record<string, unknown> & { code: string; message: string };
}

export class TaskRefusal extends Error {
	readonly refusal: Refusal;

	constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
		super(message);
		this.refusal = { status, error: { code, message, ...more } };
	}
}

export const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The vendor's codes are made of what is wrong and the parameter: `missingModel`, `unsupportedDuration`. */
function fromIssue(issue: z.ZodIssue): TaskRefusal {
	if (issue.code === 'unrecognized_keys') {
		const parameter = [...issue.path, issue.keys[0]].join('.');
		return new TaskRefusal(400, 'unknownParameter', `Unknown parameter ${parameter}`, {
			parameter,
		});
	}
	const parameter = issue.path.join('.');
	const name = capitalised(String(issue.path.filter((part) => typeof part === 'string').at(-1)));
	const missing = issue.code === 'invalid_type' && issue.received === 'undefined';
	return new TaskRefusal(
		400,
		`${missing ? 'missing' : 'invalid'}${name}`,
		`${parameter}: ${issue.message}`,
		{ parameter },
	);
}

export const unsupported = (
	parameter: string,
	message: string,
	allowedValues?: unknown[],
): TaskRefusal =>
	new TaskRefusal(400, `unsupported${capitalised(parameter)}`, message, {
		parameter,
		...(allowedValues && { allowedValues }),
	});

/** Reads a task by its schema, and refuses it by the first thing that is wrong. */
export function parse<Schema extends z.ZodTypeAny>(
	schema: Schema,
	task: unknown,
): z.output<Schema> {
	const parsed = schema.safeParse(task);
	if (parsed.success) return parsed.data as z.output<Schema>;
	const [issue] = parsed.error.issues;
	throw issue ? fromIssue(issue) : new TaskRefusal(400, 'invalidTask', 'Invalid task');
}

export const missingKey = (): Refusal['error'] => ({
	code: 'missingApiKey',
	message: 'No API key was given',
	parameter: 'apiKey',
	taskType: 'authentication',
});
export const invalidKey = (): Refusal['error'] => ({
	code: 'invalidApiKey',
	message: 'The API key is not valid',
	parameter: 'apiKey',
	taskType: 'authentication',
});
