import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ActiveFault, Faults } from './faults';
import type { StockAnswer } from './vendor';
import type { Waits } from './waits';
import { Answer, send } from './world';

declare module 'fastify' {
	interface FastifyRequest {
		/** What is yet to happen to the answer. */
		fault: ActiveFault | null;
	}
}

/** A vendor's words for what every vendor says. */
type Words = (kind: StockAnswer, path: string) => Answer;

interface Parts {
	faults: Faults;
	waits: Waits;
	/** The words of the vendor of that name. */
	wordsOf(vendor: string): Words;
	/** `number of milliseconds` between two bytes of a slowDrip fault. */
	dripMilliseconds(): number;
}

/** Lets requests meet the faults that were injected: before they are handled, or after it. */
export function meetFaults(server: FastifyInstance, parts: Parts): void {
	const { faults, waits, wordsOf, dripMilliseconds } = parts;
	server.decorateRequest('fault', null);

	server.addHook('preHandler', async (request, reply) => {
		const { vendor, step } = request.seen;
		const fault = vendor && step && faults.take(vendor, step);
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
		await answerWithFault(request, reply, fault, wordsOf(fault.vendor));
	});

	server.addHook('onSend', async (request, reply, payload) => {
		const { fault } = request;
		if (!fault) return payload;
		request.fault = null;
		if (fault.kind === 'slowAnswer') {
			if (!(await waits.until(endOf(fault, request), request))) await never();
			return payload;
		}
		const words = wordsOf(fault.vendor);
		return await spoil(request, reply, fault, payload, words, dripMilliseconds());
	});
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
	words: Words,
): Promise<void> {
	if (fault.kind === 'noAnswer') await never();
	if (fault.kind === 'resetBeforeRead') {
		reply.hijack();
		request.raw.socket.destroy();
		return;
	}
	await send(reply, faultAnswer(request, fault, words));
}

/** What a proxy or a firewall before the vendor says. */
function htmlPage(status: number): string {
	const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
	return `<!doctype html><html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr><center>proxy</center></body></html>`;
}

/** The whole answer that a fault puts in place of the vendor's. */
function faultAnswer(request: FastifyRequest, fault: ActiveFault, words: Words): Answer {
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
				return words(fault.kind, request.seen.path);
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
	words: Words,
	dripMilliseconds: number,
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
			return Readable.from(drip(payload, dripMilliseconds), { objectMode: false });
		case 'truncatedFile':
			return Readable.from(firstHalf(payload, Number(reply.getHeader('content-length')), request), {
				objectMode: false,
			});
		default: {
			const { status, headers, body } = faultAnswer(request, fault, words);
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
