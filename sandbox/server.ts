import multipart from '@fastify/multipart';
import fastify from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

import { apiframe } from './apiframe';
import { Callbacks } from './callbacks';
import { changeConfig, configSchema, VENDORS } from './config';
import type { SandboxConfig, SandboxConfigInput, Vendor } from './config';
import { control } from './control';
import { downloadHost } from './download';
import { Faults } from './faults';
import type { ActiveFault, Fault, Step } from './faults';
import { addGuestTasks } from './guests';
import type { GuestTasks } from './guests';
import { Ledger } from './ledger';
import type { Charge } from './ledger';
import { RateLimits } from './limits';
import { Links } from './links';
import { minimax } from './minimax';
import { runware } from './runware';
import { openRunwareSocket } from './runware-socket';
import { Tasks } from './tasks';
import type { Clock, Phase, Task } from './tasks';
import { toapis } from './toapis';
import { Uploads } from './uploads';
import { Waits } from './waits';
import { Answer, isRecord } from './world';
import type { SeenRequest, VendorSide, World } from './world';

export interface SandboxOptions {
	/** 0, the default, takes a free one. */
	port?: number;
	config?: SandboxConfigInput;
	/** Milliseconds since 1970; the machine's clock unless given. */
	clock?: Clock;
}

export interface RequestFilter {
	vendor?: Vendor;
	step?: Step;
	key?: string;
}

export type TaskView = Task & { phase: Phase };

/** The running sandbox. The control API offers the same over HTTP. */
export interface Sandbox {
	url: string;
	port: number;
	baseUrl(vendor: Vendor): string;
	config(): SandboxConfig;
	configure(change: SandboxConfigInput): SandboxConfig;
	inject(fault: Fault): ActiveFault;
	faults(): ActiveFault[];
	clearFaults(): void;
	requests(filter?: RequestFilter): SeenRequest[];
	clearRequests(): void;
	charges(key?: string): Charge[];
	tasks(): TaskView[];
	/** Puts tasks that somebody else made with a key into the lists, uncharged: their IDs, newest first. */
	addTasks(tasks: GuestTasks): string[];
	/** Moves the clock forward. */
	advance(milliseconds: number): void;
	/**
	 * Forgets tasks, uploads, charges, requests, faults and changes of configuration, sets the clock
	 * back, and breaks the lines of requests that a slowAnswer holds.
	 */
	reset(): void;
	close(): Promise<void>;
}

const PATHS: Record<Vendor, string> = {
	minimax: '/minimax',
	toapis: '/toapis',
	runware: '/runware/v1',
	apiframe: '/apiframe',
};

