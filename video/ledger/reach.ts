import { asError, InputError, StoppedError, VendorError } from '../failure';
import type { Host } from '../host';
import { repeat } from '../retry';

/** Milliseconds that rows are tried without which nothing may be sent. */
const patience = 60_000;

/** Work on rows without which nothing may be sent: again while they cannot be reached. */
export async function patiently<T>(host: Host, work: () => Promise<T>): Promise<T> {
	return await repeat({ host }, host.elapsed() + patience, work);
}

/** The row is a record, and no error of it costs a video; but who was stopped, is. */
export function unlessStopped(cause: unknown): undefined {
	if (cause instanceof StoppedError) throw cause;
	if (!(cause instanceof VendorError || cause instanceof InputError)) throw asError(cause);
	return undefined;
}
