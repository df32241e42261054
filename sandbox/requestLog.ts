import type { FastifyInstance } from 'fastify';

import type { RequestFilter } from './sandbox';
import type { Clock } from './tasks';
import { isRecord, type SeenRequest } from './world';

/** Every request to a vendor or a download host, as it came in and was answered. */
export class RequestLog {
	private seen: SeenRequest[] = [];

	constructor(
		private readonly clock: Clock,
		/** The vendor that a path belongs to. */
		private readonly vendorOf: (path: string) => string | undefined,
	) {}

	watch(server: FastifyInstance): void {
		server.decorateRequest('seen');
		server.addHook('onRequest', async (request) => {
			const { authorization, 'x-api-key': apiKey, ...headers } = request.headers;
			const [path = ''] = request.url.split('?');
			request.seen = {
				time: this.clock.now(),
				vendor: this.vendorOf(path),
				method: request.method,
				path,
				query: request.query,
				auth: authorization ? 'authorization' : apiKey ? 'x-api-key' : 'none',
				key: authorization?.replace(/^Bearer\s+/i, '') ?? apiKey?.toString(),
				headers,
			};
			if (!path.startsWith('/control')) this.seen.push(request.seen);
		});
		server.addHook('preHandler', async (request) => {
			const { step } = request.routeOptions.config;
			request.seen.body = shortened(request.body);
			request.seen.step = typeof step === 'function' ? step(request.body) : step;
		});
		server.addHook('onResponse', async (request, reply) => {
			if (!['resetAfterRead', 'noAnswerAfterRead'].includes(request.seen.fault ?? '')) {
				request.seen.status = reply.statusCode;
			}
		});
	}

	list({ vendor, step, key }: RequestFilter = {}): SeenRequest[] {
		return this.seen.filter(
			(one) =>
				(!vendor || one.vendor === vendor) &&
				(!step || one.step === step) &&
				(!key || one.key === key),
		);
	}

	clear(): void {
		this.seen = [];
	}
}

/** Long strings (data URLs) are cut, so that the log of requests stays readable. */
function shortened(value: unknown): unknown {
	if (typeof value === 'string') {
		return value.length > 8000 || (value.startsWith('data:') && value.length > 100)
			? `${value.slice(0, 60)}... (${value.length} characters)`
			: value;
	}
	if (Array.isArray(value)) return value.map(shortened);
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
}
