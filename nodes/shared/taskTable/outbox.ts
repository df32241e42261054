import { asError, StoppedError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { retryAfterFailure } from '../../../video/retry';
import { Slots } from '../../../video/slots';

const requestsAtOnce = 5;
/** Milliseconds that a table which does not answer is still tried after all else is done. */
const lastPatience = 60_000;
const longestPause = 15_000;

/**
 * What is to be written, and is tried until it is, or the execution ends: in the order in which it
 * was owed for each row. Nothing in here throws.
 */
export class Outbox {
	private readonly slots = new Slots(requestsAtOnce);

	/** The last work that was owed for a row, by its name. */
	private readonly last = new Map<string, Promise<void>>();

	private readonly pending = new Set<Promise<void>>();

	/** By `host.elapsed`. */
	private end = Infinity;

	constructor(private readonly host: Host) {}

	/** Resolves when it is written, or has to be tried again later. `failed` is told why it never was. */
	async owe(name: string, work: () => Promise<unknown>, failed: (cause: Error) => void) {
		const before = this.last.get(name);
		await new Promise<void>((tried) => {
			const done = (async () => {
				await before;
				await this.deliver(work, tried).catch((cause) => failed(asError(cause)));
				tried();
			})();
			this.last.set(name, done);
			this.pending.add(done);
			void done.then(() => this.pending.delete(done));
		});
	}

	/** Waits for what is still owed, for a while. */
	async flush() {
		this.end = this.host.elapsed() + lastPatience;
		await Promise.all(this.pending);
		this.end = Infinity;
	}

	private async deliver(work: () => Promise<unknown>, tried: () => void) {
		for (let failures = 0; ; failures++) {
			try {
				return await this.slots.run(work);
			} catch (cause) {
				const isOver = cause instanceof StoppedError || !(cause instanceof VendorError);
				if (isOver || !cause.retryable) throw asError(cause);
				tried();
				const pause = retryAfterFailure(failures, cause.retryAfterMs, this.host.random());
				if (this.host.elapsed() >= this.end) throw asError(cause);
				await this.host.sleep(Math.min(longestPause, pause));
			}
		}
	}
}
