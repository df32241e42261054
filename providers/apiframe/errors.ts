import type { z } from 'zod';
import type { ErrorMeaning, VendorError } from '../../video/failure';
import {
	type JsonAnswer,
	meaningOfStatus,
	statusError,
	unknownOrder,
	vendorError,
	wordsIn,
} from '../../video/answerErrors';
import { failedVideo, passingFault, refusedContent, refusedField, unknownTask } from '../meanings';
import { refusalSchema } from './wire';

export const vendor = 'Apiframe';

/**
 * Apiframe has no codes of its own: the HTTP status says all. Source: the responses of
 * https://api.apiframe.ai/v2/openapi.json and https://github.com/apiframe-ai/apiframe-nodejs-sdk
 */
const meanings: Readonly<Record<number, ErrorMeaning>> = {
	400: refusedField(vendor),
	401: {
		category: 'credential',
		what: 'Apiframe does not accept the API key',
		advice:
			'Check the API key of the credential. It begins with afk_ and is made at https://console.apiframe.ai/dashboard/api-keys.',
	},
	402: {
		category: 'balance',
		what: 'The credits at Apiframe do not suffice',
		advice: 'Buy credits for the Apiframe team, then run this again.',
	},
	403: {
		category: 'credential',
		what: 'The Apiframe key is inactive, or its team may not make videos',
		advice: 'Check in the Apiframe console that the key is active and video is on for the team.',
	},
	404: unknownTask('Apiframe does not know this task'),
	409: {
		category: 'duplicate',
		what: 'Apiframe has already received another request under the same Idempotency-Key',
		advice: 'Run the item again: it gets a new key.',
	},
	429: {
		category: 'rateLimit',
		what: 'Apiframe received too many requests from this key',
		advice: 'Lower Concurrency, or ask Apiframe for a higher rate limit.',
	},
	502: passingFault('Apiframe could not store an uploaded file'),
	503: passingFault('The queue or the database of Apiframe is down'),
};

const errorInSuccess = passingFault('Apiframe answered with an error');

const content = refusedContent(
	'The model behind Apiframe refused the prompt, the image or the video by its content rules',
);
const couldNotMake = failedVideo('Apiframe or the model behind it could not make the video');

/** Why a job failed: free text, of which only refusals of content can be told from the rest. */
export function meaningOfFailure(text = ''): ErrorMeaning {
	return /content|policy|sensitive|moderat|nsfw|safety/i.test(text) ? content : couldNotMake;
}

function meaningOf(status: number): ErrorMeaning {
	if (status < 400) return errorInSuccess;
	return meanings[status] ?? meaningOfStatus(status, vendor);
}

/** The error in an answer; undefined for success. A job has an `error` of its own. */
export function errorIn(answer: JsonAnswer): VendorError | undefined {
	const { success, data } = refusalSchema.safeParse(answer.body);
	const text = success ? textOf(data) : undefined;
	// No page has the form of this one; whoever says it, the job is looked for.
	if (answer.status === 409) {
		return vendorError(answer, meaningOf(409), undefined, text ?? wordsIn(answer.body));
	}
	if (answer.status >= 400 && text === undefined) return statusError(answer, vendor);
	// Many servers say “Not Found” in this form, of an address that they do not have.
	if (answer.status === 404 && !/\bjob\b/i.test(text ?? '')) return statusError(answer, vendor);
	const isJob = success && (data.id ?? data.jobId) !== undefined;
	if (text === undefined || (answer.status < 400 && isJob)) return undefined;
	const isUnknownOrder = answer.creates && answer.status === 404;
	const meaning = isUnknownOrder ? unknownOrder(vendor) : meaningOf(answer.status);
	return vendorError(answer, meaning, undefined, text);
}

function textOf({
	error,
	details = {},
	creditsRequired,
	creditsAvailable,
}: z.output<typeof refusalSchema>): string | undefined {
	if (error === undefined) return undefined;
	const fields = Object.entries(details).map(([path, words]) => `${path}: ${words.join(', ')}`);
	const credits =
		creditsRequired === undefined
			? []
			: [`${creditsRequired} needed, ${creditsAvailable ?? 0} available`];
	return [error, ...fields, ...credits].join('; ');
}
