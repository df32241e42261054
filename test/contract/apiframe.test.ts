import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { InputError } from '../../video/failure';
import type { VideoRequest } from '../../video/request';
import type { VideoTask } from '../../video/task';
import schemas from './apiframe.schema.json';
import { ask, create, plainCreate, providerOf } from './ask';
import { type FakeAnswer, fakeConnection, startOfTime } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

const apiframe = providerOf('apiframe');
const url = 'https://cdn2.apiframe.ai/videos/x.mp4';
const job = (fields: object) => ({
	id: uuid,
	status: 'COMPLETED',
	model: 'hailuo-2.3',
	progress: 100,
	result: null,
	error: null,
	creditCost: 5,
	webhookStatus: null,
	createdAt: '2026-11-21T10:00:00.000Z',
	completedAt: null,
	...fields,
});

describe('bodies for Apiframe', () => {
	const ajv = new Ajv({ strict: false });
	addFormats(ajv);
	const accepts = ajv.compile(schemas.GenerateVideoRequest);

	const settings: VideoRequest['settings'][] = [
		{},
		{ promptOptimizer: false, callbackUrl: 'https://example.com/hook' },
	];
	const bodies = apiframe.capabilities.flatMap((row) => {
		const { mode, model, frames } = row;
		const media = Object.fromEntries(
			frames.map((frame) => [frame, { url: `https://example.com/${frame}.png` }]),
		);
		const outputs = [
			{},
			...row.outputs.flatMap(({ resolution, durations }) => [
				{ resolution },
				...durations.map((duration) => ({ resolution, duration })),
			]),
		];
		return outputs.flatMap((output) =>
			settings.map((chosen) => ({ mode, model, ...media, ...output, settings: chosen })),
		);
	});

	it.each(bodies)('$mode $model $resolution $duration validates', (form) => {
		const { body, headers } = produce(apiframe, form);
		accepts(body);
		expect(accepts.errors).toBeNull();
		expect(headers).toEqual({ 'Idempotency-Key': uuid });
	});

	it('is so strict that a foreign or an empty key is seen', () => {
		const { body } = plainCreate('apiframe');
		expect(accepts({ ...(body as object), seed: 1 })).toBe(false);
		expect(accepts({ ...(body as object), hailuoParams: { image: '' } })).toBe(false);
	});

	it('names first and last frame, and asks for the two final events', () => {
		const { body } = produce(apiframe, {
			mode: 'firstLastFrame',
			model: 'MiniMax-Hailuo-02',
			resolution: '1080P',
			firstFrame: { url: 'https://example.com/1.png' },
			lastFrame: { url: 'https://example.com/2.png' },
			settings: { callbackUrl: 'https://example.com/hook' },
		});
		expect(body).toEqual({
			prompt: '<prompt>',
			model: 'hailuo-02',
			hailuoParams: {
				resolution: '1080p',
				image: 'https://example.com/1.png',
				end_image: 'https://example.com/2.png',
			},
			webhookUrl: 'https://example.com/hook',
			webhookEvents: ['completed', 'failed'],
		});
	});

	it('passes an unknown model on', () => {
		const form = { mode: 'textToVideo', model: 'hailuo-03', resolution: '1080P' } as const;
		const { body } = produce(apiframe, form);
		expect(body).toMatchObject({ model: 'hailuo-03', hailuoParams: { resolution: '1080p' } });
		expect(accepts(body)).toBe(true);
	});

	it('refuses a data URL before anything is sent', () => {
		const firstFrame = { url: ' data:image/png;base64,AAAA' };
		expect(() =>
			produce(apiframe, { mode: 'imageToVideo', model: 'MiniMax-Hailuo-2.3', firstFrame }),
		).toThrow(InputError);
	});
});

