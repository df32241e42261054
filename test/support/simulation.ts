import { randomUUID } from 'node:crypto';
import type { Capability } from '../../video/capabilities';
import { StoppedError } from '../../video/failure';
import { Generator } from '../../video/generate';
import type { Connection, Host, HttpRequest, Memory, RawAnswer } from '../../video/host';
import type { Order } from '../../video/order';
import { JobError } from '../../video/outcome';
import type { Provider } from '../../video/provider';
import type { VideoRequest } from '../../video/request';

interface Sleeper {
	readonly at: number;
	wake(): void;
}

export interface SimulatedExecution {
	readonly memory?: Memory;
	/** Presses Stop. */
	readonly stop?: AbortSignal;
	/** Another process has another one: it shares nothing but the vendor. */
	readonly process?: string;
}

/** Time that passes only when everybody sleeps: hours of waiting are milliseconds of a test. */
export class Simulation {
	/** Milliseconds since the simulation began. */
	time = 0;

	/** Added to the clock that people see; changing it is a clock that jumps. */
	wallClock = Date.parse('2026-11-21T10:00:00Z');

	private sleepers: Sleeper[] = [];

	private seed = 1;

	readonly now = () => this.wallClock + this.time;

	readonly elapsed = () => this.time;

	/** The same numbers in every run. */
	readonly random = () => {
		this.seed = (this.seed * 16_807) % 2_147_483_647;
		return (this.seed - 1) / 2_147_483_646;
	};

	readonly sleep = async (milliseconds: number, ...cancels: Array<AbortSignal | undefined>) => {
		await new Promise<void>((resolve, reject) => {
			const stop = () => {
				this.sleepers = this.sleepers.filter((one) => one !== sleeper);
				reject(new StoppedError());
			};
			const sleeper = {
				at: this.time + milliseconds,
				wake: () => {
					for (const cancel of cancels) cancel?.removeEventListener('abort', stop);
					resolve();
				},
			};
			if (cancels.some((cancel) => cancel?.aborted)) return reject(new StoppedError());
			this.sleepers.push(sleeper);
			for (const cancel of cancels) cancel?.addEventListener('abort', stop, { once: true });
		});
	};

	/** The result. Throws when it is not there after so many simulated milliseconds. */
	async run<T>(work: Promise<T>, most = Infinity): Promise<T> {
		let settled = false;
		const end = () => (settled = true);
		work.then(end, end);
		const limit = this.time + most;
		for (;;) {
			for (let turn = 0; turn < 4; turn++) await new Promise((next) => setImmediate(next));
			if (settled) return await work;
			const next = this.sleepers.reduce<Sleeper | undefined>(
				(first, one) => (first && first.at <= one.at ? first : one),
				undefined,
			);
			if (!next) throw new Error('Everybody waits for something that never happens');
			if (next.at > limit) throw new Error('It is still running');
			this.sleepers = this.sleepers.filter((one) => one !== next);
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
	}

	connection(
		send: (request: HttpRequest) => Promise<RawAnswer>,
		{ memory = memoryOf(), stop, process = '' }: SimulatedExecution = {},
	): Connection {
		const host: Host = {
			now: this.now,
			elapsed: this.elapsed,
			random: this.random,
			sleep: async (milliseconds, cancel) => await this.sleep(milliseconds, cancel, stop),
			uuid: randomUUID,
			open: async () => await Promise.reject(new Error('Nothing is downloaded here')),
			memory,
		};
		return { baseUrl: 'https://vendor.example.com', keyDigest: `digest ${process}`, host, send };
	}
}

export function memoryOf(values = new Map<string, unknown>()): Memory {
	return {
		get: (key) => structuredClone(values.get(key)),
		set: (key, value) => void values.set(key, structuredClone(value)),
		delete: (key) => void values.delete(key),
	};
}

export const json = (status: number, body: unknown): RawAnswer => ({
	status,
	headers: {},
	text: JSON.stringify(body),
});

export const html = (status: number): RawAnswer => ({
	status,
	headers: { 'content-type': 'text/html' },
	text: '<!DOCTYPE html><title>Just a moment</title>',
});

/** An order of one video; without wishes it waits for half an hour and downloads nothing. */
export function orderOf(
	provider: Provider,
	connection: Connection,
	prompt: string,
	{ model = 'MiniMax-Hailuo-2.3', ...wishes }: Partial<Order> & { model?: string } = {},
): Order {
	const row = provider.capabilities.find(
		(one) => one.model === model && one.mode === 'textToVideo',
	) as Capability;
	const request: VideoRequest = { mode: 'textToVideo', model, prompt, settings: {} };
	return {
		provider,
		connection,
		kind: provider.kindOf(model),
		files: [],
		facts: { model, mode: 'textToVideo', resolution: row.outputs[0].resolution },
		ready: row.outputs[0].ready,
		content: prompt,
		memoryKey: prompt,
		build: (write, id) => provider.encode(request, write, id, row),
		wait: { timeout: 30 * 60_000, onTimeout: 'fail' },
		...wishes,
	};
}

/** Orders of so many videos, with prompts of their own; each gets what `connect` gives. */
export const scenes = (
	count: number,
	provider: Provider,
	connect: () => Connection,
	wishes?: Parameters<typeof orderOf>[3],
) =>
	Array.from({ length: count }, (_, index) =>
		orderOf(provider, connect(), `Scene ${index}`, wishes),
	);

/** One execution that makes all of these. */
export const make = async (...orders: Order[]) => await new Generator(5).makeAll(orders);

/** Those of the results that are no video. */
export const failuresIn = (results: readonly unknown[]) =>
	results.filter((result) => result instanceof JobError);
