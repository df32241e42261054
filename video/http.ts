import { type JsonAnswer, noAnswer, notJson } from './answerErrors';
import { StoppedError, VendorError } from './failure';
import type { Connection, HttpRequest, RawAnswer } from './host';
import { parseJson } from './json';
import { inTime } from './waiting';

export interface ExchangeRules {
	/** The vendor's name, for messages. */
	readonly vendor: string;
	/**
	 * Whether the request is a create: it gets all the time that it may need, for an answer that
	 * comes late is better than one that is thrown away.
	 */
	readonly creates?: boolean;
	/** Milliseconds until an answer that does not come, or does not end, is given up. */
	readonly timeout?: number;
}

const answerTimeout = { usual: 60_000, create: 300_000 };
/** Bytes in a millisecond on a line that is slow and still usable. */
const slowLine = 32;
/** Milliseconds in which an answer that has crossed our giving up may still arrive. */
const lastWord = 2000;

/**
 * The one way to a vendor: sends a request with the account's key and reads JSON.
 * Throws VendorError (not `fromVendor`) when there is no answer or none that is JSON; what a JSON
 * answer means, HTTP status included, is the provider's to say.
 */
export async function exchange(
	connection: Connection,
	request: HttpRequest,
	{ vendor, creates = false, timeout }: ExchangeRules,
): Promise<JsonAnswer> {
	const answer = await answerInTime(
		connection,
		request,
		vendor,
		timeout ?? timeoutOf(request, creates),
	);
	try {
		const { status, headers, text } = answer;
		return { status, headers, body: parseJson(text), creates };
	} catch {
		throw notJson(answer, vendor);
	}
}

/** Milliseconds that a request gets: what is sent has to pass a slow line first. */
export function timeoutOf({ json, form }: Pick<HttpRequest, 'json' | 'form'>, creates = false) {
	// An upload is of no use when it is given up halfway, either.
	const least = creates || form ? answerTimeout.create : answerTimeout.usual;
	return least + Math.ceil((bytesIn(json) + bytesIn(form)) / slowLine);
}

/** About how many bytes a body has, without writing it. */
function bytesIn(value: unknown): number {
	if (typeof value === 'string') return value.length;
	if (value instanceof Blob) return value.size;
	if (value instanceof FormData) {
		let bytes = 0;
		value.forEach((entry) => (bytes += bytesIn(entry)));
		return bytes;
	}
	if (typeof value !== 'object' || value === null) return 8;
	return Object.values(value).reduce((bytes: number, entry) => bytes + bytesIn(entry), 0);
}

async function answerInTime(
	connection: Connection,
	request: HttpRequest,
	vendor: string,
	timeout: number,
): Promise<RawAnswer> {
	const over = new AbortController();
	const { host } = connection;
	const sent = connection
		.send({ ...request, timeout, cancel: over.signal })
		.catch((cause: unknown) => {
			throw cause instanceof StoppedError ? cause : noAnswer(cause, vendor, request.url);
		});
	return await inTime(host, sent, timeout, async (settled) => {
		over.abort();
		await Promise.race([sent.catch(() => undefined), host.sleep(lastWord, settled)]);
		return new VendorError({
			category: 'server',
			outcome: 'unknown',
			message: `${vendor} did not answer within ${Math.round(timeout / 1000)} seconds`,
			advice: 'Check the network and the vendor’s status page, then try again.',
		});
	});
}
