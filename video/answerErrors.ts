import type { z } from 'zod';
import { causesOf, type ErrorMeaning, sentence, VendorError } from './failure';
import type { RawAnswer } from './host';
import { blockedByN8n, isBlockedByN8n } from './ssrfProtection';

export interface JsonAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
	/** Whether it is the answer to a create. */
	readonly creates?: boolean;
}

/** Network failures at which the request has surely not reached the vendor. */
const neverSent = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/** No answer at all: the network says why, or n8n has not let the request out. */
export function noAnswer(cause: unknown, vendor: string, url: string): VendorError {
	if (isBlockedByN8n(cause)) return blockedByN8n(url);
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
	return causesOf(cause)
		.flatMap(({ code, httpCode }) => [code, httpCode])
		.find((code): code is string => typeof code === 'string' && /^E[A-Z_]+$/.test(code));
}

/** A page in place of JSON: of a proxy, a firewall, another server, or of the vendor's own gateway. */
export function notJson(answer: RawAnswer, vendor: string): VendorError {
	const { status } = answer;
	const { category, what, advice } = meaningOfPage(status, vendor);
	return new VendorError({
		category,
		outcome: isOpen(status) ? 'unknown' : 'refused',
		status,
		retryAfterMs: retryAfter(answer.headers),
		message: `${vendor} answered with something other than JSON (HTTP ${status})${what && `: ${what}`}`,
		advice,
	});
}

const isServerFault = (status: number) => status >= 500 || status === 408 || status === 425;

/** Whether the request may have been carried out although a page came for an answer. */
const isOpen = (status: number) => status < 300 || isServerFault(status);

function meaningOfPage(status: number, vendor: string): ErrorMeaning {
	if (status === 401) {
		return {
			category: 'credential',
			what: 'the API key is probably not accepted',
			advice: 'Check the API key of the credential, then its Base URL or Region.',
		};
	}
	if (status === 413) return { ...tooLarge(vendor), what: 'the request is too large' };
	if (status === 429) return { ...meaningOfStatus(429, vendor), what: 'too many requests' };
	if (isOpen(status)) {
		return {
			category: 'server',
			what: '',
			advice: 'This is usually a passing fault of the vendor’s servers. Try again later.',
		};
	}
	if (status < 400 || status === 404 || status === 405) {
		return {
			category: 'input',
			what: 'another server seems to answer at this address',
			advice: 'Check the Base URL or Region of the credential.',
		};
	}
	return {
		category: 'server',
		what: 'something on the way, such as a proxy or firewall, stopped the request',
		advice: 'Check the firewall and proxy of this n8n, then the Base URL of the credential.',
	};
}

const tooLarge = (vendor: string): ErrorMeaning => ({
	category: 'input',
	what: `The request is too large for ${vendor}`,
	advice: 'Use smaller pictures or files, or give links to them.',
});

/** What an HTTP status means where the vendor gives no code of its own that says more. */
export function meaningOfStatus(status: number, vendor: string): ErrorMeaning {
	const known: Partial<Record<number, ErrorMeaning>> = {
		401: {
			category: 'credential',
			what: `${vendor} does not accept the API key`,
			advice: 'Check the API key of the credential.',
		},
		402: {
			category: 'balance',
			what: `The balance at ${vendor} is too low`,
			advice: 'Top up the account, then run this again.',
		},
		403: {
			category: 'credential',
			what: `The API key may not do this at ${vendor}`,
			advice: 'Check in the vendor’s console that the key is active and has the needed rights.',
		},
		404: {
			category: 'notFound',
			what: `${vendor} does not know what was asked for`,
			advice: 'Check the ID, and that the key belongs to the same account.',
		},
		413: tooLarge(vendor),
		429: {
			category: 'rateLimit',
			what: `${vendor} received too many requests from this key`,
			advice: 'Lower Concurrency, or ask the vendor for a higher rate limit.',
		},
	};
	const meaning = known[status];
	if (meaning) return meaning;
	if (isServerFault(status)) {
		return {
			category: 'server',
			what: `${vendor} has a fault on its side (HTTP ${status})`,
			advice: 'Try again later, or look at the vendor’s status page.',
		};
	}
	return {
		category: 'input',
		what: `${vendor} refused the request (HTTP ${status})`,
		advice: 'Check the fields of the node against the vendor’s words.',
	};
}

/** HTTP 404 for a create, which names no task. */
export const unknownOrder = (vendor: string): ErrorMeaning => ({
	category: 'notFound',
	what: `${vendor} does not know the model, or the address that the order was sent to`,
	advice: 'Choose another Model. If it stays, check the Base URL or Region of the credential.',
});

type AnswerHead = Pick<JsonAnswer, 'status' | 'headers'>;

/** An error that the vendor states in a form of its own, as the one error that the engine understands. */
export function vendorError(
	answer: AnswerHead,
	meaning: ErrorMeaning,
	code?: string,
	vendorText?: string,
): VendorError {
	return errorFrom(answer, meaning, { code, vendorText, fromVendor: true });
}

/**
 * An error in a form that the vendor's pages do not have: the HTTP status says what it is, and what
 * words there are stay.
 */
export function statusError(answer: JsonAnswer, vendor: string): VendorError {
	const { status, creates } = answer;
	const meaning =
		creates && status === 404 ? unknownOrder(vendor) : meaningOfStatus(status, vendor);
	return errorFrom(answer, meaning, { vendorText: wordsIn(answer.body), fromVendor: false });
}

function errorFrom(
	{ status, headers }: AnswerHead,
	{ category, what, advice }: ErrorMeaning,
	{ code, vendorText, fromVendor }: { code?: string; vendorText?: string; fromVendor: boolean },
): VendorError {
	return new VendorError({
		category,
		message: sentence(what, vendorText),
		advice,
		code: code === '' ? undefined : code,
		status,
		retryAfterMs: retryAfter(headers),
		// Only a fault of the server, or an ID that is in use, leaves open whether it was carried out.
		outcome: category === 'server' || category === 'duplicate' ? 'unknown' : 'refused',
		fromVendor,
	});
}

const wordKeys = [
	'message',
	'error',
	'errors',
	'error_description',
	'detail',
	'details',
	'msg',
	'status_msg',
	'title',
	'reason',
];

/** The value under a key of an answer's own; undefined where it has none. */
export function ownValue(answer: object, key: string): unknown {
	return Object.hasOwn(answer, key) ? (answer as Record<string, unknown>)[key] : undefined;
}

/** The words of an answer of any form: the first text under a key that usually holds some. */
export function wordsIn(body: unknown, depth = 4): string | undefined {
	if (typeof body === 'string') return body.trim() || undefined;
	if (typeof body !== 'object' || body === null || depth === 0) return undefined;
	const inside: unknown[] = Array.isArray(body) ? body : wordKeys.map((key) => ownValue(body, key));
	for (const one of inside) {
		const words = wordsIn(one, depth - 1);
		if (words !== undefined) return words;
	}
	return undefined;
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
	answer: JsonAnswer,
	vendor: string,
): z.output<Schema> {
	const result = schema.safeParse(answer.body);
	if (result.success) return result.data as z.output<Schema>;
	if (answer.status >= 400) throw statusError(answer, vendor);
	const [issue] = result.error.issues;
	throw new VendorError({
		category: 'server',
		outcome: 'unknown',
		status: answer.status,
		message: sentence(
			`${vendor} answered in a form that is not documented (${issue.path.join('.') || 'body'}: ${issue.message})`,
			wordsIn(answer.body),
		),
		advice:
			'Try again later. If it stays, update this package: the vendor may have changed its API.',
	});
}
