import fastify from 'fastify';

/** A request to n8n's public API. */
export interface ApiRequest {
	readonly method: string;
	readonly path: string;
	/** JSON; undefined where there is none. */
	readonly body?: unknown;
	/** By `performance.now()`; `to` is absent until it is answered. */
	readonly from: number;
	to?: number;
}

/** Which requests of a lane are held, and whether n8n gets them first. */
export interface Hold {
	readonly when: 'before' | 'after';
	matches(request: ApiRequest): boolean;
}

/** Stands between nodes and the API of their n8n. Each workflow has a lane of its own through it. */
export interface ApiGate {
	/** What a credential of this lane has as its Base URL. */
	baseUrl(lane: string): string;
	/** From now on such requests of the lane are never answered. Gives whether one has come. */
	hold(lane: string, hold: Hold): () => boolean;
	/** Holds nothing any more; what is held stays so. */
	open(): void;
	/** What has come through a lane, the oldest first. */
	requests(lane: string): readonly ApiRequest[];
	close(): Promise<void>;
}

const never = async () => await new Promise<never>(() => {});

/** `n8n` is the editor's address. */
export async function startApiGate(n8n: string): Promise<ApiGate> {
	const app = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 * 1024 });
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
	const holds = new Map<string, { hold: Hold; hasHeld: boolean }>();
	const seen = new Map<string, ApiRequest[]>();

	app.all<{ Params: { lane: string } }>('/:lane/*', async (request, reply) => {
		const { lane } = request.params;
		const path = request.url.slice(lane.length + 1);
		const text = request.body as string | undefined;
		const one: ApiRequest = {
			method: request.method,
			path,
			from: performance.now(),
			...(text && { body: JSON.parse(text) as unknown }),
		};
		seen.set(lane, [...(seen.get(lane) ?? []), one]);
		const held = async (when: Hold['when']) => {
			const entry = holds.get(lane);
			if (entry?.hold.when !== when || !entry.hold.matches(one)) return;
			entry.hasHeld = true;
			await never();
		};
		await held('before');
		const { 'x-n8n-api-key': key = '', 'content-type': type = 'application/json' } =
			request.headers;
		const answer = await fetch(`${n8n}${path}`, {
			method: request.method,
			headers: {
				'x-n8n-api-key': String(key),
				// n8n closes idle connections in the moment in which they are used again.
				connection: 'close',
				...(text && { 'content-type': type }),
			},
			body: text,
		});
		const content = await answer.text();
		await held('after');
		one.to = performance.now();
		return await reply
			.code(answer.status)
			.type(answer.headers.get('content-type') ?? 'application/json')
			.send(content);
	});
	const address = await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		baseUrl: (lane) => `${address}/${lane}/api/v1`,
		hold: (lane, hold) => {
			const entry = { hold, hasHeld: false };
			holds.set(lane, entry);
			return () => entry.hasHeld;
		},
		open: () => holds.clear(),
		requests: (lane) => seen.get(lane) ?? [],
		close: async () => await app.close(),
	};
}
