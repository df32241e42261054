import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { clock } from '../../nodes/shared/clock';
import type { SandboxConfigInput } from '../../sandbox/config';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import type { SeenRequest } from '../../sandbox/world';

/** Lets the nodes live in simulated time. Start the sandbox with it, so that both sides agree. */
export function simulateTime(): SimulatedTime {
	const time = new SimulatedTime();
	clock.now = time.now;
	clock.elapsed = time.elapsed;
	clock.sleep = time.sleep;
	return time;
}

/** Turns of the event loop in which no request is on its way, until everybody is taken to wait. */
const idleTurns = 12;

/** Faults at which the sandbox never comes to the end of its answer. */
const endless = new Set<string | undefined>(['noAnswer', 'noAnswerAfterRead', 'slowDrip']);

const requestCreated = 'http.client.request.created';
const numberHeader = 'x-request-number';

interface Sleeper {
	/** By `elapsed`. */
	readonly until: number;
	wake(): void;
}

/**
 * Time that passes only while everybody waits. It stands still while somebody computes and while a
 * request is on its way, unless a fault of the sandbox holds it; else it jumps to the end of the
 * shortest sleep. So hours pass in milliseconds, and no outcome depends on how fast the machine is.
 * Nodes and sandboxes of one process share it; sleeps that do not go through it take no time.
 */
export class SimulatedTime {
	private readonly start = Date.now();

	private passed = 0;

	private isRunning = false;

	private readonly sleepers = new Set<Sleeper>();

	private readonly sandboxes = new Set<Sandbox>();

	/** Numbers of the requests that have begun and not ended. */
	private readonly onTheWay = new Set<string>();

	private requests = 0;

	/** Seconds that slow answers take, by vendor and step. */
	private readonly slow = new Map<string, number>();

	/** Only a fault holds an answer; without one nobody has to look for it among the requests. */
	private hasFaults = false;

	/** Milliseconds since 1970. */
	readonly now = (): number => this.start + this.passed;

	/** Milliseconds since this time began. */
	readonly elapsed = (): number => this.passed;

	/** Takes whole milliseconds and at least one, as the timers of Node.js do. Rejects when cut short. */
	readonly sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
		signal?.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			const end = () => {
				this.sleepers.delete(sleeper);
				signal?.removeEventListener('abort', end);
				if (signal?.aborted) reject(signal.reason as Error);
				else resolve();
			};
			const until = this.passed + Math.max(1, Math.ceil(milliseconds));
			const sleeper: Sleeper = { until, wake: end };
			signal?.addEventListener('abort', end);
			this.sleepers.add(sleeper);
			if (!this.isRunning) void this.run();
		});
	};

	/** A sandbox in this time. The slow answers of one vendor and step must all take equally long. */
	async startSandbox(config: SandboxConfigInput = {}): Promise<Sandbox> {
		const started = await startSandbox({ clock: this, config });
		const sandbox: Sandbox = {
			...started,
			inject: (fault) => {
				const { vendor, step, seconds } = fault;
				this.hasFaults = true;
				if (seconds !== undefined) this.slow.set(`${vendor} ${step}`, seconds);
				return started.inject(fault);
			},
			reset: () => {
				this.onTheWay.clear();
				this.hasFaults = false;
				started.reset();
			},
			close: async () => {
				this.sandboxes.delete(sandbox);
				if (this.sandboxes.size === 0) unsubscribe(requestCreated, this.follow);
				await started.close();
			},
		};
		if (this.sandboxes.size === 0) subscribe(requestCreated, this.follow);
		this.sandboxes.add(sandbox);
		return sandbox;
	}

	/** Counts a request until it has ended, well or not, and marks it for the sandbox's log. */
	private readonly follow = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		const number = String(++this.requests);
		request.setHeader(numberHeader, number);
		this.onTheWay.add(number);
		request.once('close', () => this.onTheWay.delete(number));
	};

	private async run() {
		this.isRunning = true;
		for (;;) {
			await this.untilEverybodyWaits();
			if (this.sleepers.size === 0) break;
			const ends = [...this.sleepers].map(({ until }) => until);
			this.passed = Math.min(...ends, ...this.held().map((until) => until - this.start));
			for (const sleeper of this.sleepers) if (sleeper.until <= this.passed) sleeper.wake();
		}
		this.isRunning = false;
	}

	private async untilEverybodyWaits() {
		for (let idle = 0; idle < idleTurns; idle++) {
			await turn();
			if (this.onTheWay.size > this.held().length) idle = -1;
		}
	}

	/** Until when the sandbox holds the requests that it does not answer now, by `now`. */
	private held(): number[] {
		if (!this.hasFaults || this.onTheWay.size === 0) return [];
		return [...this.sandboxes]
			.flatMap((sandbox) => sandbox.requests())
			.filter(({ headers }) => this.onTheWay.has(String(headers[numberHeader])))
			.map((request) => this.heldUntil(request))
			.filter((until) => until > this.now());
	}

	private heldUntil({ fault, time, vendor, step }: SeenRequest): number {
		if (endless.has(fault)) return Infinity;
		const seconds = fault === 'slowAnswer' ? this.slow.get(`${vendor} ${step}`) : 0;
		return time + (seconds ?? 0) * 1000;
	}
}
