import type { FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from './tasks';

const LOOK_EVERY_MS = 5;

/**
 * Requests that wait for a time of the sandbox's clock. That clock may run faster than the machine's,
 * and may be moved, so they look at it again and again in short sleeps.
 */
export class Waits {
	private ending = new AbortController();

	constructor(private readonly clock: Clock) {}

	/**
	 * Waits until this time, in milliseconds, and tells whether the client is still there. A client
	 * that hangs up, `end()`, and the end of the sandbox end the waiting.
	 */
	async until(time: number, { raw: { socket } }: FastifyRequest): Promise<boolean> {
		const { signal } = this.ending;
		const isOver = (): boolean => socket.destroyed || signal.aborted;
		while (!isOver() && this.clock.now() < time) await sleep(LOOK_EVERY_MS);
		// A client that hung up just before a jump of the clock is noticed only now.
		await sleep(LOOK_EVERY_MS);
		if (signal.aborted) socket.destroy();
		return !isOver();
	}

	/** Breaks the lines of all that wait. */
	end(): void {
		this.ending.abort();
		this.ending = new AbortController();
	}
}
