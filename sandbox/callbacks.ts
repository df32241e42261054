import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { isFinal } from './tasks';
import type { Phase, Task, Tasks } from './tasks';

const LOOK_EVERY_MS = 50;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

interface Watch {
	task: Task;
	last: Phase;
	tell: (phase: Phase) => void;
}

/** Calls out to the users' own servers, which are only ever on this machine. */
export class Callbacks {
	private watches: Watch[] = [];
	private readonly closing = new AbortController();
	private readonly timer: NodeJS.Timeout;

	constructor(private readonly tasks: Tasks) {
		this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
		this.timer.unref();
	}

	/** MiniMax's check of a callback URL: it must echo a challenge in time. */
	async answersChallenge(url: string): Promise<boolean> {
		const challenge = randomUUID();
		try {
			const response = await this.send('POST', url, JSON.stringify({ challenge }), {}, 3000);
			const answer = (await response.json()) as { challenge?: unknown };
			return response.ok && answer.challenge === challenge;
		} catch {
			return false;
		}
	}

	/** Sends, again after each of the delays in milliseconds, and tells whether the receiver took it. */
	async deliver(
		url: string,
		body: string | Buffer,
		options: { method?: 'POST' | 'PUT'; headers?: Record<string, string>; delays?: number[] } = {},
	): Promise<boolean> {
		const { method = 'POST', headers = {}, delays = [] } = options;
		for (const delay of [0, ...delays]) {
			try {
				await sleep(delay, undefined, { signal: this.closing.signal, ref: false });
				if ((await this.send(method, url, body, headers, 10_000)).ok) return true;
			} catch {
				if (this.closing.signal.aborted) return false;
			}
		}
		return false;
	}

	/** Tells of every change of phase until the task is over. */
	watch(task: Task, tell: (phase: Phase) => void): void {
		this.watches.push({ task, last: this.tasks.phase(task), tell });
	}

	reset(): void {
		this.watches = [];
	}

	close(): void {
		clearInterval(this.timer);
		this.closing.abort();
		this.reset();
	}

	private look(): void {
		for (const watch of this.watches) {
			const phase = this.tasks.phase(watch.task);
			if (phase !== watch.last) {
				watch.last = phase;
				watch.tell(phase);
			}
		}
		this.watches = this.watches.filter((watch) => !isFinal(watch.last));
	}

	private async send(
		method: string,
		url: string,
		body: string | Buffer,
		headers: Record<string, string>,
		timeoutMs: number,
	): Promise<Response> {
		if (!LOOPBACK.includes(new URL(url).hostname)) throw new Error('not on this machine');
		return await fetch(url, {
			method,
			headers: {
				'Content-Type': typeof body === 'string' ? 'application/json' : 'video/mp4',
				...headers,
			},
			body,
			redirect: 'manual',
			signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeoutMs)]),
		});
	}
}
