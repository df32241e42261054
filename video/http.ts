import type { z } from 'zod';
import type { Category, ErrorMeaning } from './failure';
import { sentence, StoppedError, VendorError } from './failure';
import type { Connection, HttpRequest, RawAnswer } from './host';
import { parseJson } from './json';

export interface JsonAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
}

export interface ExchangeRules {
	/** The vendor's name, for messages. */
	readonly vendor: string;
	/** Milliseconds until an answer that does not come, or does not end, is given up. */
	readonly timeoutMs?: number;
}

/** Long enough for a slow create with a 20 MB image, short enough that a status call is not one wait. */
const defaultTimeoutMs = 60_000;

/** Network failures at which the request has surely not reached the vendor. */
const neverSent = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/**
 * The one way to a vendor: sends a request with the account's key and reads JSON.
 * Throws VendorError (category `server` or `rateLimit`) when there is no answer or none that is
 * JSON; what a JSON answer means, HTTP status included, is the provider's to say.
 */
export async function exchange(
	connection: Connection,
	request: HttpRequest,
	{ vendor, timeoutMs = defaultTimeoutMs }: ExchangeRules,
): Promise<JsonAnswer> {
	const answer = await answerInTime(connection, request, vendor, timeoutMs);
	try {
		return { status: answer.status, headers: answer.headers, body: parseJson(answer.text) };
	} catch {
		throw notJson(answer, vendor);
	}
}

async function answerInTime(
	connection: Connection,
	request: HttpRequest,
	vendor: string,
	timeoutMs: number,
): Promise<RawAnswer> {
	const answered = new AbortController();
	const timeout = connection.host.sleep(timeoutMs, answered.signal).then(() => {
		throw new VendorError({
			category: 'server',
			outcome: 'unknown',
			message: `${vendor} did not answer within ${Math.round(timeoutMs / 1000)} seconds`,
			advice: 'Check the network and the vendor’s status page, then try again.',
		});
	});
	const sent = connection.send(request).catch((cause: unknown) => {
		throw cause instanceof StoppedError ? cause : noAnswer(cause, vendor);
	});
	// The loser of the race may reject later, when nobody listens any more.
	for (const promise of [timeout, sent]) promise.catch(() => undefined);
	try {
		return await Promise.race([sent, timeout]);
	} finally {
		answered.abort();
	}
}

function noAnswer(cause: unknown, vendor: string): VendorError {
	const code = networkCode(cause);
	const reached = !code || !neverSent.has(code);
	return new VendorError({
		category: 'server',
		outcome: reached ? 'unknown' : 'refused',
		code,
		message: reached
			? `The connection to ${vendor} broke before its answer arrived`
			: `${vendor} could not be reached`,
		advice: reached
			? 'Check the network and the vendor’s status page, then try again.'
			: 'Check the Base URL or Region of the credential and the network of this n8n.',
	});
}

/** The system's code (ECONNRESET ...), wherever n8n and axios have wrapped it. */
function networkCode(cause: unknown): string | undefined {
	let current = cause;
	for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
		const { code, httpCode, cause: inner } = current as Record<string, unknown>;
		for (const candidate of [code, httpCode]) {
			if (typeof candidate === 'string' && /^E[A-Z_]+$/.test(candidate)) return candidate;
		}
		current = inner;
	}
	return undefined;
}

function notJson(answer: RawAnswer, vendor: string): VendorError {
	const { status } = answer;
	if (status === 429) return vendorError(answer, meaningOfStatus(429, vendor));
	const wrongAddress = status >= 300 && status < 500 && status !== 408 && status !== 425;
	return new VendorError({
		category: wrongAddress ? 'input' : 'server',
		outcome: wrongAddress ? 'refused' : 'unknown',
		status,
		message: `${vendor} answered with something other than JSON (HTTP ${status})`,
		advice: wrongAddress
			? 'Check the Base URL or Region of the credential.'
			: 'This is usually a passing fault of the vendor’s servers. Try again later.',
	});
}

/** What an HTTP status means where the vendor gives no code of its own that says more. */
export function meaningOfStatus(status: number, vendor: string): ErrorMeaning {
	const [category, what, advice] = statusMeanings(vendor)(status);
	return { category, what, advice };
}

function statusMeanings(vendor: string): (status: number) => readonly [Category, string, string] {
	const later = 'Try again later, or look at the vendor’s status page.';
	return (status) => {
		if (status === 401) {
			return [
				'credential',
				`${vendor} does not accept the API key`,
				'Check the API key of the credential.',
			];
		}
		if (status === 402) {
			return [
				'balance',
				`The balance at ${vendor} is too low`,
				'Top up the account, then run this again.',
			];
		}
		if (status === 403) {
			return [
				'credential',
				`The API key may not do this at ${vendor}`,
				'Check in the vendor’s console that the key is active and has the needed rights.',
			];
		}
		if (status === 404) {
			return [
				'notFound',
				`${vendor} does not know what was asked for`,
				'Check the ID, and that the key belongs to the same account.',
			];
		}
		if (status === 429) {
			return [
				'rateLimit',
				`${vendor} received too many requests from this key`,
				'Lower Concurrency, or ask the vendor for a higher rate limit.',
			];
		}
		if (status >= 500 || status === 408 || status === 425) {
			return ['server', `${vendor} has a fault on its side (HTTP ${status})`, later];
		}
		return [
			'input',
			`${vendor} refused the request (HTTP ${status})`,
			'Check the fields of the node against the vendor’s words.',
		];
	};
}

/** An error answer as the one error that the engine understands. */
export function vendorError(
	{ status, headers }: Pick<JsonAnswer, 'status' | 'headers'>,
	meaning: ErrorMeaning,
	code?: string,
	vendorText?: string,
): VendorError {
	return new VendorError({
		category: meaning.category,
		message: sentence(meaning.what, vendorText),
		advice: meaning.advice,
		code,
		status,
		retryAfterMs: retryAfter(headers),
		// Only a fault of the server leaves open whether the request was carried out.
		outcome: meaning.category === 'server' ? 'unknown' : 'refused',
	});
}

/** The Retry-After header in milliseconds: seconds or an HTTP date. */
export function retryAfter(
	headers: Readonly<Record<string, string>>,
	now: number = Date.now(),
): number | undefined {
	const value = headers['retry-after'];
	if (value === undefined || value.trim() === '') return undefined;
	const seconds = Number(value);
	const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
	return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** Reads an answer by its schema; an answer of another shape counts as a fault of the server. */
export function read<Schema extends z.ZodTypeAny>(
	schema: Schema,
	{ body, status }: Pick<JsonAnswer, 'body' | 'status'>,
	vendor: string,
): z.output<Schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data as z.output<Schema>;
	const [issue] = result.error.issues;
	throw new VendorError({
		category: 'server',
		outcome: 'unknown',
		status,
		message: `${vendor} answered in a form that is not documented (${issue.path.join('.') || 'body'}: ${issue.message})`,
		advice:
			'Try again later. If it stays, update this package: the vendor may have changed its API.',
	});
}
