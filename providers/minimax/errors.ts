import { type ErrorMeaning, failureOf, type VendorError } from '../../video/failure';
import {
	type JsonAnswer,
	meaningOfStatus,
	statusError,
	vendorError,
} from '../../video/answerErrors';
import type { Failure } from '../../video/task';
import { failedVideo, passingFault, refusedContent, refusedField } from '../meanings';
import { statedSchema } from './wire';

export const vendor = 'MiniMax';

const checkKey =
	'Check the API key and the Region of the credential: a key works in the region that issued it only.';

const quotaUsedUp: ErrorMeaning = {
	category: 'balance',
	what: 'The quota of the MiniMax plan is used up',
	advice: 'Wait for the next period, or use a pay-as-you-go key.',
};

/**
 * Codes of `base_resp.status_code` (V1) and of the number at the end of a V2 message.
 * Source: https://platform.minimax.io/docs/api-reference/errorcode
 */
const meanings: Readonly<Partial<Record<string, ErrorMeaning>>> = {
	1000: passingFault('MiniMax had an unknown fault'),
	1001: passingFault('MiniMax ran into a time-out'),
	1002: {
		category: 'rateLimit',
		what: 'MiniMax received too many requests from this key',
		advice: 'Lower Concurrency, or ask MiniMax for a higher rate limit.',
	},
	1004: { category: 'credential', what: 'MiniMax does not accept the API key', advice: checkKey },
	1008: {
		category: 'balance',
		what: 'The balance at MiniMax is too low',
		advice: 'Top up the MiniMax account. Video packages and plans do not cover every model.',
	},
	1013: passingFault('MiniMax had an internal fault'),
	1024: passingFault('MiniMax had an internal fault'),
	1026: refusedContent('MiniMax refused the prompt or an image as sensitive content'),
	1027: refusedContent('MiniMax withheld the finished video as sensitive content'),
	1028: quotaUsedUp,
	1030: quotaUsedUp,
	1033: passingFault('A system behind MiniMax had a fault'),
	1039: {
		category: 'rateLimit',
		what: 'The token limit of this MiniMax key is reached',
		advice: 'Lower Concurrency, or ask MiniMax for a higher limit.',
	},
	1041: {
		category: 'rateLimit',
		what: 'MiniMax has too many connections from this key',
		advice: 'Lower Concurrency. If it stays, ask MiniMax for a higher limit.',
	},
	1042: {
		category: 'input',
		what: 'The prompt has too many invisible or illegal characters',
		advice: 'Remove them from the Prompt.',
	},
	2013: refusedField(vendor),
	2038: {
		category: 'credential',
		what: 'MiniMax asks for real-name verification of this account',
		advice: 'Verify the account in the MiniMax console.',
	},
	2045: {
		category: 'rateLimit',
		what: 'The requests to MiniMax grew too fast',
		advice: 'Lower Concurrency, so that the load rises slowly.',
	},
	2049: { category: 'credential', what: 'The MiniMax API key is not valid', advice: checkKey },
	2056: {
		category: 'balance',
		what: 'The usage limit of the MiniMax plan is reached',
		advice: 'Wait for the next five-hour window, or use a pay-as-you-go key.',
	},
	// Of this order alone: the account makes its other models.
	2061: {
		category: 'notFound',
		what: 'The MiniMax plan does not include this model',
		advice: 'Choose another Model, or use a pay-as-you-go key.',
	},
};

const callbackRefused: ErrorMeaning = {
	category: 'input',
	what: 'MiniMax could not verify the Callback URL',
	advice:
		'The address must be public, already live, and answer the challenge within 3 seconds. Remove Callback URL if you do not need it.',
};

const unknownTask: ErrorMeaning = {
	category: 'notFound',
	what: 'MiniMax does not know this task',
	advice:
		'Check the ID, the account and the Region of the credential. MiniMax asks for each kind separately: video tasks as minimax:v1:ID, template tasks as minimax:template:ID, H3 tasks as minimax:v2:ID (kept for 7 days).',
};

/** The meaning of a MiniMax code; an unknown code counts as a refusal of the request. */
function meaningOf(code: string, text = ''): ErrorMeaning {
	if (code === '2013' && /callback/i.test(text)) return callbackRefused;
	if (code === '2013' && /task[_ ]?id/i.test(text)) return unknownTask;
	return (
		(Object.hasOwn(meanings, code) ? meanings[code] : undefined) ?? {
			category: 'input',
			what: `MiniMax answered with code ${code}`,
			advice: 'Look the code up on https://platform.minimax.io/docs/api-reference/errorcode.',
		}
	);
}

const withoutReason = passingFault('MiniMax answered with an error');

const couldNotMake = failedVideo('MiniMax could not make the video');

/** V2 writes the code behind its words: `invalid params (2013)`. */
const codeBehind = /\s*\((\d{3,5})\)\s*$/;

/** Words that are one, and not the `success` that V1 writes beside its code 0. */
const reasonIn = (words?: string) => (/^(success|ok)?$/i.test(words ?? '') ? undefined : words);

/** Why a task failed. Without a code, or with the code 0, the words are all that there is. */
export function failureFrom(statedCode?: string, statedWords = ''): Failure {
	const words = reasonIn(statedWords.replace(codeBehind, ''));
	const code = [statedCode, codeBehind.exec(statedWords)?.[1]].find((one) => one && one !== '0');
	if (code !== undefined) return failureOf(meaningOf(code, words), code, words);
	if (words !== undefined) return failureOf(couldNotMake, undefined, words);
	return failureOf({ ...couldNotMake, what: `${couldNotMake.what} and gave no reason` });
}

/** The error in an answer, V1 (inside HTTP 200) or V2 (real HTTP status); undefined for success. */
export function errorIn(answer: JsonAnswer): VendorError | undefined {
	const { success, data } = statedSchema.safeParse(answer.body);
	if (!success) return answer.status >= 400 ? statusError(answer, vendor) : undefined;
	const { status_code: v1Code, status_msg: v1Words } = data.base_resp ?? {};
	if (v1Code !== undefined && v1Code !== '0') {
		return vendorError(answer, meaningOf(v1Code, v1Words), v1Code, v1Words);
	}
	const { type, words, http_code: ownStatus = 0 } = data.error;
	const code = codeBehind.exec(words ?? '')?.[1];
	if (type !== undefined || code !== undefined) {
		const status = answer.status >= 400 ? answer.status : ownStatus;
		const byStatus = status >= 400 ? meaningOfStatus(status, vendor) : withoutReason;
		const reason = words?.replace(codeBehind, '');
		return vendorError(answer, code ? meaningOf(code, reason) : byStatus, code, reason);
	}
	const reason = words ?? reasonIn(v1Words);
	if (answer.status >= 400) {
		return statusError({ ...answer, body: reason ?? answer.body }, vendor);
	}
	const isEmpty = (data.task_id ?? data.status ?? data.file ?? undefined) === undefined;
	return reason !== undefined && isEmpty
		? vendorError(answer, withoutReason, undefined, reason)
		: undefined;
}
