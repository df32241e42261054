import { randomUUID } from 'node:crypto';

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
			const response = await this.post(url, JSON.stringify({ challenge }), {}, 3000);
			const answer = (await response.json()) as { challenge?: unknown };
			return response.ok && answer.challenge === challenge;
		} catch {
			return false;
		}
	}

	/** Posts and tells whether the receiver took it. */
	async deliver(url: string, body: string, headers: Record<string, string> = {}): Promise<boolean> {
		try {
			return (await this.post(url, body, headers, 10_000)).ok;
		} catch {
			return false;
		}
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

	private async post(
		url: string,
		body: string,
		headers: Record<string, string>,
		timeoutMs: number,
	): Promise<Response> {
		if (!LOOPBACK.includes(new URL(url).hostname)) throw new Error('not on this machine');
		return await fetch(url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', ...headers },
			body,
			redirect: 'manual',
			signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeoutMs)]),
		});
	}
}
