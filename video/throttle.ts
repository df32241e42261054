import type { Host } from './host';
import type { RateLimit } from './provider';

/** The vendor counts from when a request arrives, which is later than when it was sent. */
const clockMargin = 1.05;

/** Keeps creates under a vendor's rate limit: at most `requests` in any window of `per` seconds. */
export class Throttle {
	private readonly sent: number[] = [];

	private turn: Promise<void> = Promise.resolve();

	constructor(
		private readonly host: Host,
		private readonly limit?: RateLimit,
	) {}

	/** Resolves when the next request may be sent; callers are let through in order. */
	async pass(): Promise<void> {
		const before = this.turn;
		let done: () => void = () => undefined;
		this.turn = new Promise((resolve) => (done = resolve));
		await before;
		try {
			await this.wait();
		} finally {
			done();
		}
	}

	private async wait() {
		if (!this.limit) return;
		const { requests, per } = this.limit;
		const window = per * 1000 * clockMargin;
		while (this.sent.length >= requests) {
			const free = this.sent[0] + window - this.host.now();
			if (free <= 0) this.sent.shift();
			else await this.host.sleep(free);
		}
		this.sent.push(this.host.now());
	}
}
