import { asError, InputError, StoppedError, VendorError } from '../failure';
import type { Host } from '../host';
import { Deadline, repeat } from '../retry';

/** Milliseconds that rows are tried without which the work cannot go on. */
const usualPatience = 60_000;

/** Work on rows without which nothing can go on: again while they cannot be reached. */
export async function patiently<T>(
	host: Host,
	work: () => Promise<T>,
	patience = usualPatience,
): Promise<T> {
	// A page in the place of n8n's API is what a restart of n8n looks like.
	return await repeat({ host }, new Deadline(host.elapsed() + patience, Infinity), work);
}

/** The row is a record, and no error of it costs a video; but who was stopped, is. */
export function unlessStopped(cause: unknown): undefined {
	if (cause instanceof StoppedError) throw cause;
	if (!(cause instanceof VendorError || cause instanceof InputError)) throw asError(cause);
	return undefined;
}
