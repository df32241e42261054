import { asError, VendorError } from './failure';
import type { Connection } from './host';

/** Milliseconds. */
const pauses = { first: 2000, longest: 60_000 };
/** A page in place of an answer may pass, e.g. of a firewall; a wrong address does not. */
const pagePatience = 20_000;

/** Until when a request may be repeated, by `host.elapsed`: a page gets less patience than a vendor. */
export class Deadline {
	private firstPage?: number;

	/** `forPages`: milliseconds from the first page on. */
	constructor(
		readonly end: number,
		private readonly forPages = pagePatience,
	) {}

	/** Whether a further try after this error, at this time, would come too late. */
	isOver({ fromVendor, status, category }: VendorError, now: number, delay: number): boolean {
		const isPage = !fromVendor && status !== undefined && category !== 'rateLimit';
		if (isPage) this.firstPage ??= now;
		const pageEnd = isPage ? (this.firstPage ?? now) + this.forPages : Infinity;
		return now + delay > Math.min(this.end, pageEnd);
	}
}

/** Milliseconds to pause after so many failures before this one: twice as long each time. */
export function backoff(failures: number): number {
	return Math.min(pauses.longest, pauses.first * 2 ** Math.min(failures, 10));
}

/** Milliseconds until the next try after so many failures in a row. `random` is 0 to 1. */
export function retryAfterFailure(failures: number, retryAfterMs = 0, random = 0.5): number {
	return Math.max(retryAfterMs, backoff(failures) * (0.75 + random / 2));
}

/**
 * Calls until it succeeds, fails for good or `deadline` (of `host.elapsed`) would pass. For requests
 * that may be repeated.
 */
export async function repeat<T>(
	{ host }: Pick<Connection, 'host'>,
	deadline: number | Deadline,
	call: () => Promise<T>,
): Promise<T> {
	const until = typeof deadline === 'number' ? new Deadline(deadline) : deadline;
	for (let failures = 0; ; failures++) {
		try {
			return await call();
		} catch (cause) {
			if (!(cause instanceof VendorError) || !cause.retryable) throw asError(cause);
			const delay = retryAfterFailure(failures, cause.retryAfterMs, host.random());
			if (until.isOver(cause, host.elapsed(), delay)) throw asError(cause);
			await host.sleep(delay);
		}
	}
}
