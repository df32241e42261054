import type { StatusAnswer } from '../../video/provider';
import type { VideoTask } from '../../video/task';
import { plainCreate, providerOf } from './ask';
import { type FakeAnswer, fakeConnection } from './fakeConnection';
import { baseUrls, uuid } from './forms';
import { broken, done, linkOf, poll, running } from './runwareWords';

const video = (name: string) => done(name, { videoUUID: name, cost: 0.28 });
const failure = (videoUUID?: string) => ({ ...broken, ...(videoUUID && { videoUUID }) });

describe('several results of one order at Runware', () => {
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
			videos: [{ url: linkOf('b') }, { url: linkOf('a') }],
			cost: { amount: 0.42, unit: 'USD', source: 'provider' },
		});
	});

	it('are one when no number was chosen', () => {
		expect(plainCreate('runware').results).toBe(1);
	});
});

describe('three videos ordered at Runware', () => {
	const order = async (body: object) => (await poll(body, 3)) as VideoTask;

	it.each<[string, object]>([
		['one failure in the first answer', { errors: [failure()] }],
		['a failure beside one that runs', { data: [running], errors: [failure()] }],
		['one video', { data: [video('a')] }],
		['one video, told twice', { data: [video('a'), video('a'), video('a')] }],
		['a failure, told twice', { errors: [failure('a'), failure('a'), failure('a')] }],
		[
			'a result that failed and then did not',
			{ data: [video('a')], errors: [failure('a'), failure('b')] },
		],
	])('are waited for after %s', async (_, body) => {
		const task = await order(body);
		expect(task).toMatchObject({ status: 'processing', videos: [], results: 3 });
		expect(task).not.toHaveProperty('failure');
	});

	it.each<[string, object]>([
		['the failures are errors', { data: [video('a')], errors: [failure(), failure()] }],
		['the failures are data', { data: [failure(), video('a'), { ...failure(), error: {} }] }],
		[
			'an old word about one remains',
			{ data: [running, video('a')], errors: [failure(), failure()] },
		],
	])('arrive as far as they were made, and the rest is explained: %s', async (_, body) => {
		const told = expect.objectContaining({ code: 'timeoutProvider', retryable: true });
		expect(await order(body)).toMatchObject({
			status: 'completed',
			videos: [{ url: linkOf('a') }],
			failedResults: [told, told],
			cost: { amount: 0.28 },
		});
	});

	it('fail together when none was made', async () => {
		const task = await order({ errors: [failure(), failure(), failure()] });
		expect(task).toMatchObject({ status: 'failed', failure: { code: 'timeoutProvider' } });
		const cancelled = { ...failure(), code: 'taskCancelled' };
		expect(await order({ errors: [cancelled, cancelled, cancelled] })).toMatchObject({
			status: 'cancelled',
		});
		expect(await order({ errors: [cancelled, failure(), cancelled] })).toMatchObject({
			status: 'failed',
			failure: { code: 'timeoutProvider' },
		});
	});

	it('tell nothing of failures when all were made', async () => {
		const task = await order({ data: [video('a'), video('b'), video('c')] });
		expect(task.videos).toHaveLength(3);
		expect(task).not.toHaveProperty('failedResults');
	});
});

describe('several videos asked for by a bare reference at Runware', () => {
	const runware = providerOf('runware');
	const reference = { provider: 'runware', kind: 'video', id: uuid };
	const details = (order: object) => ({
		body: {
			data: [{ taskType: 'getTaskDetails', taskUUID: uuid, request: [order], response: {} }],
		},
	});
	const askBare = async (answers: FakeAnswer[]): Promise<[StatusAnswer, number]> => {
		const connection = fakeConnection(baseUrls.runware, answers);
		const [answer] = await runware.status(connection, [reference], [{}]);
		connection.requests
			.slice(1)
			.forEach(({ json }) =>
				expect(json).toEqual([{ taskType: 'getTaskDetails', taskUUID: uuid }]),
			);
		return [answer, connection.requests.length];
	};

	it.each<[string, object, object, object]>([
		[
			'two of three videos',
			{ data: [video('a'), video('b')] },
			{ numberResults: 3 },
			{ status: 'processing', results: 3 },
		],
		[
			'one of two failures',
			{ errors: [failure()] },
			{ numberResults: 2 },
			{ status: 'processing', results: 2 },
		],
		[
			'both videos',
			{ data: [video('a'), video('b')] },
			{ numberResults: 2 },
			{ status: 'completed', results: 2 },
		],
		['the only video', { data: [video('a')] }, {}, { status: 'completed', results: 1 }],
		[
			'the only failure',
			{ errors: [failure()] },
			{ numberResults: null },
			{ status: 'failed', results: 1 },
		],
	])('%s: the number is looked up', async (_, body, ordered, expected) => {
		const [answer, requests] = await askBare([{ body }, details(ordered)]);
		expect(answer).toMatchObject(expected);
		expect(requests).toBe(2);
	});

	it.each<[string, FakeAnswer]>([
		[
			'is refused',
			{ status: 404, body: { errors: [{ code: 'taskFailedOrNotFound', message: 'x' }] } },
		],
		['is not JSON', { status: 502, body: '<html>' }],
		['says nothing', { body: { data: [{ taskUUID: uuid, request: null }] } }],
	])('are done when none runs and the number %s', async (_, answer) => {
		expect(await askBare([{ body: { data: [video('a')] } }, answer])).toMatchObject([
			{ status: 'completed', videos: [{ url: linkOf('a') }] },
			2,
		]);
	});

	it('are not looked up while one runs', async () => {
		expect(await askBare([{ body: { data: [video('a'), running] } }])).toMatchObject([
			{ status: 'processing' },
			1,
		]);
	});
});
