import type { Vendor } from '../../../sandbox/config';
import type { Step } from '../../../sandbox/steps';
import type { Category, VendorErrorOptions } from '../../../video/failure';
import type { CreateRequest } from '../../../video/provider';
import type { VideoRequest } from '../../../video/request';

/** A request and its answer as a vendor's page shows them; the page is its `source`. */
export interface Example {
	readonly kind: string;
	readonly request: {
		readonly method?: string;
		readonly server?: string;
		readonly path?: string;
		readonly body?: unknown;
	};
	readonly response: {
		readonly status?: unknown;
		readonly headers?: object;
		readonly body?: unknown;
	};
}

/** What a form says; the prompt of a page is its placeholder unless given. */
export type Form = Partial<VideoRequest> & Pick<VideoRequest, 'mode' | 'model'>;

/** What we do with one example. */
export interface Sample {
	/** The form whose request it is. */
	readonly form?: Form;
	/** What its answer answers. Absent: the create of its form, or of the vendor's first form. */
	readonly ask?:
		| { readonly create: Form | CreateRequest; readonly id?: string }
		| { readonly status: string; readonly id: string }
		| { readonly cancel: string; readonly id: string; readonly before: { readonly body: unknown } }
		| { readonly upload: { readonly mimeType: string; readonly size: number } };
	/** Further examples whose answers follow. */
	readonly then?: readonly string[];
	/** What the answer becomes: one of these. Absent: a task with the ID of the answer. */
	readonly task?: object;
	readonly error?: Partial<VendorErrorOptions> & { readonly retryable?: boolean };
	readonly link?: string;
	/** Why no form makes its request although its answer is read. */
	readonly otherRequest?: string;
	/** Why no form makes its request, and nothing reads its answer. */
	readonly notOurs?: string;
	/**
	 * How the sandbox is asked to give its answer to its request; what has a form and no more is asked
	 * for with a key. Else absent: more than that is needed.
	 */
	readonly replay?: 'with a key' | 'with a bad key' | 'without a key';
}

/** Reasons why an example is not ours that several vendors have. */
export const notOurs = {
	callback: 'It comes from the vendor: a callback, which only a callback trigger reads.',
	account: 'It asks for the account: the live test of the credential sends it.',
	models: 'The models come from our table: a drop-down needs no request.',
} as const;

/** `code` is what we keep of it as the vendor's own. */
export type Refusal = readonly [status: number, body: object, code?: string];

/** One task in a vendor's answer; with a link it is completed. */
export interface AnsweredTask {
	readonly id: string;
	readonly link?: string;
	/** Another word for how the task stands. */
	readonly status?: string;
}

/** What the tests of all vendors need to know of one kind of task. */
export interface KindOfVendor {
	/** As tests are called. */
	readonly name: string;
	/** As in task references. */
	readonly kind: string;
	/** The form of Generate Video, and what a video takes in that order; absent where another node makes it. */
	readonly form?: Readonly<Record<string, string>>;
	readonly steps: readonly Step[];
	/** How a create is recovered whose answer was lost; absent where nobody can know. */
	readonly recovery?: 'look up' | 'send once more';
	/** How long it can be. */
	readonly recoverableHours?: number;
	/** HTTP 503 says surely that nothing was made. */
	readonly refusesWith503?: true;
	/** No page of the vendor knows an error inside HTTP 200. */
	readonly errorsHaveStatus?: true;
	/** The sandbox's setting for its creates; absent where it has none of its own. */
	readonly rateLimit?: string;
	/** A valid create; `change` is laid over what the vendor calls a task. */
	readonly path: string;
	order(text: string, change?: object): unknown;
	accepted(id: string): object;
	/** To a question for these tasks: one, or as many as one call takes. */
	answered?(tasks: readonly AnsweredTask[]): object;
	/** To a question for a task that failed, with a reason of any form. */
	failed?(id: string, reason: unknown): object;
	/** Answers to a question for a finished task, with null in place of all that may be absent. */
	withNulls?(id: string, link: string): readonly object[];
	/** The same to a create. */
	acceptedWithNulls?(id: string): object;
	/** A question for a task. */
	question?(id: string): { readonly path: string; readonly body?: unknown };
	/** HTTP status of the answer for a task that the vendor does not know, if it is not 404. */
	readonly unknownTask?: number;
	/** Refusals: of a key, in the vendor's words, and of the prompt. */
	refusedKey?(words: string): Refusal;
	readonly refusedPrompt: Refusal;
	/** Of a model that it does not make, or does not make for this account; in its usual kind. */
	readonly refusedModel?: Refusal;
}

interface FactsOfVendor {
	readonly vendor: Vendor;
	/** The header of the key; absent: `Authorization: Bearer`. */
	readonly keyHeader?: string;
	/** What its tasks fail with: a fault of its own, and a refusal of the content. */
	readonly failureCodes: readonly [fault: string, content: string];
}

export interface TaskKind extends KindOfVendor, FactsOfVendor {}

/** One vendor: everything that the tests of all vendors know of it. */
export interface TestedVendor extends FactsOfVendor {
	/** The first is the usual one. */
	readonly kinds: readonly KindOfVendor[];
	/** Addresses of the sandbox that take a form with a file. */
	readonly uploads?: readonly string[];
	/** The requests and answers of its pages. */
	readonly examples: readonly Example[];
	/** By the kind of the example. */
	readonly samples: Readonly<Record<string, Sample>>;
	/** What its pages list, each with words that end in an m. */
	readonly refusals: Readonly<Partial<Record<Category, readonly Refusal[]>>>;
	/** The answer that lists tasks, and an entry of it: a finished task without a link. */
	readonly list?: {
		answer(entries: readonly unknown[]): object;
		entry(id: string | null): object;
	};
}
