import { InputError } from '../../video/failure';
import type { TaskReference } from '../../video/reference';
import { plainCreate, providerOf } from './ask';
import { type FakeAnswer, fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';
import { broken, done, running } from './runwareWords';

const runware = providerOf('runware');
const id = uuid;

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