const MEGABYTE = 1024 * 1024;

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const initialConfig = configSchema.parse(options.config ?? {});
	let config = initialConfig;
	let offset = 0;
	let seen: SeenRequest[] = [];
	let url = '';

	const machine = options.clock ?? Date;
	const clock: Clock = { now: () => machine.now() + offset };
	const ledger = new Ledger();
	const tasks = new Tasks(clock, () => config, ledger);
	const faults = new Faults();
	const waits = new Waits(clock);
	const world: World = {
		clock,
		config: () => config,
		tasks,
		ledger,
		limits: new RateLimits(clock, () => config),
		links: new Links(clock, () => url),
		uploads: new Uploads(),
		callbacks: new Callbacks(tasks),
	};
	const sides: Record<Vendor, VendorSide> = {
		minimax: minimax(world),
		toapis: toapis(world),
		runware: runware(world),
		apiframe: apiframe(world),
	};

	const server = fastify({
		bodyLimit: 100 * MEGABYTE,
		forceCloseConnections: true,
		maxParamLength: 300,
	});
	server.decorateRequest('seen');
	server.decorateRequest('fault', null);
	await server.register(multipart, { limits: { fileSize: 60 * MEGABYTE, files: 1 } });
	server.removeContentTypeParser('application/json');
	server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
		try {
			done(null, body === '' ? undefined : JSON.parse(String(body)));
		} catch {
			done(new Answer(400, undefined));
		}
	});

	server.addHook('onRequest', async (request) => {
		const { authorization, 'x-api-key': apiKey, ...headers } = request.headers;
		const [path = ''] = request.url.split('?');
		request.seen = {
			time: clock.now(),
			vendor: vendorOf(path),
			method: request.method,
			path,
			query: request.query,
			auth: authorization ? 'authorization' : apiKey ? 'x-api-key' : 'none',
			key: authorization?.replace(/^Bearer\s+/i, '') ?? apiKey?.toString(),
			headers,
		};
		if (!path.startsWith('/control')) seen.push(request.seen);
	});

	server.addHook('preHandler', async (request, reply) => {
		const { step } = request.routeOptions.config;
		request.seen.body = shortened(request.body);
		request.seen.step = typeof step === 'function' ? step(request.body) : step;
		const { vendor } = request.seen;
		if (!vendor || !request.seen.step) return;
		const fault = faults.take(vendor, request.seen.step);
		if (!fault) return;
		request.seen.fault = fault.kind;
		if (happensAfterHandling(fault)) {
			request.fault = fault;
			return;
		}
		if (fault.kind === 'slowAnswer') {
			if (!(await waits.until(endOf(fault, request), request))) reply.hijack();
			return;
		}
		await answerWithFault(request, reply, fault, sides[vendor]);
	});

	server.addHook('onSend', async (request, reply, payload) => {
		const { fault } = request;
		if (!fault) return payload;
		request.fault = null;
		if (fault.kind === 'slowAnswer') {
			if (!(await waits.until(endOf(fault, request), request))) await never();
			return payload;
		}
		return await spoil(request, reply, fault, payload, sides[fault.vendor], config);
	});

	server.addHook('onResponse', async (request, reply) => {
		if (!['resetAfterRead', 'noAnswerAfterRead'].includes(request.seen.fault ?? '')) {
			request.seen.status = reply.statusCode;
		}
	});

	server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
		const { vendor, path } = request.seen;
		if (error instanceof Answer && error.body !== undefined) return await send(reply, error);
		const isOurs = (error.statusCode ?? 500) >= 500 && !(error instanceof Answer);
		if (isOurs) process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
		const answer = vendor
			? sides[vendor].answer(isOurs ? 'serverError' : 'badRequest', path, error.message)
			: new Answer(400, { error: error.message });
		return await send(reply, answer);
	});

	server.setNotFoundHandler(async (request, reply) => {
		const { vendor, path } = request.seen;
		return await send(
			reply,
			vendor ? sides[vendor].answer('pathUnknown', path) : new Answer(404, { error: 'not found' }),
		);
	});

	for (const vendor of VENDORS) {
		await server.register(sides[vendor].routes, { prefix: PATHS[vendor] });
	}
	await server.register(downloadHost(world), { prefix: '/files' });

	const sandbox: Sandbox = {
		url: '',
		port: 0,
		baseUrl: (vendor) => `${url}${PATHS[vendor]}`,
		config: () => config,
		configure: (change) => (config = changeConfig(config, change)),
		inject: (fault) => faults.inject(fault),
		faults: () => faults.list(),
		clearFaults: () => faults.clear(),
		requests: (filter = {}) =>
			seen.filter(
				(one) =>
					(!filter.vendor || one.vendor === filter.vendor) &&
					(!filter.step || one.step === filter.step) &&
					(!filter.key || one.key === filter.key),
			),
		clearRequests: () => {
			seen = [];
		},
		charges: (key) => {
			tasks.settle();
			return ledger.charges(key);
		},
		tasks: () => tasks.all().map((task) => ({ ...task, phase: tasks.phase(task) })),
		addTasks: (guests) => addGuestTasks(world, sides, guests),
		advance: (milliseconds) => {
			offset += z.number().finite().nonnegative().parse(milliseconds);
		},
		reset: () => {
			waits.end();
			offset = 0;
			config = initialConfig;
			seen = [];
			faults.clear();
			tasks.reset();
			ledger.reset();
			world.limits.reset();
			world.uploads.reset();
			world.callbacks.reset();
		},
		close: async () => {
			waits.end();
			world.callbacks.close();
			closeRunwareSocket();
			await server.close();
		},
	};
	await server.register(control(sandbox), { prefix: '/control' });

	await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
	const closeRunwareSocket = openRunwareSocket(server.server, world);
	sandbox.port = (server.server.address() as AddressInfo).port;
	url = `http://127.0.0.1:${sandbox.port}`;
	sandbox.url = url;
	return sandbox;
}

/** `/minimax/...` and `/files/minimax/...` alike. */
function vendorOf(path: string): Vendor | undefined {
	const [first, second] = path.split('/').slice(1);
	const name = first === 'files' ? second : first;
	return VENDORS.find((vendor) => vendor === name);
}

