import { VendorError } from '../../video/failure';
import { create } from './ask';
import { uuid as id } from './forms';
import { broken, done, linkOf, poll, running } from './runwareWords';

describe('answers of Runware', () => {
	it.each([
		['processing', { data: [running] }, { status: 'processing', progress: 40 }],
		['pending', { data: [{ ...running, status: 'pending' }] }, { status: 'processing' }],
		['a new word', { data: [{ ...running, status: 'polishing' }] }, { status: 'processing' }],
		['only an acknowledgement', { data: [{ taskUUID: id }] }, { status: 'processing' }],
		[
			'success without a link',
			{ data: [{ taskUUID: id, status: 'success' }] },
			{ status: 'completed', videos: [] },
		],
		['success', { data: [done('a')] }, { status: 'completed', videos: [{ url: linkOf('a') }] }],
		[
			'a link without a status',
			{ data: [done('a', { status: undefined })] },
			{ status: 'completed', videos: [{ url: linkOf('a') }] },
		],
		[
			'an error beside nothing',
			{ errors: [broken] },
			{ status: 'failed', failure: { code: 'timeoutProvider', retryable: true } },
		],
		['an error and empty data', { data: [], errors: [broken] }, { status: 'failed' }],
		[
			'an error inside data',
			{
				data: [
					{
						taskUUID: id,
						status: 'error',
						error: { code: 'contentPolicyViolation', message: 'no' },
					},
				],
			},
			{ status: 'failed', failure: { code: 'contentPolicyViolation', retryable: false } },
		],
		[
			'the single error of the older shape',
			{ error: { code: 'providerInferenceError', message: 'no' }, taskUUID: id },
			{ status: 'failed' },
		],
		[
			'a cancelled task',
			{ errors: [{ ...broken, code: 'taskCancelled' }] },
			{ status: 'cancelled' },
		],
		[
			'an error without a code',
			{ errors: [{ message: 'no', taskUUID: id }] },
			{ status: 'failed' },
		],
	])('%s', async (_, body, expected) => {
		expect(await poll(body)).toMatchObject(expected);
	});
});

describe('questions to Runware', () => {
	it.each([
		['nothing about the task', { data: [] }, 200, 'server', true],
		[
			'a full queue',
			{ errors: [{ code: 'rateLimitExceeded', message: 'x' }] },
			429,
			'rateLimit',
			true,
		],
		[
			'a full queue inside HTTP 200',
			{ errors: [{ code: 'rateLimitExceeded', taskUUID: id }] },
			200,
			'rateLimit',
			true,
		],
		['a fault', { errors: [{ code: 'internalServerError', taskUUID: id }] }, 500, 'server', true],
		[
			'a fault inside HTTP 200',
			{ errors: [{ code: 'internalServerError', message: 'x' }] },
			200,
			'server',
			true,
		],
		[
			'a code that is new',
			{ errors: [{ code: 'somethingNew', message: 'x' }] },
			200,
			'server',
			true,
		],
		[
			'an unknown task',
			{ errors: [{ code: 'taskFailedOrNotFound', taskUUID: id }] },
			404,
			'notFound',
			false,
		],
		['a bad key', { errors: [{ code: 'invalidApiKey' }] }, 401, 'credential', false],
	])('a question that was not answered: %s', async (_, body, http, category, retryable) => {
		const answer = await poll(body, undefined, http);
		expect(answer).toBeInstanceOf(VendorError);
		expect(answer).toMatchObject({ category, retryable });
	});
});

describe('creates at Runware', () => {
	it('a create with an error inside its data was refused', async () => {
		const data = [{ taskUUID: id, status: 'error', error: { code: 'invalidModel', message: 'x' } }];
		expect(await create('runware', { body: { data } })).toMatchObject({
			category: 'input',
			outcome: 'refused',
		});
	});

	it('a create without a word about the task may have been carried out', async () => {
		expect(await create('runware', { body: { data: [] } })).toMatchObject({ outcome: 'unknown' });
	});

	it('a create whose ID is known already has been carried out', async () => {
		const errors = [{ code: 'duplicateTaskUUID', message: 'x', taskUUID: id }];
		expect(await create('runware', { status: 400, body: { errors } })).toMatchObject({
			reference: { provider: 'runware', id },
			status: 'queued',
		});
	});
});
