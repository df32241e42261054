import type { Failure } from './task';

/**
 * Why a request or a task did not succeed. The category alone decides whether asking again can
 * help; the provider's error table chooses it for every vendor code.
 */
export const categories = {
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
}

/** A request to a vendor that did not succeed. */
export class VendorError extends Error {
	readonly category: Category;

	readonly advice: string;

	readonly code?: string;

	readonly status?: number;

	readonly retryAfterMs?: number;

	readonly outcome: 'refused' | 'unknown';

	constructor(options: VendorErrorOptions) {
		super(options.message);
		this.name = 'VendorError';
		this.category = options.category;
		this.advice = options.advice;
		this.code = options.code;
		this.status = options.status;
		this.retryAfterMs = options.retryAfterMs;
		this.outcome = options.outcome;
	}

	get retryable(): boolean {
		return categories[this.category].retryable;
	}

	toFailure(): Failure {
		const { code, message, retryable, advice } = this;
		return { ...(code !== undefined && { code }), message, retryable, advice };
	}
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

/** Our sentence, with the vendor's own words behind it where it gave some. */
export function sentence(what: string, vendorText?: string): string {
	const words = vendorText?.replace(/\s+/g, ' ').trim().slice(0, 300);
	return words ? `${what} (“${words}”)` : what;
}
