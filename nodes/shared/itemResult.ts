import type { IDataObject } from 'n8n-workflow';
import type { Quote } from '../../video/cost';
import { InputError } from '../../video/failure';
import type { Hint } from '../../video/hint';
import { asJobError, JobError, type Made } from '../../video/outcome';
import type { KnownTask } from '../../video/task';
import { dayAndTime } from '../../video/text';

/** What became of one item of a node that works on tasks. */
export type ItemResult = Made | Failed | PlainItem;

/** An order that did not end with a video, or a form that asks for none. */
export type Failed = JobError | InputError;

/** An item that is no task. */
export interface PlainItem {
	readonly json: IDataObject;
	readonly hints?: readonly Hint[];
	/** What it would cost. */
	readonly quote?: Quote;
	readonly notes?: readonly string[];
}

export function isFailed(value: unknown): value is Failed {
	return value instanceof JobError || value instanceof InputError;
}

export function taskOf(result: ItemResult): KnownTask | undefined {
	return 'task' in result ? result.task : undefined;
}

/** Does the work of one item; its complaint becomes the item's result. `task`: what the work is about. */
export async function orFailure<T>(work: () => Promise<T>, task?: KnownTask): Promise<T | Failed> {
	try {
		return await work();
	} catch (cause) {
		return cause instanceof InputError ? cause : asJobError(cause, task);
	}
}

/** More that the person should know of an item. */
export function withHints(result: ItemResult, more: readonly Hint[]): ItemResult {
	if (more.length === 0 || result instanceof InputError) return result;
	const hints = [...(result.hints ?? []), ...more];
	return isFailed(result) ? result.withHints(hints) : { ...result, hints };
}

/** How long the link of a video works that was not downloaded. */
export function linkNotes({ task: { videos }, files }: Made): string[] {
	const expiresAt = files.length === 0 ? videos[0]?.expiresAt : undefined;
	if (expiresAt === undefined) return [];
	return [`The link of the video works until ${dayAndTime(expiresAt)}. Download it before that.`];
}
