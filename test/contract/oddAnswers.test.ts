import { VendorError } from '../../video/failure';
import type { CreateRequest, StatusAnswer, TaskPage } from '../../video/provider';
import type { VideoTask } from '../../video/task';
import { ask, create, jobId, plainCreate, providerOf, vendorError } from './ask';
import type { FakeAnswer } from './fakeConnection';
import { fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';
import type { Path } from './spoil';
import { bodiesOf, paths, replaced } from './spoil';

/** Vendors with the kinds of their tasks; all that is odd is read alike at each of them. */
const everywhere = [
	['minimax', 'v1'],
	['minimax', 'template'],
	['minimax', 'v2'],
	['toapis', 'video'],
	['runware', 'video'],
	['apiframe', 'video'],
] as const;

const idAt = (vendor: string) => (vendor === 'runware' ? uuid : jobId);

const requestOf = (vendor: string, kind: string): CreateRequest =>
	kind === 'v2'
		? produce(providerOf(vendor), { mode: 'textToVideo', model: 'MiniMax-H3' })
		: { ...plainCreate(vendor), kind };

const look = async (vendor: string, kind: string, answer: FakeAnswer, facts = {}) =>
	await ask(vendor, answer, { kind, id: idAt(vendor), facts });

const link = 'https://files.example.com/video.mp4';

/** How a vendor says that a task has failed, with a reason of any form. */
const failed: Readonly<Record<string, (error: unknown) => object>> = {
	'minimax v2': (error) => ({ task: { id: jobId, status: 'failed', error } }),
	'toapis video': (error) => ({ id: jobId, status: 'failed', error }),
	'apiframe video': (error) => ({ id: jobId, status: 'FAILED', error }),
	'runware video': (error) => ({ data: [{ taskUUID: uuid, status: 'error', error }] }),
};
const failing = Object.entries(failed).map(
	([name, body]) => [...name.split(' '), body] as [string, string, (error: unknown) => object],
);

describe.each(everywhere)('an error that nobody has documented, at %s (%s)', (vendor, kind) => {
	const statuses = [
		[401, 'credential'],
		[402, 'balance'],
		[403, 'credential'],
		[404, 'notFound'],
		[413, 'input'],
		[422, 'input'],
		[429, 'rateLimit'],
		[500, 'server'],
		[503, 'server'],
	] as const;
	const bodies: readonly unknown[] = [
		{ message: 'Blocked by the gateway' },
		{ detail: [{ msg: 'Blocked by the gateway' }] },
		{ error: { message: 'Blocked by the gateway' } },
		{ data: null, errors: [{ message: 'Blocked by the gateway' }] },
		'Blocked by the gateway',
	];

	it.each(statuses)('HTTP %s is %s, and its words are kept', async (status, category) => {
		for (const body of bodies.map((one) => JSON.stringify(one))) {
			const seen = {
				category,
				status,
				fromVendor: false,
				isHopeless: false,
				outcome: category === 'server' ? 'unknown' : 'refused',
				message: expect.stringContaining('(“Blocked by the gateway”)'),
			};
			expect(await create(vendor, { status, body }, requestOf(vendor, kind))).toMatchObject(seen);
			expect(await look(vendor, kind, { status, body })).toMatchObject(seen);
		}
	});

	it.each([{ message: 'Busy, come back' }, { msg: 'Busy, come back' }])(
		'the words of %j inside HTTP 200 are kept',
		async (body) => {
			const seen = {
				retryable: true,
				outcome: 'unknown',
				message: expect.stringContaining('(“Busy, come back”)'),
			};
			expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject(seen);
		},
	);

	it('as words alone under “error” keeps them, with HTTP 200 too', async () => {
		const body = { error: 'Busy, come back' };
		expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject({
			retryable: true,
			outcome: 'unknown',
			message: expect.stringContaining('(“Busy, come back”)'),
		});
		expect(await create(vendor, { status: 402, body }, requestOf(vendor, kind))).toMatchObject({
			category: 'balance',
			message: expect.stringContaining('(“Busy, come back”)'),
		});
	});
});

describe('an error in the form of the vendor’s pages ends a wait', () => {
	it.each([
		['minimax', 'v1', { base_resp: { status_code: 1004, status_msg: 'login fail' } }, 200],
		[
			'minimax',
			'v2',
			{ type: 'error', error: { type: 'authorized_error', message: 'login fail (1004)' } },
			401,
		],
		['toapis', 'video', { error: { code: 401, message: 'no', type: 'authentication_error' } }, 401],
		['toapis', 'video', { success: false, message: 'authorization failed' }, 200],
		['runware', 'video', { errors: [{ code: 'invalidApiKey', message: 'no' }] }, 401],
		['apiframe', 'video', { error: 'Invalid API key' }, 401],
	])('%s (%s) %j', async (vendor, kind, body, status) => {
		expect(await look(vendor, kind, { status, body })).toMatchObject({
			category: 'credential',
			fromVendor: true,
			isHopeless: true,
		});
	});
});

/** What people see of an outcome; the vendor's own words are theirs. */
function seen(outcome: unknown): unknown {
	if (outcome instanceof VendorError) {
		const { category, outcome: carriedOut, fromVendor, code } = outcome;
		return { category, carriedOut, fromVendor, code };
	}
	if (Array.isArray(outcome)) return outcome.map(seen);
	if (typeof outcome !== 'object' || outcome === null) return outcome;
	if ('tasks' in outcome) return { ...outcome, tasks: (outcome as TaskPage).tasks.map(seen) };
	return { ...outcome, raw: undefined };
}

describe.each(everywhere)('null in the answers of %s (%s)', (vendor, kind) => {
	const provider = providerOf(vendor);
	const outcomes = async (body: unknown, id: string) => {
		const connection = () => fakeConnection(baseUrls[vendor], [{ body }]);
		const reference = { provider: vendor, kind, id };
		return await Promise.all([
			provider.status(connection(), [reference], [{}]).catch(vendorError).then(seen),
			provider.create(connection(), requestOf(vendor, kind)).catch(vendorError).then(seen),
			provider.list?.(connection(), {}).catch(vendorError).then(seen),
		]);
	};
	const fields = bodiesOf(vendor).flatMap((body) =>
		paths(body)
			.filter((path) => path.length > 0)
			.map((path): [string, unknown, Path] => [path.join('.'), body, path]),
	);

	test('is the same as a field that is left out', async () => {
		expect(fields.length).toBeGreaterThan(10);
		for (const [name, body, path] of fields) {
			// Runware's answers say whose they are.
			const [, id = idAt(vendor)] = /"taskUUID":"([^"]+)"/.exec(JSON.stringify(body)) ?? [];
			const asNull = await outcomes(replaced(body, path, null), id);
			const leftOut = await outcomes(replaced(body, path, undefined), id);
			expect({ name, outcomes: asNull }).toEqual({ name, outcomes: leftOut });
		}
	});
});