describe('answers of Apiframe', () => {
	it.each([
		['a link', url],
		['{ videoUrl }', { videoUrl: url }],
		['{ url }', { url }],
		['{ videos } of links', { videos: [url] }],
		['{ videos } of objects', { videos: [{ url }] }],
	])('a result that is %s', async (_, result) => {
		expect(await ask('apiframe', { body: job({ result }) })).toMatchObject({
			status: 'completed',
			model: 'MiniMax-Hailuo-2.3',
			videos: [{ url }],
		});
	});

	it.each([null, '', 7, {}, { videos: [] }, { videoUrl: 'soon' }])(
		'a completed job with the result %j has no link',
		async (result) => {
			const answer = await ask('apiframe', { body: job({ result }) });
			expect(answer).toMatchObject({ status: 'completed', videos: [] });
		},
	);

	it.each([
		['QUEUED', 'queued'],
		['PROCESSING', 'processing'],
		['CANCELLED', 'cancelled'],
		['POLISHING', 'processing'],
	])('%s', async (word, status) => {
		expect(await ask('apiframe', { body: job({ status: word }) })).toMatchObject({ status });
	});

	it('a job whose video is gone has expired', async () => {
		const body = job({ expired: true, result: { videoUrl: url } });
		const answer = await ask('apiframe', { body });
		expect(answer).toMatchObject({
			status: 'expired',
			videos: [],
			failure: { retryable: false, message: expect.stringContaining('deleted') },
		});
	});

	it('a failed job costs nothing and may be tried again unless its content was refused', async () => {
		const failed = (error: string | null) => ({
			body: job({ status: 'FAILED', error, creditCost: 0 }),
		});
		expect(await ask('apiframe', failed('Upstream fault'))).toMatchObject({
			cost: { amount: 0, unit: 'credits', source: 'provider' },
			failure: { retryable: true, message: expect.stringContaining('Upstream fault') },
		});
		expect(await ask('apiframe', failed(null))).toMatchObject({ failure: { retryable: true } });
		expect(await ask('apiframe', failed('NSFW content'))).toMatchObject({
			failure: { retryable: false },
		});
	});

	it('no cost is left out', async () => {
		const answer = await ask('apiframe', { body: job({ creditCost: null, status: 'QUEUED' }) });
		expect(answer).not.toHaveProperty('cost');
	});

	it('an error inside HTTP 200 is no answer', async () => {
		const body = { error: 'Internal server error' };
		expect(await ask('apiframe', { body })).toMatchObject({ category: 'server' });
		expect(await create('apiframe', { body })).toMatchObject({ outcome: 'unknown' });
	});

	it('says how many credits are missing', async () => {
		const body = { error: 'Insufficient credits', creditsRequired: 10, creditsAvailable: 3 };
		expect(await create('apiframe', { status: 402, body })).toMatchObject({
			category: 'balance',
			message: expect.stringContaining('10 needed, 3 available'),
		});
	});

	it.each(['PROCESSING', 'COMPLETED', 'FAILED'])(
		'a replay that is %s is looked at',
		async (word) => {
			const body = { jobId: uuid, status: word };
			expect(await create('apiframe', { status: 202, body })).toMatchObject({
				status: 'processing',
				reference: { id: uuid },
			});
		},
	);
});

