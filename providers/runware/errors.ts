import type { z } from 'zod';
import type { ErrorMeaning, VendorError } from '../../video/failure';
import {
	type JsonAnswer,
	meaningOfStatus,
	statusError,
	vendorError,
} from '../../video/answerErrors';
import { list } from '../../video/list';
import { failedVideo, passingFault, refusedContent, refusedField, unknownTask } from '../meanings';
import type { errorSchema } from './wire';

export const vendor = 'Runware';

const couldNotMake = failedVideo('Runware or the model behind it could not make the video');
const badKey: ErrorMeaning = {
	category: 'credential',
	what: 'Runware does not accept the API key, or the key may not do this',
	advice: 'Check the API key of the credential, its rights and the state of the organization.',
};
const badField = refusedField(vendor);

const noWord: ErrorMeaning = {
	category: 'server',
	what: 'Runware did not say what became of the task',
	advice: 'Ask again later with Hailuo Query Task.',
};

/**
 * Families of codes, the first that fits. Sources: https://runware.ai/docs/platform/errors and the
 * classifier of https://github.com/Runware/runware-typescript
 */
const families: readonly (readonly [RegExp, ErrorMeaning])[] = [
	[
		/^(provider)?contentPolicyViolation$|^(sensitive|unsafe|nsfw)Content|^(prompt|image)Blocked$|^moderation/i,
		refusedContent('Runware refused the prompt, the image or the video by its content rules'),
	],
	[
		/rateLimit|tooManyRequests|queueFull/i,
		{
			category: 'rateLimit',
			what: 'The queue of Runware is full for this key',
			advice: 'Lower Concurrency: Runware advises 2 to 4 requests at a time.',
		},
	],
	[
		/credits|quota|balance|^paymentRequired$/i,
		{
			category: 'balance',
			what: 'The balance at Runware is too low',
			advice: 'Top up the Runware account, then run this again.',
		},
	],
	[
		/apiKey|unauthorized|forbidden|^permission|^insufficientPermissions|^token|^account|^organization/i,
		badKey,
	],
	[
		/^modelDisabled$/i,
		{
			category: 'input',
			what: 'Runware has switched this model off',
			advice: 'Choose another Model.',
		},
	],
	[
		/^unknownModel$|^modelNotFound$/i,
		{
			category: 'notFound',
			what: 'Runware does not know this model',
			advice: 'Choose a Model from the list, or check the ID, e.g. minimax:4@1.',
		},
	],
	[
		/^taskCancelled$/i,
		{
			category: 'notFound',
			what: 'The task was cancelled at Runware',
			advice: 'Make the video again.',
		},
	],
	[
		/^taskFailedOrNotFound$|notFound$|expired$/i,
		unknownTask('Runware does not know this task, or no longer'),
	],
	[
		/^duplicate/i,
		{
			// The task is there: it is found by asking for it, and not by sending it again.
			category: 'duplicate',
			what: 'Runware already has a task with this ID',
			advice: 'Ask for the task with Hailuo Query Task.',
		},
	],
	[
		/^uploadFailed$/i,
		{
			category: 'server',
			what: 'Runware could not put the video to the Upload Endpoint',
			advice: 'Check that the address is live and takes HTTP PUT, then make the video again.',
		},
	],
	[
		/^downloadFailed$/i,
		{
			category: 'server',
			what: 'Runware could not download an image of the request',
			advice: 'Check that the address is public, or use a binary field, then make the video again.',
		},
	],
	[
		/timeout|timedOut/i,
		{
			category: 'server',
			what: 'Runware or the model behind it took too long and gave up',
			advice: 'Make the video again, or try later.',
		},
	],
	[
		/^(noAvailableServer|model(Unavailable|NotReady)|serviceUnavailable)/i,
		passingFault('Runware has no free server for this model at the moment'),
	],
	[/^mismatchProvider/i, badField],
	[/^provider|^inference|^processing|^taskFailed/i, couldNotMake],
	[
		/^(internal|server|connection|unknown(Error)?$|errorRetrieving)/i,
		passingFault('Runware had an internal fault'),
	],
	[/^(invalid|missing|conflict|unsupported|value|array|max|min|unknown|incompatible)/i, badField],
];

type WireError = z.output<typeof errorSchema>;

/** For a code that nobody knows on a create; on a task it is one more way to fail. */
const unknownRefusal: ErrorMeaning = {
	category: 'input',
	what: 'Runware refused the request with a code that is new',
	advice: 'Look the code up on https://runware.ai/docs/platform/errors.',
};

/** The meaning of a code; without a family the HTTP status decides, then `otherwise`. */
export function meaningOf(code = '', status = 200, otherwise = couldNotMake): ErrorMeaning {
	const family = families.find(([pattern]) => pattern.test(code));
	if (family) return family[1];
	return status >= 400 ? meaningOfStatus(status, vendor) : otherwise;
}

/** The vendor's words, with the values that it would have taken. */
export function textOf({ message, parameter, allowedValues }: WireError): string | undefined {
	if (allowedValues.length === 0) return message;
	const rule = `${parameter.join(', ')} may be ${list(allowedValues.map(asText))}`;
	return [message, rule].filter(Boolean).join(' ');
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** A create that was refused, in our words. */
export function refusalOf(error: WireError, answer: JsonAnswer): VendorError {
	return errorOf(error, answer, error.code === undefined ? noWord : unknownRefusal);
}

/** A question that was not answered, in our words. */
export function errorOf(
	error: WireError,
	answer: JsonAnswer,
	otherwise: ErrorMeaning = noWord,
): VendorError {
	// Every error of the vendor's own has a code.
	if (error.code === undefined && answer.status >= 400) {
		return statusError({ ...answer, body: error.raw }, vendor);
	}
	const meaning = meaningOf(error.code, answer.status, otherwise);
	return vendorError(answer, meaning, error.code, textOf(error));
}

/** An answer that does not mention the task. */
export function silence(answer: JsonAnswer): VendorError {
	return answer.status >= 400 ? statusError(answer, vendor) : vendorError(answer, noWord);
}