describe('null in place of a field that is not needed', () => {
	it.each([
		[
			'minimax',
			'template',
			{
				task_id: null,
				base_resp: null,
				status: 'Success',
				video_url: link,
				file_id: null,
				video_width: null,
			},
		],
		[
			'minimax',
			'v2',
			{
				task: {
					id: '1',
					status: 'succeeded',
					model: null,
					error: null,
					content: { url: link },
					created_at: null,
					updated_at: null,
					duration: null,
					resolution: null,
				},
			},
		],
		[
			'minimax',
			'v2',
			{
				task: {
					id: '1',
					status: 'succeeded',
					error: { code: null, message: null },
					content: { url: link },
				},
			},
		],
		[
			'toapis',
			'video',
			{
				id: '1',
				status: 'completed',
				model: null,
				progress: null,
				created_at: null,
				completed_at: null,
				expires_at: null,
				error: null,
				result: null,
				url: link,
			},
		],
		[
			'runware',
			'video',
			{
				data: [
					{
						taskUUID: uuid,
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
		[
			'apiframe',
			'video',
			{
				id: '1',
				status: 'COMPLETED',
				model: null,
				progress: null,
				result: { videoUrl: link },
				error: null,
				creditCost: null,
				createdAt: null,
				completedAt: null,
				expired: null,
			},
		],
	])('a video of %s (%s) arrives all the same', async (vendor, kind, body) => {
		const task = await look(vendor, kind, { body }, { results: 1 });
		expect({ ...task, raw: undefined, results: undefined }).toEqual({
			reference: { provider: vendor, kind, id: idAt(vendor) },
			status: 'completed',
			videos: [expect.objectContaining({ url: link })],
		});
	});

	it.each([
		['minimax', 'v1', { task_id: '7', base_resp: null }],
		['minimax', 'v2', { task_id: '7', error: null }],
		['toapis', 'video', { id: null, task_id: '7', status: null, error: null }],
		['apiframe', 'video', { jobId: '7', status: null, error: null }],
	])('a create of %s (%s) counts', async (vendor, kind, body) => {
		expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject({
			status: 'queued',
			reference: { id: '7' },
		});
	});
});

describe('one bad entry does not hide the good ones', () => {
	it.each([
		[
			'minimax',
			{
				items: [
					null,
					7,
					{},
					{ id: null, status: 'queued' },
					{ id: 'good', status: 'succeeded', model: null, content: null },
				],
			},
		],
		[
			'apiframe',
			{
				jobs: [
					null,
					7,
					{},
					{ id: null, status: 'QUEUED' },
					{ id: 'good', status: 'COMPLETED', model: 'hailuo-02', result: null },
				],
			},
		],
	])('in the list of %s', async (vendor, body) => {
		const page = await providerOf(vendor).list?.(fakeConnection(baseUrls[vendor], [{ body }]), {});
		expect(page?.tasks).toMatchObject([
			{ reference: { id: 'good' }, status: 'completed', videos: [] },
		]);
	});

	it('in an answer of Runware', async () => {
		const done = { taskUUID: uuid, status: 'success', videoURL: link };
		const body = { data: [null, 7, done], errors: [null, 7] };
		expect(await look('runware', 'video', { body }, { results: 1 })).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});
});

describe('the reason of a failed task', () => {
	const reasons: readonly (readonly [string, unknown])[] = [
		['words alone', 'The upstream broke'],
		['an object without a code', { message: 'The upstream broke' }],
		['an object with a code of null', { code: null, message: 'The upstream broke' }],
		['an object with an empty code', { code: '', message: 'The upstream broke' }],
		['an object of another form', { details: { reason: 'The upstream broke' } }],
		['a list', [{ message: 'The upstream broke' }]],
	];

	describe.each(failing)('at %s (%s)', (vendor, kind, body) => {
		it.each(reasons)('is told when it comes as %s', async (_, error) => {
			const task = (await look(vendor, kind, { body: body(error) }, { results: 1 })) as VideoTask;
			expect(task).toMatchObject({
				status: 'failed',
				failure: { message: expect.stringContaining('(“The upstream broke”)') },
			});
			expect(task.failure).not.toHaveProperty('code');
			expect(task.failure?.message).not.toMatch(/code\s|gave no reason/);
		});

		it.each([null, '', {}, []])(
			'is said to be missing or is not mentioned for %j',
			async (error) => {
				const task = (await look(vendor, kind, { body: body(error) }, { results: 1 })) as VideoTask;
				expect(task.status).toBe('failed');
				expect(task.failure?.message).toMatch(/could not make the video( and gave no reason)?$/);
			},
		);
	});

	const v1Fail = async (status_code: unknown, status_msg: unknown) =>
		(await look('minimax', 'v1', {
			body: { status: 'Fail', base_resp: { status_code, status_msg } },
		})) as VideoTask;

	it.each([0, '0', '', null])('is told beside the code %j of MiniMax V1', async (code) => {
		const { failure } = await v1Fail(code, 'face not clear');
		expect(failure?.message).toBe('MiniMax could not make the video (“face not clear”)');
		expect((await v1Fail(code, 'success')).failure?.message).toBe(
			'MiniMax could not make the video and gave no reason',
		);
		expect((await v1Fail(code, '')).failure).toEqual((await v1Fail(code, 'success')).failure);
	});

	it('has the code behind the words of MiniMax V2', async () => {
		const body = failed['minimax v2']({ message: 'sensitive input (1026)' });
		expect(await look('minimax', 'v2', { body })).toMatchObject({
			failure: {
				code: '1026',
				retryable: false,
				message: expect.stringMatching(/ \(“sensitive input”\)$/),
			},
		});
	});

	it.each([
		['fail_reason', { fail_reason: 'It broke' }],
		['message', { message: 'It broke' }],
		['message beside an empty error', { message: 'It broke', error: {} }],
		['a wrapped task', undefined],
	])('of ToAPIs is found in %s', async (_, fields) => {
		const task = { id: jobId, status: 'FAILURE', ...fields };
		const body = fields ? task : { code: 'success', data: { ...task, error: 'It broke' } };
		expect(await look('toapis', 'video', { body })).toMatchObject({
			status: 'failed',
			failure: { message: expect.stringContaining('(“It broke”)') },
		});
	});
});

describe('an error of the request without a code', () => {
	it.each(['', null, undefined])('%j at MiniMax V1 keeps its words', async (code) => {
		const body = { base_resp: { status_code: code, status_msg: 'insufficient balance' } };
		for (const status of [200, 402]) {
			const error = (await create('minimax', { status, body })) as VendorError;
			expect(error.message).toMatch(/\(“insufficient balance”\)$/);
			expect(error.message).not.toContain('code');
			expect(error.code).toBeUndefined();
		}
	});

	it('beside a task of MiniMax is none: the task was paid for', async () => {
		const body = { task_id: '7', base_resp: { status_code: '', status_msg: 'ok then' } };
		expect(await create('minimax', { body })).toMatchObject({ reference: { id: '7' } });
	});

	it('of ToAPIs in “success: false” is read from its error object', async () => {
		const error = { code: 'insufficient_quota', message: 'Top up' };
		const body = { success: false, error };
		for (const status of [200, 402]) {
			expect(await create('toapis', { status, body })).toMatchObject({
				category: 'balance',
				code: 'insufficient_quota',
				fromVendor: true,
				message: expect.stringContaining('(“Top up”)'),
			});
		}
		const empty = { body: { success: false } };
		expect(await create('toapis', empty)).toMatchObject({ outcome: 'unknown', retryable: true });
	});

	it('of Runware keeps its words, and may have been carried out', async () => {
		for (const errors of [{ message: 'Odd' }, [{ message: 'Odd' }], 'Odd', ['Odd']]) {
			expect(await create('runware', { body: { errors } })).toMatchObject({
				outcome: 'unknown',
				message: expect.stringContaining('(“Odd”)'),
			});
		}
	});
});

describe('a key that the vendor repeats', () => {
	const keys = [
		'sk-abc123DEF456ghi789JKL012',
		'sk-api-Ab1_cD2-eF3gH4iJ5kL6',
		'Xk29dLmP0q7RsT4vW8yZ1bC3eF5gH6jN',
		'afk_1a2b3c4d5e6f7a8b9c0d1e2f',
		'eyJhbGciOiJSUzI1NiJ9.eyJHcm91cE5hbWUi.c2lnbmF0dXJl',
	];
	const texts = keys.flatMap((key) => [
		[key, `Incorrect API key provided: ${key}. You can find it in the console`],
		[key, `${'Many words. '.repeat(23)}The key is: ${key}`],
	]);
	const refusals: Readonly<Record<string, (text: string) => [body: object, status: number]>> = {
		'minimax v1': (text) => [{ base_resp: { status_code: 1004, status_msg: text } }, 200],
		'minimax v2': (text) => [
			{ type: 'error', error: { type: 'authorized_error', message: `${text} (1004)` } },
			401,
		],
		'toapis video': (text) => [{ error: { code: 'unauthorized', message: text } }, 401],
		'runware video': (text) => [{ errors: [{ code: 'invalidApiKey', message: text }] }, 401],
		'apiframe video': (text) => [{ error: text }, 401],
	};

	/** What is shown and saved: of a key not even the beginning. */
	const shows = (key: string, error: VendorError) =>
		[error.message, error.advice, JSON.stringify(error.toFailure())].some((words) =>
			words.includes(key.slice(0, 10)),
		);

	it.each(Object.entries(refusals))('in a refusal of %s is not shown', async (name, refusal) => {
		const [vendor, kind] = name.split(' ');
		for (const [key, text] of texts) {
			const [body, status] = refusal(text);
			const error = (await create(
				vendor,
				{ status, body },
				requestOf(vendor, kind),
			)) as VendorError;
			expect(error).toMatchObject({ category: 'credential', fromVendor: true });
			expect(shows(key, error)).toBe(false);
		}
	});

	it.each(everywhere)('in an undocumented answer of %s (%s) is not shown', async (vendor, kind) => {
		for (const [key, message] of texts) {
			for (const status of [200, 401]) {
				const answer = { status, body: { message } };
				const error = (await create(vendor, answer, requestOf(vendor, kind))) as VendorError;
				expect(error).toBeInstanceOf(VendorError);
				expect(shows(key, error)).toBe(false);
			}
		}
	});

	it.each(failing)(
		'in the failure of a task of %s (%s) is not shown',
		async (vendor, kind, body) => {
			for (const [key, message] of texts) {
				const answer = { body: body({ code: '1004', message }) };
				const { failure } = (await look(vendor, kind, answer, { results: 1 })) as VideoTask;
				expect(failure?.message).toContain('“');
				expect(JSON.stringify(failure)).not.toContain(key.slice(0, 10));
			}
		},
	);
});

describe('a video in a form that is new', () => {
	const other = 'https://files.example.com/other.mp4';

	it.each<[string, unknown]>([
		['a link', link],
		['a list of links', [link]],
		['[{ videoUrl }]', [{ videoUrl: link }]],
		['[{ url }]', [null, { url: link }]],
		['{ video_url }', { video_url: link }],
		['{ url }', { url: link, thumbnailUrl: other }],
		['{ videos }', { videos: [null, { url: link }] }],
		['videos within videos', { videos: [{ videos: [{ videoUrl: link }] }] }],
		['{ output }', { output: [link] }],
		['the same link twice', { videos: [link, { url: link }] }],
	])('arrives from Apiframe: %s', async (_, result) => {
		const body = { id: jobId, status: 'completed', result };
		expect(await look('apiframe', 'video', { body })).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});

	it.each([
		['result.data as an object', { result: { data: { url: link } } }],
		['result as a link', { result: link }],
		['a link beside a result without one', { result: { data: [null] }, url: link }],
		['the same link twice', { result: { data: [{ url: link }, { url: link }] } }],
		['data', undefined],
	])('arrives from ToAPIs: %s', async (_, fields) => {
		const task = { id: jobId, status: 'SUCCESS', ...fields };
		const body = fields ? task : { success: true, data: { ...task, result: { data: [link] } } };
		expect((await look('toapis', 'video', { body })) as VideoTask).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});

	it.each<[string, object]>([
		['data as an object', { data: { taskUUID: uuid, status: 'success', videoURL: link } }],
		['a status in capitals', { data: [{ taskUUID: uuid, status: 'SUCCESS', videoURL: link }] }],
		[
			'the same result twice',
			{
				data: [
					{ taskUUID: uuid, status: 'success', videoUUID: 'a', videoURL: link },
					{ taskUUID: uuid, status: 'success', videoUUID: 'a', videoURL: other },
					{ taskUUID: uuid, status: 'success', videoURL: link },
				],
			},
		],
	])('arrives from Runware: %s', async (_, body) => {
		const task = (await look('runware', 'video', { body }, { results: 1 })) as VideoTask;
		expect(task).toMatchObject({ status: 'completed' });
		expect(task.videos).toEqual([{ url: link }]);
	});

	it.each<[string, object]>([
		[
			'errors as an object',
			{ errors: { taskUUID: uuid, status: 'error', code: 'timeoutProvider', message: 'Slow' } },
		],
		[
			'a status in capitals',
			{ data: [{ taskUUID: uuid, status: 'ERROR', code: 'timeoutProvider', message: 'Slow' }] },
		],
		['an error as words', { data: [{ taskUUID: uuid, status: 'error', error: 'Slow' }] }],
		['an error as words beside the ID', { error: 'Slow', taskUUID: uuid }],
	])('a failure at Runware is told: %s', async (_, body) => {
		expect(await look('runware', 'video', { body }, { results: 1 })).toMatchObject({
			status: 'failed',
			failure: { message: expect.stringContaining('(“Slow”)') },
		});
	});

	it.each(['POLISHING', 'constructor', '3'])(
		'the new status %s is a task that runs',
		async (word) => {
			const bodies: [string, string, object][] = [
				['minimax', 'v1', { status: word, base_resp: { status_code: 0 } }],
				['minimax', 'v2', { task: { id: jobId, status: word } }],
				['toapis', 'video', { id: jobId, status: word }],
				['runware', 'video', { data: [{ taskUUID: uuid, status: word }] }],
				['apiframe', 'video', { id: jobId, status: word }],
			];
			for (const [vendor, kind, body] of bodies) {
				expect(await look(vendor, kind, { body })).toMatchObject({
					status: 'processing',
					videos: [],
				});
			}
		},
	);
});

describe('several videos ordered at Runware', () => {
	const runware = providerOf('runware');
	const done = (name: string) => ({
		taskUUID: uuid,
		status: 'success',
		videoUUID: name,
		videoURL: `https://vm.runware.ai/${name}.mp4`,
		cost: 0.28,
	});
	const broken = (videoUUID?: string) => ({
		taskUUID: uuid,
		status: 'error',
		code: 'timeoutProvider',
		message: 'Slow',
		...(videoUUID && { videoUUID }),
	});
	const running = { taskUUID: uuid, status: 'processing' };
	const order = async (body: object, results = 3) =>
		(await look('runware', 'video', { body }, { results })) as VideoTask;

	it.each<[string, object]>([
		['one failure in the first answer', { errors: [broken()] }],
		['a failure beside one that runs', { data: [running], errors: [broken()] }],
		['one video', { data: [done('a')] }],
		['one video, told twice', { data: [done('a'), done('a'), done('a')] }],
		['a failure, told twice', { errors: [broken('a'), broken('a'), broken('a')] }],
		[
			'a result that failed and then did not',
			{ data: [done('a')], errors: [broken('a'), broken('b')] },
		],
	])('are waited for after %s', async (_, body) => {
		const task = await order(body);
		expect(task).toMatchObject({ status: 'processing', videos: [], results: 3 });
		expect(task).not.toHaveProperty('failure');
	});

	it.each<[string, object]>([
		['the failures are errors', { data: [done('a')], errors: [broken(), broken()] }],
		['the failures are data', { data: [broken(), done('a'), { ...broken(), error: {} }] }],
		['an old word about one remains', { data: [running, done('a')], errors: [broken(), broken()] }],
	])('arrive as far as they were made, and the rest is explained: %s', async (_, body) => {
		const failure = expect.objectContaining({ code: 'timeoutProvider', retryable: true });
		expect(await order(body)).toMatchObject({
			status: 'completed',
			videos: [{ url: 'https://vm.runware.ai/a.mp4' }],
			failedResults: [failure, failure],
			cost: { amount: 0.28 },
		});
	});

	it('fail together when none was made', async () => {
		const task = await order({ errors: [broken(), broken(), broken()] });
		expect(task).toMatchObject({ status: 'failed', failure: { code: 'timeoutProvider' } });
		const cancelled = { ...broken(), code: 'taskCancelled' };
		expect(await order({ errors: [cancelled, cancelled, cancelled] })).toMatchObject({
			status: 'cancelled',
		});
		expect(await order({ errors: [cancelled, broken(), cancelled] })).toMatchObject({
			status: 'failed',
			failure: { code: 'timeoutProvider' },
		});
	});

	it('tell nothing of failures when all were made', async () => {
		const task = await order({ data: [done('a'), done('b'), done('c')] });
		expect(task.videos).toHaveLength(3);
		expect(task).not.toHaveProperty('failedResults');
	});

	describe('asked for by a bare reference', () => {
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
				{ data: [done('a'), done('b')] },
				{ numberResults: 3 },
				{ status: 'processing', results: 3 },
			],
			[
				'one of two failures',
				{ errors: [broken()] },
				{ numberResults: 2 },
				{ status: 'processing', results: 2 },
			],
			[
				'both videos',
				{ data: [done('a'), done('b')] },
				{ numberResults: 2 },
				{ status: 'completed', results: 2 },
			],
			['the only video', { data: [done('a')] }, {}, { status: 'completed', results: 1 }],
			[
				'the only failure',
				{ errors: [broken()] },
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
			expect(await askBare([{ body: { data: [done('a')] } }, answer])).toMatchObject([
				{ status: 'completed', videos: [{ url: 'https://vm.runware.ai/a.mp4' }] },
				2,
			]);
		});

		it('are not looked up while one runs', async () => {
			expect(await askBare([{ body: { data: [done('a'), running] } }])).toMatchObject([
				{ status: 'processing' },
				1,
			]);
		});
	});

	it('are one when no number was chosen', () => {
		expect(plainCreate('runware').results).toBe(1);
	});
});
