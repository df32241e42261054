import { meaningOf as minimaxMeaning } from '../../providers/minimax/errors';
import { meaningOf as apiframeMeaning } from '../../providers/apiframe/errors';
import { meaningOf as runwareMeaning } from '../../providers/runware/errors';
import type { Category } from '../../video/failure';
import { VendorError } from '../../video/failure';
import { create } from './ask';

/** Codes by category, as the pages list them: ../../../shared/api/*.md names each source. */
type Codes = Partial<Record<Category, readonly (string | number)[]>>;

const minimax: Codes = {
	server: [1000, 1001, 1013, 1024, 1033],
	rateLimit: [1002, 1039, 1041, 2045],
	credential: [1004, 2038, 2049],
	balance: [1008, 1028, 1030, 2056, 2061],
	content: [1026, 1027],
	input: [1042, 2013],
};

const toapis: Readonly<Record<string, readonly [http: number, category: Category]>> = {
	invalid_request: [400, 'input'],
	webhook_not_configured: [400, 'input'],
	unauthorized: [401, 'credential'],
	insufficient_quota: [402, 'balance'],
	task_not_found: [404, 'notFound'],
	content_policy_violation: [422, 'content'],
	rate_limit_exceeded: [429, 'rateLimit'],
	rate_limit_unavailable: [503, 'rateLimit'],
	internal_error: [500, 'server'],
};

const toapisTypes: Readonly<Record<string, readonly [http: number, category: Category]>> = {
	authentication_error: [401, 'credential'],
	not_found_error: [404, 'notFound'],
	rate_limit_error: [429, 'rateLimit'],
};

/** Members of each family of the classifier. */
const runware: Codes = {
	credential: [
		'invalidApiKey',
		'missingApiKey',
		'unauthorized',
		'forbidden',
		'permissionDenied',
		'insufficientPermissions',
		'tokenExpired',
		'accountSuspended',
		'organizationDisabled',
	],
	balance: ['insufficientCredits', 'quotaExceeded', 'insufficientBalance', 'paymentRequired'],
	rateLimit: ['rateLimitExceeded', 'providerRateLimitExceeded'],
	content: [
		'contentPolicyViolation',
		'providerContentPolicyViolation',
		'sensitiveContentDetected',
		'unsafeContentDetected',
		'nsfwContentDetected',
		'promptBlocked',
		'imageBlocked',
		'moderationFailed',
	],
	notFound: [
		'taskCancelled',
		'taskFailedOrNotFound',
		'unknownModel',
		'imageNotFound',
		'resultExpired',
	],
	server: [
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
	],
	duplicate: ['duplicateTaskUUID'],
	input: [
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
	],
};

const apiframe: Codes = {
	input: [400],
	duplicate: [409],
	credential: [401, 403],
	balance: [402],
	notFound: [404],
	rateLimit: [429],
	server: [500, 502, 503],
};

const flat = (codes: Codes) =>
	Object.entries(codes).flatMap(([category, list]) =>
		list.map((code) => [String(code), category] as const),
	);

const sentences = {
	what: expect.stringMatching(/^[A-Z].{15,}[^.]$/),
	advice: expect.stringMatching(/^[A-Z].{7,}[.]$/),
};

describe('every documented code says what happened and what to do', () => {
	it.each(flat(minimax))('MiniMax %s: %s', (code, category) => {
		expect(minimaxMeaning(code)).toMatchObject({ category, ...sentences });
		expect(minimaxMeaning(code).what).not.toContain(code);
	});

	it.each(flat(runware))('Runware %s: %s', (code, category) => {
		expect(runwareMeaning(code)).toMatchObject({ category, ...sentences });
	});

	it.each(flat(apiframe))('Apiframe HTTP %s: %s', (code, category) => {
		expect(apiframeMeaning(Number(code))).toMatchObject({ category, ...sentences });
	});

	it.each(Object.entries(toapis))('ToAPIs %s', async (code, [status, category]) => {
		const error = await create('toapis', { status, body: { error: { code, message: 'm' } } });
		expect(error).toMatchObject({ category, code, message: expect.stringMatching(/ \(“m”\)$/) });
		expect((error as VendorError).advice).toEqual(sentences.advice);
	});

	it.each(Object.entries(toapisTypes))('ToAPIs type %s', async (type, [status, category]) => {
		const body = { error: { code: status, message: 'm', type } };
		expect(await create('toapis', { status, body })).toMatchObject({
			category,
			code: String(status),
		});
	});
});

describe('an HTTP status without a code', () => {
	const statuses: [number, Category][] = [
		[400, 'input'],
		[401, 'credential'],
		[402, 'balance'],
		[403, 'credential'],
		[404, 'notFound'],
		[408, 'server'],
		[429, 'rateLimit'],
		[500, 'server'],
		[503, 'server'],
		[504, 'server'],
	];
	const bodies = {
		toapis: { error: { message: 'm' } },
		runware: { errors: [] },
		apiframe: { error: 'm' },
	};

	describe.each(Object.entries(bodies))('at %s', (provider, body) => {
		it.each(statuses)('%s is %s', async (status, category) => {
			const error = await create(provider, { status, body });
			expect(error).toBeInstanceOf(VendorError);
			expect(error).toMatchObject({
				category,
				outcome: category === 'server' ? 'unknown' : 'refused',
			});
		});
	});
});