async function send(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
	return await reply.code(answer.status).headers(answer.headers).send(answer.body);
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

function happensAfterHandling(fault: ActiveFault): boolean {
	return (
		fault.handled ||
		[
			'resetAfterRead',
			'noAnswerAfterRead',
			'slowDrip',
			'truncatedJson',
			'truncatedFile',
			'unknownStatus',
			'statusBackwards',
			'emptyUrl',
		].includes(fault.kind)
	);
}

/** When the answer to a request is due that a slowAnswer holds, in milliseconds. */
const endOf = ({ seconds = 0 }: ActiveFault, { seen }: FastifyRequest): number =>
	seen.time + seconds * 1000;

const never = async (): Promise<never> => await new Promise<never>(() => {});

async function answerWithFault(
	request: FastifyRequest,
	reply: FastifyReply,
	fault: ActiveFault,
	side: VendorSide,
): Promise<void> {
	if (fault.kind === 'noAnswer') await never();
	if (fault.kind === 'resetBeforeRead') {
		reply.hijack();
		request.raw.socket.destroy();
		return;
	}
	await send(reply, faultAnswer(request, fault, side));
}

/** What a proxy or a firewall before the vendor says. */
function htmlPage(status: number): string {
	const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
	return `<!doctype html><html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr><center>proxy</center></body></html>`;
}

/** The whole answer that a fault puts in place of the vendor's. */
function faultAnswer(request: FastifyRequest, fault: ActiveFault, side: VendorSide): Answer {
	const html = { 'Content-Type': 'text/html; charset=utf-8' };
	const page = (status: number): Answer => new Answer(status, htmlPage(status), html);
	const stock = (): Answer => {
		switch (fault.kind) {
			case 'badGatewayHtml':
				return page(502);
			case 'htmlOk':
				return page(200);
			case 'html':
				return page(fault.status ?? 403);
			case 'expiredLink':
				return new Answer(403, 'the link has expired');
			case 'rateLimited':
			case 'rateLimitedInBody':
			case 'serverError':
			case 'unavailable':
			case 'errorInBody':
			case 'taskUnknown':
				return side.answer(fault.kind, request.seen.path);
			default:
				return new Answer(200, {});
		}
	};
	const { status, body, headers } = stock();
	// Only the fault itself decides on Retry-After, so that both variants can be had.
	const retryAfter: Record<string, string> =
		fault.retryAfter === undefined ? {} : { 'Retry-After': `${fault.retryAfter}` };
	return new Answer(fault.status ?? status, fault.body ?? body, {
		...headers,
		...retryAfter,
		...fault.headers,
	});
}

/** Turns the vendor's right answer into what the client of a faulty network sees. */
async function spoil(
	request: FastifyRequest,
	reply: FastifyReply,
	fault: ActiveFault,
	payload: unknown,
	side: VendorSide,
	config: SandboxConfig,
): Promise<unknown> {
	const text = (change: (text: string) => string): unknown =>
		typeof payload === 'string' ? change(payload) : payload;
	switch (fault.kind) {
		case 'statusBackwards':
			return payload;
		case 'resetAfterRead':
			request.raw.socket.destroy();
			return await never();
		case 'noAnswer':
		case 'noAnswerAfterRead':
			return await never();
		case 'unknownStatus':
			return text((body) => body.replaceAll(/"status":"[^"]*"/g, '"status":"Simmering"'));
		case 'emptyUrl':
			return text((body) =>
				body.replaceAll(/"(url|video_url|download_url|videoURL|videoUrl)":"[^"]*"/g, '"$1":""'),
			);
		case 'truncatedJson':
			return text((body) => body.slice(0, Math.floor(body.length / 2)));
		case 'slowDrip':
			reply.removeHeader('content-length');
			return Readable.from(drip(payload, config.slowDripMilliseconds), { objectMode: false });
		case 'truncatedFile':
			return Readable.from(firstHalf(payload, Number(reply.getHeader('content-length')), request), {
				objectMode: false,
			});
		default: {
			const { status, headers, body } = faultAnswer(request, fault, side);
			reply.removeHeader('content-length');
			reply.code(status).headers(headers);
			return typeof body === 'string' ? body : JSON.stringify(body);
		}
	}
}

function chunksOf(payload: unknown): AsyncIterable<Buffer> | Iterable<Buffer> {
	return payload instanceof Readable ? payload : [Buffer.from(payload as string | Buffer)];
}

async function* drip(payload: unknown, milliseconds: number): AsyncGenerator<Buffer> {
	for await (const chunk of chunksOf(payload)) {
		for (const byte of chunk) {
			yield Buffer.from([byte]);
			await sleep(milliseconds, undefined, { ref: false });
		}
	}
	await never();
}

async function* firstHalf(
	payload: unknown,
	total: number,
	request: FastifyRequest,
): AsyncGenerator<Buffer> {
	let left = Math.floor(total / 2);
	for await (const chunk of chunksOf(payload)) {
		yield chunk.subarray(0, left);
		left -= chunk.length;
		if (left <= 0) break;
	}
	// The half must have reached the client before the line breaks.
	await sleep(50);
	request.raw.socket.destroy();
}
