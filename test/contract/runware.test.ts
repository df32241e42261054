import { InputError, VendorError } from '../../video/failure';
import type { TaskReference } from '../../video/reference';
import { ask, create, plainCreate, providerOf } from './ask';
import type { FakeAnswer } from './fakeConnection';
import { fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

const runware = providerOf('runware');
const id = uuid;
const link = (name: string) => `https://vm.runware.ai/video/${name}.mp4`;
const running = { taskType: 'videoInference', taskUUID: id, status: 'processing', progress: 40 };
const done = (name: string, fields: object = {}) => ({
	taskType: 'videoInference',
	taskUUID: id,
	status: 'success',
	videoURL: link(name),
	...fields,
});
const broken = { code: 'timeoutProvider', message: 'too slow', status: 'error', taskUUID: id };

const poll = async (body: object, results?: number, status = 200) =>
	await ask('runware', { status, body }, { id, facts: results ? { results } : {} });

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
		['success', { data: [done('a')] }, { status: 'completed', videos: [{ url: link('a') }] }],
		[
			'a link without a status',
			{ data: [done('a', { status: undefined })] },
			{ status: 'completed', videos: [{ url: link('a') }] },
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

	it.each([
		['two of four', { data: [done('a'), done('b')] }, 4, 'processing'],
		[
			'two of four, the others still processing',
			{ data: [done('a'), done('b'), running] },
			4,
			'processing',
		],
		['all four', { data: ['a', 'b', 'c', 'd'].map((name) => done(name)) }, 4, 'completed'],
		[
			'three and an error',
			{ data: ['a', 'b', 'c'].map((name) => done(name)), errors: [broken] },
			4,
			'completed',
		],
		[
			'one and three errors',
			{ data: [done('a')], errors: [broken, broken, broken] },
			4,
			'completed',
		],
		['one error and no video', { errors: [broken] }, 4, 'processing'],
		['four errors', { errors: [broken, broken, broken, broken] }, 4, 'failed'],
		[
			'two, of a number that is not known',
			{ data: [done('a'), done('b')] },
			undefined,
			'completed',
		],
		[
			'one processing, of a number that is not known',
			{ data: [done('a'), running] },
			undefined,
			'processing',
		],
	])('several results: %s', async (_, body, results, status) => {
		expect(await poll(body, results)).toMatchObject({ status });
	});

	it('keeps the order of results and adds their costs up', async () => {
		const data = [done('b', { cost: 0.28 }), done('a', { cost: 0.14 })];
		expect(await poll({ data }, 2)).toMatchObject({
			videos: [{ url: link('b') }, { url: link('a') }],
			cost: { amount: 0.42, unit: 'USD', source: 'provider' },
		});
	});

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

describe('many tasks in one question', () => {
	const other = '24cd5dff-cb81-4db5-8506-b72a9425f9d1';
	const references: TaskReference[] = [id, other, 'no-uuid'].map((one) => ({
		provider: 'runware',
		kind: 'video',
		id: one,
	}));
	const ask = async (answers: FakeAnswer[], count = 2) => {
		const connection = fakeConnection(baseUrls.runware, answers);
		const asked = references.slice(0, count);
		return {
			answers: await runware.status(
				connection,
				asked,
				asked.map(() => ({ results: 1 })),
			),
			requests: connection.requests.map(({ json }) => json),
		};
	};

	it('is one array, and data and errors go to their tasks', async () => {
		const body = { data: [{ ...done('a'), taskUUID: other }], errors: [broken] };
		const { answers, requests } = await ask([{ body }]);
		expect(requests).toEqual([
			[
				{ taskType: 'getResponse', taskUUID: id },
				{ taskType: 'getResponse', taskUUID: other },
			],
		]);
		expect(answers).toMatchObject([{ status: 'failed' }, { status: 'completed' }]);
	});

	it('does not take the error of one task for another', async () => {
		const { answers } = await ask([{ body: { errors: [broken] } }]);
		expect(answers).toMatchObject([{ status: 'failed' }, { category: 'server', retryable: true }]);
	});

	it('asks for the halves when an ID has spoilt the whole array', async () => {
		const refused = { status: 400, body: { errors: [{ code: 'invalidTaskUUID', message: 'x' }] } };
		const { answers, requests } = await ask(
			[refused, { body: { data: [running, { ...running, taskUUID: other }] } }, refused],
			3,
		);
		const asked = (requests as { taskUUID: string }[][]).map((one) =>
			one.map(({ taskUUID }) => taskUUID),
		);
		expect(asked).toEqual([[id, other, 'no-uuid'], [id, other], ['no-uuid']]);
		expect(answers).toMatchObject([
			{ status: 'processing' },
			{ status: 'processing' },
			{ category: 'input' },
		]);
	});
});

describe('a lost create at Runware', () => {
	const request = { ...plainCreate('runware'), results: 2 };
	const recover = async (answer: FakeAnswer) => {
		const connection = fakeConnection(baseUrls.runware, [answer]);
		return await runware.recover?.(connection, request, { from: 0, to: 0 });
	};

	it('is found by its ID', async () => {
		expect(await recover({ body: { data: [running] } })).toMatchObject({
			found: { reference: { provider: 'runware', kind: 'video', id }, results: 2 },
		});
	});

	it('may be sent again when the vendor does not know it', async () => {
		const errors = [{ code: 'taskFailedOrNotFound', message: 'x', taskUUID: id }];
		expect(await recover({ status: 404, body: { errors } })).toEqual({ notCreated: true });
	});

	it('is left to the person when the vendor says nothing', async () => {
		expect(await recover({ body: { data: [] } })).toMatchObject({
			unclear: expect.stringContaining(`runware:video:${id}`),
		});
	});

	it('is asked for again after a fault', async () => {
		await expect(recover({ status: 503, body: { errors: [] } })).rejects.toMatchObject({
			retryable: true,
		});
	});
});

describe('requests to Runware', () => {
	it('has a place for every setting', () => {
		const { body, results } = produce(runware, {
			mode: 'imageToVideo',
			model: 'I2V-01-Director',
			resolution: '768P',
			firstFrame: { url: 'data:image/png;base64,AAAA' },
			settings: {
				promptOptimizer: true,
				outputFormat: 'WEBM',
				outputQuality: 80,
				callbackUrl: 'https://example.com/hook',
				uploadEndpoint: 'https://example.com/put',
				safetyMode: 'full',
				ttl: 3600,
				includeCost: true,
				numberResults: 4,
				fps: 25,
			},
		});
		expect(results).toBe(4);
		expect(body).toEqual([
			{
				taskType: 'videoInference',
				taskUUID: uuid,
				model: 'minimax:2@1',
				positivePrompt: '<prompt>',
				width: 1366,
				height: 768,
				inputs: { frameImages: [{ image: 'data:image/png;base64,AAAA', frame: 'first' }] },
				providerSettings: { minimax: { promptOptimizer: true } },
				outputFormat: 'WEBM',
				outputQuality: 80,
				webhookURL: 'https://example.com/hook',
				uploadEndpoint: 'https://example.com/put',
				safety: { checkContent: true, mode: 'full' },
				ttl: 3600,
				includeCost: true,
				numberResults: 4,
				fps: 25,
			},
		]);
	});

	it.each([
		['T2V-01', 'textToVideo', 'minimax:1@1'],
		['I2V-01', 'imageToVideo', 'minimax:1@1'],
		['T2V-01-Director', 'textToVideo', 'minimax:2@1'],
		['I2V-01-live', 'imageToVideo', 'minimax:2@3'],
		['MiniMax-Hailuo-02', 'textToVideo', 'minimax:3@1'],
		['MiniMax-Hailuo-2.3', 'textToVideo', 'minimax:4@1'],
		['MiniMax-Hailuo-2.3-Fast', 'imageToVideo', 'minimax:4@2'],
		['minimax:h3@0', 'textToVideo', 'minimax:h3@0'],
	] as const)('%s for %s is %s', (model, mode, air) => {
		const frame = mode === 'imageToVideo' && { firstFrame: { url: 'https://example.com/1.png' } };
		expect(produce(runware, { mode, model, ...frame }).body).toMatchObject([{ model: air }]);
	});

	it('sends nothing that was not chosen, and asks for the cost unless that is switched off', () => {
		const form = { mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3' } as const;
		expect(
			produce(runware, { ...form, settings: { safetyMode: 'none', includeCost: false } }).body,
		).toEqual([
			{
				taskType: 'videoInference',
				taskUUID: uuid,
				model: 'minimax:4@1',
				positivePrompt: '<prompt>',
			},
		]);
	});

	it('takes pixels and words for a model that it does not know', () => {
		const form = { mode: 'textToVideo', model: 'minimax:h3@0' } as const;
		const bodyFor = (resolution: string) => produce(runware, { ...form, resolution }).body;
		expect(bodyFor('1344x768')).toMatchObject([{ width: 1344, height: 768 }]);
		expect(bodyFor('768P')).toMatchObject([{ resolution: '768p' }]);
	});

	it('refuses a prompt of one character', () => {
		const form = { mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3', prompt: 'x' } as const;
		expect(() => produce(runware, form)).toThrow(InputError);
	});
});
