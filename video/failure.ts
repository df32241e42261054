import type { Failure } from './task';
import { quoted } from './text';

/**
 * Why a request or a task did not succeed. The category alone decides whether asking again can
 * help; the provider's error table chooses it for every vendor code.
 */
const categories = {
	/** The request itself is wrong: a parameter, a prompt, an image. */
	input: { retryable: false },
	/** The key is missing, wrong, inactive or of another region. */
	credential: { retryable: false },
	/** Money, credits, plan or quota have run out. */
	balance: { retryable: false },
	/** The vendor's content rules. */
	content: { retryable: false },
	/** The vendor does not know the task, file or model. */
	notFound: { retryable: false },
	/** The vendor already has a request under the ID that we chose for it. */
	duplicate: { retryable: false },
	/** Too many requests: surely not accepted. */
	rateLimit: { retryable: true },
	/** The vendor's servers, or the way to them. */
	server: { retryable: true },
} as const;

export type Category = keyof typeof categories;

export interface VendorErrorOptions {
	category: Category;
	/** What happened, one sentence. */
	message: string;
	/** What to do, one sentence. */
	advice: string;
	/** The vendor's own code. */
	code?: string;
	status?: number;
	retryAfterMs?: number;
	/**
	 * `refused`: the vendor has surely not acted on the request, so that a create may be sent
	 * again. `unknown`: the answer was lost or makes no sense, it may have been carried out.
	 */
	outcome: 'refused' | 'unknown';
	/**
	 * Whether the vendor said it, in an error form of its own. What a proxy, a firewall or a broken
	 * line says ends no wait and expires no task.
	 */
	fromVendor?: boolean;
}

/** A request to a vendor that did not succeed. */
export class VendorError extends Error {
	readonly category: Category;

	readonly advice: string;

	readonly code?: string;

	readonly status?: number;

	readonly retryAfterMs?: number;

	readonly outcome: VendorErrorOptions['outcome'];

	readonly fromVendor: boolean;

	constructor(readonly options: VendorErrorOptions) {
		super(options.message);
		this.name = 'VendorError';
		this.category = options.category;
		this.advice = options.advice;
		this.code = options.code;
		this.status = options.status;
		this.retryAfterMs = options.retryAfterMs;
		this.outcome = options.outcome;
		this.fromVendor = options.fromVendor ?? false;
	}

	get retryable(): boolean {
		return categories[this.category].retryable;
	}

	/** Asking again about a task cannot help: the vendor itself has said so. */
	get isHopeless(): boolean {
		return this.fromVendor && !this.retryable;
	}

	/** The same, but for this. */
	with(changes: Partial<VendorErrorOptions>): VendorError {
		return new VendorError({ ...this.options, ...changes });
	}

	toFailure(): Failure {
		const { code, message, retryable, advice } = this;
		return { ...(code !== undefined && { code }), message, retryable, advice };
	}
}

/** A refusal that the next request would meet as well, until somebody pays or mends the key. */
export function isLasting({ category, outcome, fromVendor }: VendorError): boolean {
	return (
		fromVendor && outcome === 'refused' && (category === 'balance' || category === 'credential')
	);
}

/** A form that cannot be sent. Found before any request. */
export class InputError extends Error {
	readonly advice?: string;

	constructor(message: string, advice?: string) {
		super(message);
		this.name = 'InputError';
		this.advice = advice;
	}
}

/** The person, or a workflow time-out, stopped the run. */
export class StoppedError extends Error {
	constructor() {
		super('The execution was stopped');
		this.name = 'StoppedError';
	}
}

/** A vendor's error, which may stand in the place of an answer. Everything else is thrown on. */
export function vendorErrorOf(cause: unknown): VendorError {
	if (cause instanceof VendorError) return cause;
	throw cause;
}

/** Throws a vendor's error on with another outcome, and everything else as it is. */
export const withOutcome =
	(outcome: VendorErrorOptions['outcome']) =>
	(cause: unknown): never => {
		throw vendorErrorOf(cause).with({ outcome });
	};

/** An error and those that it was wrapped around, the outermost first; five at the most. */
export function causesOf(cause: unknown, most = 5): Array<Record<string, unknown>> {
	if (typeof cause !== 'object' || cause === null || most === 0) return [];
	const error = cause as Record<string, unknown>;
	return [error, ...causesOf(error.cause, most - 1)];
}

/** What was caught, as an error that can be thrown on. */
export function asError(cause: unknown): Error {
	return cause instanceof Error ? cause : new Error(String(cause));
}

/** What a provider's error table says of one vendor code. */
export interface ErrorMeaning {
	readonly category: Category;
	readonly what: string;
	readonly advice: string;
}

/** What to do when a vendor refuses a combination that we do not know to be wrong. */
export const compareForm =
	'Compare Model, Resolution, Duration and the images with what the vendor takes: docs/models.md of n8n-nodes-hailuo.';

export function failureOf(meaning: ErrorMeaning, code?: string, vendorText?: string): Failure {
	return {
		...(code !== undefined && { code }),
		message: sentence(meaning.what, vendorText),
		retryable: categories[meaning.category].retryable,
		advice: meaning.advice,
	};
}

/** What looks like a key or a token: vendors repeat them in their messages. */
const keyLike =
	/\b(?:sk|pk|rk|afk)[-_][\w.-]{8,}|\b(?:key|bearer|token)[-_: ]+(?=[\w.-]*\d)[\w.-]{12,}|\beyJ[\w-]{8,}(?:\.[\w-]+)*|\b(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{32,}\b/gi;

/** Our sentence, with the vendor's own words behind it where it gave some. Keys are left out. */
export function sentence(what: string, vendorText?: string): string {
	// Keys first: a piece of a key that a cut leaves does not look like one.
	const words = quoted(vendorText?.slice(0, 2000).replace(keyLike, '[key]') ?? '', 300);
	return words ? `${what} (“${words}”)` : what;
}
