import type { ErrorMeaning, VendorError } from '../../video/failure';
import {
	type JsonAnswer,
	meaningOfStatus,
	statusError,
	unknownOrder,
	vendorError,
} from '../../video/answerErrors';
import { failedVideo, passingFault, refusedContent, refusedField, unknownTask } from '../meanings';
import { statedSchema, taskSchema } from './wire';

export const vendor = 'ToAPIs';

const rateLimited: ErrorMeaning = {
	category: 'rateLimit',
	what: 'ToAPIs received too many requests from this account',
	advice: 'Lower Concurrency: the limit counts all keys of the account together.',
};
const badKey: ErrorMeaning = {
	category: 'credential',
	what: 'ToAPIs does not accept the API key',
	advice: 'Check the API key of the credential. Keys are made at https://toapis.com/console/token.',
};
const content = refusedContent('ToAPIs refused the prompt or an image by its content rules');
const noSuchTask = unknownTask('ToAPIs does not know this task');

/**
 * Values of `error.code` and `error.type`. Sources:
 * https://docs.toapis.com/docs/en/api-reference/tasks/video-status,
 * https://docs.toapis.com/docs/en/api-reference/webhooks/task-webhooks and
 * https://docs.toapis.com/docs/en/api-reference/rate-limits/async-tasks
 */
const meanings: Readonly<Record<string, ErrorMeaning>> = {
	invalid_request: refusedField(vendor),
	webhook_not_configured: {
		category: 'input',
		what: 'ToAPIs does not know the address of the Callback URL',
		advice:
			'Switch webhooks on for this key in the ToAPIs console, with the same scheme, host and port, or remove Callback URL.',
	},
	unauthorized: badKey,
	authentication_error: badKey,
	insufficient_quota: {
		category: 'balance',
		what: 'The balance at ToAPIs is too low',
		advice: 'Top up the ToAPIs account, or raise the quota of this key.',
	},
	task_not_found: noSuchTask,
	not_found_error: noSuchTask,
	content_policy_violation: content,
	rate_limit_exceeded: rateLimited,
	rate_limit_error: rateLimited,
	// Creates alone get it, and before anything has been done with them.
	rate_limit_unavailable: {
		category: 'rateLimit',
		what: 'ToAPIs takes no new tasks at the moment: its rate limiter has a fault',
		advice: 'Try again later.',
	},
	internal_error: passingFault('ToAPIs had an internal fault'),
	generation_failed: failedVideo('ToAPIs could not make the video'),
};

const unsuccessful = passingFault('ToAPIs says that the request did not succeed');

/** The meaning of a word in `code` or `type`; undefined for a word that nobody knows. */
function meaningOf(word = '', text = ''): ErrorMeaning | undefined {
	const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
	const general = meaning === undefined || meaning === meanings.generation_failed;
	return general && /content.?polic|sensitive|moderat/i.test(text) ? content : meaning;
}

/** Why a task failed. The code may be a word, a number or missing. */
export function meaningOfFailure(code: string | undefined, text?: string): ErrorMeaning {
	return meaningOf(code, text) ?? meanings.generation_failed;
}

/** The error in an answer; undefined for success. A failed task is a success of the question. */
export function errorIn(answer: JsonAnswer): VendorError | undefined {
	const refused = answer.status >= 400;
	const stated = statedSchema.safeParse(answer.body);
	if (!stated.success) return refused ? statusError(answer, vendor) : undefined;
	const { success, message, error } = stated.data;
	const words = error.words ?? message;
	const code = error.code ?? error.type;
	if (!refused && success !== false) {
		if (code === undefined || taskSchema.safeParse(answer.body).success) return undefined;
	} else if (code === undefined && (success !== false || words === undefined)) {
		return refused ? statusError(answer, vendor) : vendorError(answer, unsuccessful);
	}
	const keyUnknown =
		success === false && /token.*record not found|authorization/i.test(words ?? '');
	const status = refused ? answer.status : Number(error.code);
	const meaning =
		(keyUnknown ? badKey : undefined) ??
		meaningOf(error.code, words) ??
		meaningOf(error.type, words) ??
		(status >= 400 ? meaningOfStatus(status, vendor) : unsuccessful);
	const isUnknownOrder = answer.creates && meaning.category === 'notFound';
	return vendorError(answer, isUnknownOrder ? unknownOrder(vendor) : meaning, code, words);
}
