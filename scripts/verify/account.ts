import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../../video/checkRequest';
import { quote } from '../../video/cost';
import { VendorError, vendorErrorOf } from '../../video/failure';
import type { Connection, HttpRequest, RawAnswer } from '../../video/host';
import type { CreateRequest, Provider, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { videoRequestSchema } from '../../video/request';
import { type Cost, isFinal, type VideoTask } from '../../video/task';
import type { Account } from '../../harness/accounts';
import { keyHeaders } from '../../harness/keyHeaders';

const secondsBetweenLooks = 10;
const patienceSeconds = 30 * 60;
const shownCharacters = 600;

/** Nothing was found out, for the reason of the message. */
export class Unchecked extends Error {}

/** The cheapest order of a text to video by the price list. */
interface Order {
	readonly request: CreateRequest;
	readonly estimate: Cost;
}

interface Made extends Order {
	readonly task: VideoTask;
}

/** A real key at work, with all that was sent and said. */
export class VerifiedAccount {
	requests = 0;

	/** Status and the beginning of the body, without the key; empty where none came. */
	lastAnswer = '';

	private readonly videos = new Map<string, Promise<Made>>();

	private constructor(
		readonly provider: Provider,
		readonly mayOrder: boolean,
		private readonly key: string,
		private readonly headers: Readonly<Record<string, string>>,
		private readonly baseUrl: string,
	) {}

	static async open(provider: Provider, { type, data }: Account, mayOrder: boolean) {
		const key = String(data.apiKey);
		const headers = await keyHeaders(type, { ...data, apiKey: key });
		const baseUrl = provider.baseUrl?.(data) ?? String(data.baseUrl);
		return new VerifiedAccount(provider, mayOrder, key, headers, baseUrl.replace(/\/+$/, ''));
	}

	get connection(): Connection {
		const memory = new Map<string, unknown>();
		return {
			baseUrl: this.baseUrl,
			keyDigest: createHash('sha256').update(this.key).digest('hex'),
			send: async (request) => await this.send(request),
			host: {
				now: () => Date.now(),
				elapsed: () => performance.now(),
				random: () => Math.random(),
				uuid: () => randomUUID(),
				sleep: async (milliseconds, signal) => void (await sleep(milliseconds, null, { signal })),
				open: async () => await Promise.reject(new Error('Nothing is downloaded here')),
				memory: {
					get: (name) => memory.get(name),
					set: (name, value) => void memory.set(name, value),
					delete: (name) => void memory.delete(name),
				},
			},
		};
	}

	withoutKey(text: string): string {
		return text.replaceAll(this.key, '[key]');
	}

	/** Asks for tasks as the nodes do; a question that fails as a whole is the answer to each. */
	async ask(tasks: ReadonlyArray<Omit<TaskReference, 'provider'>>): Promise<StatusAnswer[]> {
		const references = tasks.map((task) => ({ provider: this.provider.id, ...task }));
		const facts = references.map(() => ({ results: 1 }));
		const answers = await this.provider
			.status(this.connection, references, facts)
			.catch((cause: unknown) => references.map(() => vendorErrorOf(cause)));
		return [...answers];
	}

	/** A request to the base URL that no node sends; undefined when the answer is no JSON. */
	async post(json: unknown): Promise<unknown> {
		const { text } = await this.send({ method: 'POST', url: this.baseUrl, json });
		try {
			return JSON.parse(text) as unknown;
		} catch {
			return undefined;
		}
	}

	/** Orders without waiting. Throws Unchecked where nothing may be ordered. */
	async order(request: CreateRequest): Promise<VideoTask> {
		if (!this.mayOrder) throw new Unchecked('It costs a video, and none was ordered.');
		return await this.provider.create(this.connection, request);
	}

	/** A finished video of the model; all checks share one. */
	async video(model: string): Promise<Made> {
		const known = this.videos.get(model) ?? this.make(model);
		this.videos.set(model, known);
		return await known;
	}

	private async make(model: string): Promise<Made> {
		const order = cheapestOrder(this.provider, model);
		const { reference } = await this.order(order.request);
		const deadline = Date.now() + patienceSeconds * 1000;
		for (;;) {
			const [answer] = await this.ask([reference]);
			if (!(answer instanceof VendorError) && isFinal(answer.status)) {
				if (answer.status !== 'completed') throw new Unchecked(`The video is ${answer.status}.`);
				return { ...order, task: answer };
			}
			if (Date.now() > deadline) throw new Unchecked('The video was not ready after 30 minutes.');
			await sleep(secondsBetweenLooks * 1000);
		}
	}

	private async send({ method, url, headers, json, form, timeout, cancel }: HttpRequest) {
		this.requests++;
		this.lastAnswer = '';
		const signals = [cancel ?? [], AbortSignal.timeout(timeout ?? 60_000)].flat();
		const answer = await fetch(url, {
			method,
			headers: {
				Accept: 'application/json',
				...(json !== undefined && { 'Content-Type': 'application/json' }),
				...headers,
				...this.headers,
			},
			body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
			redirect: 'manual',
			signal: AbortSignal.any(signals),
		});
		const text = this.withoutKey(await answer.text());
		this.lastAnswer = `HTTP ${answer.status} ${text.slice(0, shownCharacters)}`;
		const raw: RawAnswer = {
			status: answer.status,
			headers: Object.fromEntries(answer.headers),
			text,
		};
		return raw;
	}
}

/** Throws where the price list knows no price of the model. */
export function cheapestOrder(provider: Provider, model: string): Order {
	const priced = ordersOf(provider, model).flatMap(({ request, cost }) =>
		cost ? [{ request, estimate: cost }] : [],
	);
	const [cheapest] = priced.sort((one, other) => one.estimate.amount - other.estimate.amount);
	if (!cheapest) throw new Error(`No price of ${model} is known at ${provider.name}`);
	return cheapest;
}

/** A text to video of the model with each output, and what it costs where that is known. */
function ordersOf(
	provider: Provider,
	model: string,
): Array<{ request: CreateRequest; cost?: Cost }> {
	return provider.capabilities
		.filter((row) => row.model === model && row.mode === 'textToVideo')
		.flatMap((row) =>
			row.outputs.flatMap(({ resolution, durations }) =>
				durations.map((duration) => {
					const request = videoRequestSchema.parse({
						mode: row.mode,
						model,
						prompt: 'A paper boat drifts down a rainy street',
						settings: {},
						...(row.takesOutput && { resolution, duration }),
						...(row.aspectRatios && { aspectRatio: '16:9' }),
					});
					const { capability, ...checked } = check(provider.capabilities, request, provider.name);
					const unused = () => '';
					return {
						request: provider.encode(checked.request, unused, randomUUID(), capability),
						cost: quote(row, request).cost,
					};
				}),
			),
		);
}
