import { asError, VendorError } from './failure';
import type { Connection } from './host';

const backoff = { first: 2000, longest: 60_000 };

/** Milliseconds until the next try after so many failures in a row. `random` is 0 to 1. */
export function retryAfterFailure(failures: number, retryAfterMs = 0, random = 0.5): number {
	const pause = Math.min(backoff.longest, backoff.first * 2 ** Math.min(failures, 10));
	return Math.max(retryAfterMs, pause * (0.75 + random / 2));
}

/**
 * Calls until it succeeds, fails for good or `deadline` (of `host.elapsed`) would pass. For requests
 * that may be repeated.
 */
export async function repeat<T>(
	{ host }: Pick<Connection, 'host'>,
	deadline: number,
	call: () => Promise<T>,
): Promise<T> {
	for (let failures = 0; ; failures++) {
		try {
			return await call();
		} catch (cause) {
			if (!(cause instanceof VendorError) || !cause.retryable) throw asError(cause);
			const delay = retryAfterFailure(failures, cause.retryAfterMs, host.random());
			if (host.elapsed() + delay > deadline) throw asError(cause);
			await host.sleep(delay);
		}
	}
}
