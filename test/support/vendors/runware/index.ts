import { randomUUID } from 'node:crypto';
import type { TestedVendor } from '../vendor';
import examples from './examples.json';
import { samples } from './samples';

const refused = (...codes: string[]) =>
	codes.map((code) => [400, { errors: [{ code, message: 'm' }] }, code] as const);

export const runware: TestedVendor = {
	vendor: 'runware',
	failureCodes: ['timeoutProvider', 'invalidProviderContent'],
	kinds: [
		{
			name: 'Runware',
			kind: 'video',
			form: {},
			steps: ['create', 'status', 'download'],
			recovery: 'look up',
			recoverableHours: 24,
			rateLimit: 'runware',
			path: '',
			order: (positivePrompt, change) => [
				{
					taskType: 'videoInference',
					taskUUID: randomUUID(),
					model: 'minimax:4@1',
					positivePrompt,
					...change,
				},
			],
			accepted: (id) => ({ data: [{ taskType: 'videoInference', taskUUID: id }] }),
			answered: (tasks) => ({
				data: tasks.map(({ id, link, status = link ? 'success' : 'processing' }) => ({
					taskUUID: id,
					status,
					...(link && { videoURL: link }),
				})),
			}),
			failed: (id, error) => ({ data: [{ taskUUID: id, status: 'error', error }] }),
			withNulls: (id, link) => [
				{
					data: [
						{
							taskUUID: id,
							status: null,
							videoUUID: null,
							videoURL: link,
							cost: null,
							progress: null,
							error: null,
						},
					],
					errors: null,
					error: null,
				},
			],
			question: (taskUUID) => ({ path: '', body: [{ taskType: 'getResponse', taskUUID }] }),
			refusedKey: (words) => [401, { errors: [{ code: 'invalidApiKey', message: words }] }],
			refusedPrompt: [400, { errors: [{ code: 'contentPolicyViolation' }] }],
			refusedModel: [400, { errors: [{ code: 'unknownModel', message: 'Unknown model' }] }],
		},
	],
	examples,
	samples,
	/** Members of each family of the classifier. */
	refusals: {
		credential: refused(
			'invalidApiKey',
			'missingApiKey',
			'unauthorized',
			'forbidden',
			'permissionDenied',
			'insufficientPermissions',
			'tokenExpired',
			'accountSuspended',
			'organizationDisabled',
		),
		balance: refused(
			'insufficientCredits',
			'quotaExceeded',
			'insufficientBalance',
			'paymentRequired',
		),
		rateLimit: refused('rateLimitExceeded', 'providerRateLimitExceeded'),
		content: refused(
			'contentPolicyViolation',
			'providerContentPolicyViolation',
			'sensitiveContentDetected',
			'unsafeContentDetected',
			'nsfwContentDetected',
			'promptBlocked',
			'imageBlocked',
			'moderationFailed',
		),
		notFound: refused(
			'taskCancelled',
			'taskFailedOrNotFound',
			'unknownModel',
			'imageNotFound',
			'resultExpired',
		),
		server: refused(
			'timeoutProvider',
			'requestTimeout',
			'providerError',
			'inferenceError',
			'processingFailed',
			'taskFailed',
			'downloadFailed',
			'uploadFailed',
			'noAvailableServer',
			'modelUnavailable',
			'modelNotReady',
			'internalServerError',
			'serviceUnavailable',
			'errorRetrievingAccountManagement',
		),
		duplicate: refused('duplicateTaskUUID'),
		input: refused(
			'modelDisabled',
			'invalidPositivePrompt',
			'missingModel',
			'conflictWidthHeight',
			'unsupportedDuration',
			'valueTooLarge',
			'arrayTooLong',
			'maxLengthExceeded',
			'unknownParameter',
			'incompatibleParameters',
			'mismatchProviderSettingsProvider',
		),
	},
};
