import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';

import { type Clock, isFinal, type Phase, type Task, type Tasks } from './tasks';
import type { Settings } from './settings';

const LOOK_EVERY_MS = 50;
/** Calls that are repeated at the same time: more at once would run into their own time limit. */
const REPEATED_AT_ONCE = 20;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

interface Watch {
	task: Task;
	last: Phase;
	tell: (phase: Phase) => void;
}

type Headers = Record<string, string>;

interface Delivery {
	method?: 'POST' | 'PUT';
	/** Made anew for each try: what is signed with the time needs the time of the try. */
	headers?: () => Headers;
	/** Tries after the first one, in milliseconds behind the one before. */
	delays?: number[];
}

/** A call that was sent, or that a setting kept back. */
export interface SentCallback {
	/** Milliseconds of the sandbox's clock, when it was first sent. */
	time: number;
	vendor: string;
	taskId: string;
	/** Whether it tells the end of the task. */
	final: boolean;
	url: string;
	body: string;
	dropped: boolean;
	/** Of the answer to the newest try; missing before there is one, and where none came. */
	status?: number;
}

/** Calls out to the users' own servers, which are only ever on this machine. */
export class Callbacks {
	private watches: Watch[] = [];
	private readonly closing = new AbortController();
	private readonly timer: NodeJS.Timeout;

	private readonly sent: Array<{ view: SentCallback; sendOnce: () => Promise<boolean> }> = [];

	constructor(
		private readonly tasks: Tasks,
		private readonly clock: Clock,
		private readonly config: () => Settings,
	) {
		this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
		this.timer.unref();
	}

	/** MiniMax's check of a callback URL: it must echo a challenge in time. */
	async answersChallenge(url: string): Promise<boolean> {
		const challenge = randomUUID();
		try {
			const body = JSON.stringify({ challenge });
			const timeoutMs = this.config().callbacks.challengeSeconds * 1000;
			const response = await this.send(url, body, {}, { timeoutMs });
			const answer = (await response.json()) as { challenge?: unknown };
			return response.ok && answer.challenge === challenge;
		} catch {
			return false;
		}
	}

	/**
	 * Calls back about a task, late, doubled or not at all if the configuration says so, and tells
	 * whether the receiver took it.
	 */
	async tell(task: Task, url: string, body: string, options: Delivery = {}): Promise<boolean> {
		const { copies, delaySeconds, dropEvery } = this.config().callbacks;
		const { vendor, id: taskId } = task;
		const final = isFinal(this.tasks.phase(task));
		const before = this.sent.filter(({ view }) => view.final).length;
		const dropped = final && dropEvery > 0 && before % dropEvery === dropEvery - 1;
		const time = this.clock.now() + delaySeconds * 1000;
		const view: SentCallback = { time, vendor, taskId, final, url, body, dropped };
		const heard = (status?: number) => (view.status = status);
		const send = async (delays = options.delays) =>
			await this.deliver(url, body, { ...options, delays, heard });
		this.sent.push({ view, sendOnce: async () => await send([]) });
		if (dropped || !(await this.pause(delaySeconds * 1000))) return false;
		const taken = await Promise.all(Array.from({ length: copies }, async () => await send()));
		return taken.includes(true);
	}

	list(): SentCallback[] {
		return this.sent.map(({ view }) => view);
	}

	/** Sends once more what was sent so far, or only what nobody took: as late as now, signed anew. */
	async repeat(onlyMissed = false): Promise<number> {
		const isTaken = ({ status = 0 }: SentCallback) => status >= 200 && status < 300;
		const all = this.sent.filter(({ view }) => !view.dropped && !(onlyMissed && isTaken(view)));
		const limit = pLimit(REPEATED_AT_ONCE);
		await Promise.all(all.map(async ({ sendOnce }) => await limit(sendOnce)));
		return all.length;
	}

	/** Sends, again after each of the delays, and tells whether the receiver took it. */
	async deliver(
		url: string,
		body: string | Buffer,
		{ method, headers, delays = [], heard }: Delivery & { heard?: (status?: number) => void } = {},
	): Promise<boolean> {
		for (const delay of [0, ...delays]) {
			if (!(await this.pause(delay))) return false;
			try {
				const { ok, status } = await this.send(url, body, headers?.(), { method });
				heard?.(status);
				if (ok) return true;
			} catch {
				if (this.closing.signal.aborted) return false;
				heard?.();
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
		this.sent.length = 0;
	}

	close(): void {
		clearInterval(this.timer);
		this.closing.abort();
		this.reset();
	}

	/** Whether to go on after it. */
	private async pause(milliseconds: number): Promise<boolean> {
		const options = { signal: this.closing.signal, ref: false };
		return await sleep(milliseconds, true, options).catch(() => false);
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
		url: string,
		body: string | Buffer,
		headers: Headers = {},
		{ method = 'POST', timeoutMs = 10_000 } = {},
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
