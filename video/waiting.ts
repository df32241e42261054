import { asError, type VendorError } from './failure';
import type { Host } from './host';

type Sleeper = Pick<Host, 'sleep'>;

/** Sleeps until it is woken, for so many milliseconds at the most. Throws StoppedError. */
export async function sleepUntilWoken(host: Sleeper, milliseconds: number, woken: AbortSignal) {
	await host.sleep(milliseconds, woken).catch((cause: unknown) => {
		// Where the run was stopped, its next sleep ends at once as well.
		if (!woken.aborted) throw asError(cause);
	});
}

/**
 * What the work gives, or the error that `late` gives where nothing has come for so many
 * milliseconds. `late` may still wait, until `settled`: what comes meanwhile counts. Throws
 * StoppedError.
 */
export async function inTime<T>(
	host: Sleeper,
	work: Promise<T>,
	milliseconds: number,
	late: (settled: AbortSignal) => VendorError | Promise<VendorError>,
): Promise<T> {
	const settled = new AbortController();
	let isLate = false;
	const over = host.sleep(milliseconds, settled.signal).then(async () => {
		isLate = true;
		throw await late(settled.signal);
	});
	// The loser of the race may reject later, when nobody listens any more.
	for (const promise of [over, work]) promise.catch(() => undefined);
	try {
		// Work that fails because it was given up says less than the giving up itself.
		const done = work.catch(async (cause: unknown) => {
			if (isLate) return await over;
			throw cause;
		});
		return await Promise.race([done, over]);
	} finally {
		settled.abort();
	}
}