describe('a lost create at Apiframe', () => {
	const sent = { from: startOfTime, to: startOfTime + 60_000 };
	const recover = async (answers: FakeAnswer[]) => {
		const connection = fakeConnection(baseUrls.apiframe, answers);
		const recovery = await apiframe.recover?.(connection, plainCreate('apiframe'), sent);
		return { recovery, requests: connection.requests };
	};

	it('is sent again under its key', async () => {
		const { recovery, requests } = await recover([
			{ status: 202, body: { jobId: uuid, status: 'QUEUED' } },
		]);
		expect(recovery).toMatchObject({ found: { reference: { id: uuid } } });
		expect(requests).toMatchObject([{ method: 'POST', headers: { 'Idempotency-Key': uuid } }]);
	});

	const conflict = { status: 409, body: { error: 'Idempotency-Key reused' } };
	const queued = (id: string, createdAt = '2026-11-21T10:00:01.000Z') =>
		job({ id, createdAt, status: 'QUEUED' });
	const listed = (...jobs: object[]) => ({ body: { jobs, nextCursor: null, hasMore: false } });

	it('may be one of those in the list when an upload has changed the body', async () => {
		const first = {
			jobs: [
				queued('later', '2026-11-21T10:01:31.000Z'),
				queued('at the end', '2026-11-21T10:01:30.000Z'),
				{ ...queued('of another model'), model: 'hailuo-02' },
				{ status: 'QUEUED' },
			],
			nextCursor: 'second',
		};
		const second = {
			jobs: [
				queued('a'),
				{ ...queued('undated'), createdAt: null },
				queued('at the start', '2026-11-21T09:59:30.000Z'),
				queued('older', '2026-11-21T09:59:29.000Z'),
			],
			nextCursor: 'third',
		};
		const { recovery, requests } = await recover([conflict, { body: first }, { body: second }]);
		expect(
			(recovery as { candidates: VideoTask[] }).candidates.map(({ reference }) => reference.id),
		).toEqual(['at the end', 'a', 'undated', 'at the start']);
		expect(requests.map(({ url: asked }) => new URL(asked).searchParams.get('cursor'))).toEqual([
			null,
			null,
			'second',
		]);
	});

	it.each([
		['nothing', listed()],
		['only older jobs', listed(queued('older', '2026-11-21T09:00:00.000Z'))],
		['no end', { body: { jobs: [queued('a')], nextCursor: 'again' } }],
	])('is never called missing: the list has %s', async (_, list) => {
		const { recovery } = await recover([conflict, list]);
		expect(recovery).toEqual({ unclear: '' });
	});

	it.each([
		['the words of the page', { error: 'Idempotency-Key reused' }],
		['other words', { message: 'Conflict' }],
	])('is looked for after a conflict with %s', async (_, body) => {
		const { recovery } = await recover([{ status: 409, body }, listed(queued('mine'))]);
		expect(recovery).toMatchObject({ candidates: [{ reference: { id: 'mine' } }] });
	});

	it('throws what may pass', async () => {
		await expect(recover([{ status: 503, body: { error: 'down' } }])).rejects.toMatchObject({
			retryable: true,
		});
	});
});

describe('the list of Apiframe', () => {
	const list = async (body: object, filter: object, page?: string) => {
		const connection = fakeConnection(baseUrls.apiframe, [{ body }]);
		const found = await apiframe.list?.(connection, filter, page);
		return { found, url: connection.requests[0].url };
	};

	it('asks in the words of the vendor and shows Hailuo jobs only', async () => {
		const jobs = [
			job({ id: 'a', result: url }),
			job({ id: 'b', model: 'midjourney', result: url }),
			job({ id: 'c', result: url, expired: true }),
		];
		const body = { jobs, nextCursor: 'next', hasMore: true };
		const filter = { status: 'completed', model: 'MiniMax-Hailuo-2.3' };
		const { found, url: asked } = await list(body, filter, 'cursor');
		expect(asked).toBe(
			'https://api.apiframe.ai/v2/jobs?limit=100&status=COMPLETED&model=hailuo-2.3&cursor=cursor',
		);
		expect(found?.tasks.map(({ reference }) => reference.id)).toEqual(['a']);
		expect(found?.next).toBe('next');
	});

	it('ends where older jobs begin', async () => {
		const jobs = [job({ id: 'a' }), job({ id: 'b', createdAt: '2026-11-20T10:00:00.000Z' })];
		const { found } = await list(
			{ jobs, nextCursor: 'next', hasMore: true },
			{ createdAfter: startOfTime - 1000 },
		);
		expect(found?.tasks.map(({ reference }) => reference.id)).toEqual(['a']);
		expect(found).not.toHaveProperty('next');
	});
});
