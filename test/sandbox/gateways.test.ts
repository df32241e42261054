import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startSandbox } from '../../sandbox/server';
import type { Sandbox } from '../../sandbox/server';
import { call, form } from './client';
import type { Call, Reply } from './client';
import openapi from './fixtures/apiframe.openapi.json';
import { png, pngUrl } from './images';

const IMAGE = 'https://example.com/a.jpg';

/** Time stands still but for `advance`, so no test depends on how fast the machine is. */
const NOON = Date.UTC(2026, 10, 21, 12);
let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 10 }, clock: { now: () => NOON } });
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

interface Message {
	headers: IncomingHttpHeaders;
	text: string;
}

/** A server of the user's own that receives webhooks. */
async function receive(count: number, act: (url: string) => Promise<void>): Promise<Message[]> {
	const messages: Message[] = [];
	const receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			messages.push({ headers: request.headers, text });
			response.end('{}');
		});
	});
	await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
	await act(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
	while (messages.length < count) await new Promise((done) => setTimeout(done, 20));
	receiver.closeAllConnections();
	await new Promise((done) => receiver.close(done));
	return messages;
}

describe('ToAPIs', () => {
	const path = '/v1/videos/generations';
	const text = { model: 'MiniMax-Hailuo-2.3', prompt: 'a lighthouse' };
	const h02 = { model: 'MiniMax-Hailuo-02', prompt: 'a lighthouse' };
	const h3 = { model: 'MiniMax-H3', prompt: 'a lighthouse' };
	const frame = { image_urls: [IMAGE] };
	const toapis = async (where: string, options?: Call) =>
		await call(sandbox, 'toapis', where, options);

	it.each<[string, object, number]>([
		['text', text, 200],
		['10 s at 1080P', { ...text, duration: 10, resolution: '1080P' }, 400],
		['lower-case resolution', { ...text, resolution: '768p' }, 400],
		['a data URL', { ...text, image_urls: [pngUrl(400, 400)] }, 400],
		['two images', { ...text, image_urls: [IMAGE, IMAGE] }, 400],
		['Fast from text', { ...text, model: 'MiniMax-Hailuo-2.3-Fast' }, 400],
		['2.3 from an image without a prompt', { ...frame, model: text.model }, 400],
		['02 from an image without a prompt', { ...frame, model: h02.model }, 200],
		['02 at 512P from text', { ...h02, resolution: '512P' }, 400],
		['02 at 512P from an image', { ...h02, ...frame, resolution: '512P' }, 200],
		['two frames', { ...h02, ...frame, metadata: { last_frame_image: IMAGE } }, 200],
		['only a last frame', { ...h02, metadata: { last_frame_image: IMAGE } }, 400],
		['01 series', { ...text, model: 'T2V-01' }, 400],
		['H3 in lower case', { ...h3, resolution: '768p' }, 200],
		['H3 in upper case', { ...h3, resolution: '768P' }, 400],
		['H3 adaptive from text', { ...h3, aspect_ratio: 'adaptive' }, 400],
		[
			'H3 with both kinds of images',
			{ ...h3, ...frame, image_with_roles: [{ url: IMAGE, role: 'first_frame' }] },
			400,
		],
		['H3 sound alone', { ...h3, audio_with_roles: [{ url: IMAGE, role: 'reference_audio' }] }, 400],
	])('%s', async (_name, body, status) => {
		expect((await toapis(path, { body })).status).toBe(status);
	});

	it('words wrong, missing and empty keys like the vendor', async () => {
		const unknown = await toapis('/v1/balance', { key: 'sk-bad' });
		expect([unknown.status, unknown.json]).toEqual([
			200,
			{ success: false, message: 'Failed to get token info: record not found' },
		]);
		expect((await toapis(path, { body: text, key: 'sk-bad' })).status).toBe(401);
		expect((await toapis(path, { body: text, key: '' })).json.error.message).toContain('header');
		const poor = await toapis(path, { body: text, key: 'sk-poor' });
		expect([poor.status, poor.json.error.code]).toEqual([402, 'insufficient_quota']);
	});

	it('lowers the balance by 200 credits a dollar', async () => {
		await toapis(path, { body: text });
		const { json } = await toapis('/v1/balance');
		expect([json.used_credits, json.remain_credits]).toEqual([56, 19_944]);
		expect(json).toMatchObject({ unlimited_quota: false, remain_balance: 99.72 });
	});

	it('knows keys without a quota, whose account has one', async () => {
		const key = 'sk-unlimited';
		expect((await toapis(path, { body: text, key })).status).toBe(200);
		for (const route of ['/v1/balance', '/balance']) {
			expect((await toapis(route, { key })).json).toMatchObject({
				success: true,
				unlimited_quota: true,
				remain_balance: -1,
				used_credits: 56,
			});
		}
		expect((await toapis('/v1/user/balance', { key })).json).toMatchObject({
			unlimited_quota: false,
			remain_credits: 19_944,
		});
	});

	it('limits submissions, and says when to come back', async () => {
		const answers: Reply[] = [];
		for (let index = 0; index < 51; index += 1) answers.push(await toapis(path, { body: text }));
		const last = answers.at(-1);
		expect(last?.status).toBe(429);
		expect(last?.headers.get('x-ratelimit-category')).toBe('async_submit');
		sandbox.advance(Number(last?.headers.get('retry-after')) * 1000);
		expect((await toapis(path, { body: text })).status).toBe(200);
	});

	it('finds a task by the business ID, and only for its key', async () => {
		await toapis(path, { body: { ...h3, client_business_id: 'order-1' } });
		expect((await toapis(`${path}/order-1`)).json.client_business_id).toBe('order-1');
		expect((await toapis(`${path}/order-1`, { key: 'sk-other' })).status).toBe(404);
	});

	it('signs webhooks, which the token must allow', async () => {
		const messages = await receive(1, async (url) => {
			const body = { ...text, metadata: { callback_url: `${url}/hook` } };
			expect((await toapis(path, { body })).json.error.code).toBe('webhook_not_configured');
			sandbox.configure({ toapisWebhook: { origin: url, secret: 'secret' } });
			expect((await toapis(path, { body })).status).toBe(200);
			sandbox.advance(10_000);
		});
		const [{ headers, text: body }] = messages as [Message];
		const signed = `${headers['x-toapis-webhook-id']}.${headers['x-toapis-webhook-timestamp']}.${body}`;
		const signature = createHmac('sha256', 'secret').update(signed).digest('hex');
		expect(headers['x-toapis-webhook-signature']).toBe(`v1=${signature}`);
		expect(JSON.parse(body)).toMatchObject({
			type: 'generation.completed',
			data: { status: 'SUCCESS', progress: '100%', error: null },
		});
	});
});

describe('Runware', () => {
	const task = (change: object = {}) => ({
		taskType: 'videoInference',
		taskUUID: randomUUID(),
		model: 'minimax:4@1',
		positivePrompt: 'a lighthouse',
		...change,
	});
	const runware = async (tasks: unknown, key?: string) =>
		await call(sandbox, 'runware', '', { body: tasks, key });
	const poll = async (...ids: string[]) =>
		await runware(ids.map((taskUUID) => ({ taskType: 'getResponse', taskUUID })));

	const frame = { inputs: { frameImages: [{ image: IMAGE, frame: 'first' }] } };
	it.each<[string, object, string | undefined]>([
		['text', {}, undefined],
		['full HD', { width: 1920, height: 1080 }, undefined],
		['full HD, 10 s', { width: 1920, height: 1080, duration: 10 }, 'unsupportedDuration'],
		['only a width', { width: 1366 }, 'missingDimensions'],
		['portrait', { width: 768, height: 1366 }, 'unsupportedDimensions'],
		['24 fps', { fps: 24 }, 'unsupportedFps'],
		['a seed', { seed: 1 }, 'unknownParameter'],
		['frames at the top', { frameImages: [IMAGE] }, 'unknownParameter'],
		['a first frame', frame, undefined],
		['a bare image', { inputs: { frameImages: [IMAGE] } }, undefined],
		[
			'a last frame',
			{ inputs: { frameImages: [{ image: IMAGE, frame: 'last' }] } },
			'unsupportedFrameImages',
		],
		['a data URL', { inputs: { frameImages: [pngUrl(400, 400)] } }, undefined],
		['a small image', { inputs: { frameImages: [pngUrl(200, 400)] } }, 'invalidFrameImages'],
		['an unknown image', { inputs: { frameImages: [randomUUID()] } }, 'invalidFrameImages'],
		['Fast from text', { model: 'minimax:4@2' }, 'missingFrameImages'],
		['Fast from an image', { model: 'minimax:4@2', ...frame }, undefined],
		[
			'02 without a prompt',
			{ model: 'minimax:3@1', ...frame, positivePrompt: undefined },
			'missingPositivePrompt',
		],
		['an unknown model', { model: 'minimax:9@9' }, 'unknownModel'],
		['no model', { model: undefined }, 'missingModel'],
		['five results', { numberResults: 5 }, 'invalidNumberResults'],
		['H3', { model: 'minimax:h3@0', width: 1344, height: 768, duration: 5 }, undefined],
		['H3 at 768p', { model: 'minimax:h3@0', resolution: '768p' }, undefined],
		['H3 Max at 480p', { model: 'minimax:h3@max', resolution: '480p' }, undefined],
		['H3 at 480p', { model: 'minimax:h3@0', resolution: '480p' }, 'unsupportedResolution'],
		['H3 in upper case', { model: 'minimax:h3@0', resolution: '768P' }, 'unsupportedResolution'],
		[
			'H3 with a size twice',
			{ model: 'minimax:h3@0', resolution: '768p', width: 1344, height: 768 },
			'incompatibleParameters',
		],
		['a resolution with 2.3', { resolution: '768p' }, 'unknownParameter'],
	])('%s', async (_name, change, code) => {
		const { status, json } = await runware([task(change)]);
		expect([status, json.errors?.[0].code]).toEqual([code ? 400 : 200, code]);
	});

	it('answers several polls and failures in one array', async () => {
		const fine = task();
		const broken = task({ positivePrompt: 'x {{sandbox seconds=1 fail=timeoutProvider}}' });
		const { json: accepted } = await runware([fine, broken, task({ duration: 7 })]);
		expect([accepted.data.length, accepted.errors.length]).toEqual([2, 1]);
		sandbox.advance(10_000);
		const { status, json } = await poll(fine.taskUUID, broken.taskUUID, randomUUID());
		expect(status).toBe(200);
		expect(json.data).toMatchObject([{ taskUUID: fine.taskUUID, status: 'success' }]);
		expect(json.errors.map(({ code }: { code: string }) => code)).toEqual([
			'timeoutProvider',
			'taskFailedOrNotFound',
		]);
		expect(sandbox.charges().map(({ kind }) => kind)).toEqual(['charge', 'charge', 'refund']);
	});

	it('refuses a taskUUID twice, and charges once', async () => {
		const one = task();
		await runware([one]);
		const { status, json } = await runware([one]);
		expect([status, json.errors[0].code]).toEqual([400, 'duplicateTaskUUID']);
		expect(sandbox.charges()).toHaveLength(1);
	});

	it('hands out several results one by one', async () => {
		const three = task({ numberResults: 3, includeCost: true });
		await runware([three]);
		const results = async () =>
			(await poll(three.taskUUID)).json.data.filter(
				({ status }: { status: string }) => status === 'success',
			);
		sandbox.advance(8500);
		expect(await results()).toHaveLength(1);
		sandbox.advance(1500);
		const all = await results();
		expect(new Set(all.map(({ seed }: { seed: number }) => seed)).size).toBe(3);
		expect(all[0].cost).toBe(0.28);
		expect(sandbox.charges()[0]?.amount).toBe(0.84);
	});

	describe('when some of several results fail', () => {
		const three = (marker: string) =>
			task({ numberResults: 3, positivePrompt: `a lighthouse {{sandbox ${marker}}}` });
		/** What a poll says: statuses of the data, codes of the errors. */
		const states = async (id: string): Promise<[string[], string[]]> => {
			const { status, json } = await poll(id);
			expect(status).toBe(200);
			for (const error of json.errors ?? []) {
				expect(error).toMatchObject({
					status: 'error',
					taskType: 'videoInference',
					taskUUID: id,
					message: expect.any(String),
				});
			}
			return [
				(json.data ?? []).map((one: { status: string }) => one.status),
				(json.errors ?? []).map((one: { code: string }) => one.code),
			];
		};
		const paid = () => sandbox.charges().map(({ amount }) => amount);

		it('hands out one by one what is made and what has failed', async () => {
			const order = three('failResults=2 fail=timeoutProvider');
			await runware([order]);
			expect(await states(order.taskUUID)).toEqual([['processing'], []]);
			sandbox.advance(8000);
			expect(await states(order.taskUUID)).toEqual([['success', 'processing'], []]);
			sandbox.advance(1000);
			expect(await states(order.taskUUID)).toEqual([
				['success', 'processing'],
				['timeoutProvider'],
			]);
			expect(paid()).toEqual([0.84, -0.28]);
			sandbox.advance(1000);
			expect(await states(order.taskUUID)).toEqual([
				['success'],
				['timeoutProvider', 'timeoutProvider'],
			]);
			expect(paid()).toEqual([0.84, -0.28, -0.28]);
			expect(sandbox.tasks()[0]?.phase).toBe('succeeded');
		});

		it('shows failures first, while the others still run, if told so', async () => {
			const order = three('failResults=1 failFirst=yes');
			await runware([order]);
			expect(await states(order.taskUUID)).toEqual([['processing'], ['taskFailed']]);
			expect(paid()).toEqual([0.84, -0.28]);
			sandbox.advance(10_000);
			expect(await states(order.taskUUID)).toEqual([['success', 'success'], ['taskFailed']]);
			const details = { taskType: 'getTaskDetails', taskUUID: order.taskUUID };
			const { response } = (await runware([details])).json.data[0];
			expect([response.data.length, response.errors.length]).toEqual([2, 1]);
			expect(paid()).toEqual([0.84, -0.28]);
		});

		it('keeps the money, if told so', async () => {
			const order = three('failResults=1 charged=yes');
			await runware([order]);
			sandbox.advance(10_000);
			expect(await states(order.taskUUID)).toEqual([['success', 'success'], ['taskFailed']]);
			expect(paid()).toEqual([0.84]);
		});

		it.each(['failResults=3', 'failResults=9', 'fail=taskFailed'])(
			'fails as a whole with %s',
			async (marker) => {
				const order = three(marker);
				await runware([order]);
				sandbox.advance(9999);
				expect(await states(order.taskUUID)).toEqual([['processing'], []]);
				sandbox.advance(1);
				expect(await states(order.taskUUID)).toEqual([[], Array(3).fill('taskFailed')]);
				expect(sandbox.tasks()[0]?.phase).toBe('failed');
				expect(paid()).toEqual([0.84, -0.28, -0.28, -0.28]);
			},
		);

		it('fails nothing with failResults=0', async () => {
			const order = three('failResults=0 fail=taskFailed');
			await runware([order]);
			sandbox.advance(10_000);
			expect(await states(order.taskUUID)).toEqual([Array(3).fill('success'), []]);
		});

		it('calls the webhook for each, failed or not', async () => {
			const messages = await receive(3, async (url) => {
				await runware([{ ...three('failResults=1'), webhookURL: url }]);
				sandbox.advance(10_000);
			});
			const bodies = messages.map(({ text }) => JSON.parse(text));
			expect(bodies.filter(({ data }) => data?.[0].videoURL)).toHaveLength(2);
			expect(bodies.filter(({ errors }) => errors?.[0].code === 'taskFailed')).toHaveLength(1);
		});
	});

	it('searches its models', async () => {
		const search = async (change: object) =>
			await runware([{ taskType: 'modelSearch', taskUUID: randomUUID(), ...change }]);
		const { json } = await search({ search: 'hailuo', limit: 2 });
		expect(json.data).toMatchObject([
			{
				taskType: 'modelSearch',
				totalResults: 3,
				results: [
					{ air: 'minimax:3@1', name: 'MiniMax Hailuo 02' },
					{ air: 'minimax:4@1', name: 'MiniMax Hailuo 2.3' },
				],
			},
		]);
		const rest = await search({ search: 'HAILUO', limit: 2, offset: 2 });
		expect(rest.json.data[0].results).toMatchObject([{ air: 'minimax:4@2' }]);
		expect((await search({})).json.data[0].totalResults).toBe(10);
		expect((await search({ search: 'nothing' })).json.data[0]).toMatchObject({
			results: [],
			totalResults: 0,
		});
		expect((await search({ limit: 'all' })).json.errors[0].code).toBe('invalidLimit');
		expect(sandbox.requests().at(-1)?.step).toBe('account');
	});

	it('knows keys in the body, wrong, poor and restricted ones', async () => {
		const account = {
			taskType: 'accountManagement',
			taskUUID: randomUUID(),
			operation: 'getDetails',
		};
		const login = { taskType: 'authentication', apiKey: 'sk-body' };
		expect((await runware([login, account], '')).status).toBe(200);
		expect(sandbox.requests().at(-1)).toMatchObject({ auth: 'body', key: 'sk-body' });
		expect((await runware([account], '')).status).toBe(401);
		expect((await runware([account], 'sk-restricted')).status).toBe(403);
		expect((await runware([task()], 'sk-restricted')).status).toBe(200);
		expect((await runware([task()], 'sk-poor')).status).toBe(402);
		sandbox.configure({ runwareBalance: { amount: 5, currency: 'USD' } });
		expect((await runware([account])).json.data[0].balance).toEqual({ amount: 5, currency: 'USD' });
		expect((await runware([{ taskType: 'ping' }])).json.data[0].pong).toBe(true);
		expect((await runware({ taskType: 'ping' })).status).toBe(400);
	});

	it('takes uploaded images, of the same key', async () => {
		const { json } = await runware([
			{ taskType: 'imageUpload', taskUUID: randomUUID(), image: png(400, 400).toString('base64') },
		]);
		const order = () => [task({ inputs: { frameImages: [json.data[0].imageUUID] } })];
		expect((await runware(order())).status).toBe(200);
		expect((await runware(order(), 'sk-other')).status).toBe(400);
	});

	it('calls a webhook for each result, and uploads where it is told to', async () => {
		const messages = await receive(3, async (url) => {
			await runware([task({ numberResults: 2, webhookURL: url, uploadEndpoint: `${url}/put` })]);
			sandbox.advance(10_000);
		});
		expect(messages.filter(({ text }) => text.includes('videoURL'))).toHaveLength(2);
		expect(messages.filter(({ headers }) => headers['content-type'] === 'video/mp4')).toHaveLength(
			1,
		);
	});
});

describe('Apiframe', () => {
	const ajv = new Ajv({ strict: false });
	addFormats(ajv);
	ajv.addSchema(openapi, 'openapi');

	type Paths = Record<string, Record<string, { responses: Record<string, unknown> }>>;
	/** Every answer is held against the vendor's own document. */
	const apiframe = async (path: string, options: Call = {}, route = path.split('?')[0] ?? '') => {
		const reply = await call(sandbox, 'apiframe', path, options);
		const method = options.body === undefined ? 'get' : 'post';
		// 409 is known from the SDK only.
		if (reply.status !== 409) {
			const documented = (openapi.paths as unknown as Paths)[route]?.[method]?.responses;
			expect(Object.keys(documented ?? {})).toContain(String(reply.status));
			const pointer = [
				'paths',
				route,
				method,
				'responses',
				reply.status,
				'content',
				'application/json',
				'schema',
			]
				.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
				.join('/');
			const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
			expect(validate(reply.json) || validate.errors).toBe(true);
		}
		return reply;
	};

	const path = '/v2/videos/generate';
	const text = { model: 'hailuo-2.3', prompt: 'a lighthouse' };
	const job = async (id: string, key?: string) =>
		await apiframe(`/v2/jobs/${id}`, { key }, '/v2/jobs/{id}');
	const create = async (change: object = {}, options: Call = {}): Promise<string> =>
		(await apiframe(path, { body: { ...text, ...change }, ...options })).json.jobId;

	it.each<[string, object, number]>([
		['text', text, 202],
		['10 s', { ...text, hailuoParams: { duration: 10 } }, 202],
		['10 s as a string', { ...text, hailuoParams: { duration: '10' } }, 400],
		['10 s at 1080p', { ...text, hailuoParams: { duration: 10, resolution: '1080p' } }, 400],
		['upper case', { ...text, hailuoParams: { resolution: '768P' } }, 400],
		['an unknown key', { ...text, seed: 1 }, 400],
		['an unknown parameter', { ...text, hailuoParams: { watermark: true } }, 400],
		['a data URL', { ...text, hailuoParams: { image: pngUrl(400, 400) } }, 400],
		['a last frame with 2.3', { ...text, hailuoParams: { end_image: IMAGE } }, 400],
		[
			'a last frame with 02',
			{ ...text, model: 'hailuo-02', hailuoParams: { image: IMAGE, end_image: IMAGE } },
			202,
		],
		['Fast from text', { ...text, model: 'hailuo-2.3-fast' }, 400],
		['an image without a prompt', { model: 'hailuo-2.3', hailuoParams: { image: IMAGE } }, 400],
		['no webhook events', { ...text, webhookEvents: [] }, 400],
	])('%s', async (_name, body, status) => {
		expect((await apiframe(path, { body })).status).toBe(status);
	});

	it('knows missing, wrong, inactive and poor keys', async () => {
		const statuses = [];
		for (const key of ['', 'bad', 'inactive']) {
			statuses.push((await apiframe('/v2/me', { key })).status);
		}
		expect(statuses).toEqual([401, 401, 403]);
		expect((await apiframe(path, { body: text, key: 'poor' })).status).toBe(402);
		expect((await apiframe('/v2/models?modality=video', { key: '' })).json.models).toHaveLength(4);
	});

	it('shows a job through its life, to its key only', async () => {
		const id = await create();
		expect((await job(id)).json).toMatchObject({ status: 'QUEUED', creditCost: 5 });
		sandbox.advance(5000);
		expect((await job(id)).json.status).toBe('PROCESSING');
		sandbox.advance(5000);
		expect((await job(id)).json).toMatchObject({ status: 'COMPLETED', expired: false });
		expect((await job(id, 'other')).status).toBe(404);
		expect((await job('nonsense')).status).toBe(400);
		sandbox.advance(24 * 3600 * 1000);
		expect((await job(id)).json.expired).toBe(true);
	});

	it('gives the credits of a failed job back', async () => {
		const id = await create({ prompt: '{{sandbox seconds=1 fail=policy}}' });
		expect((await apiframe('/v2/me')).json.team.credits).toBe(995);
		sandbox.advance(1000);
		expect((await job(id)).json).toMatchObject({ status: 'FAILED', creditCost: 0 });
		expect((await apiframe('/v2/me')).json.team.credits).toBe(1000);
	});

	it('repeats a create with the same Idempotency-Key only once', async () => {
		const once = { headers: { 'Idempotency-Key': 'one' } };
		const id = await create({}, once);
		expect(await create({}, once)).toBe(id);
		expect((await apiframe(path, { body: { ...text, prompt: 'other' }, ...once })).status).toBe(
			409,
		);
		expect(await create({}, { headers: { 'Idempotency-Key': 'two' } })).not.toBe(id);
		sandbox.advance(25 * 3600 * 1000);
		expect(await create({}, once)).not.toBe(id);
		expect(sandbox.charges()).toHaveLength(3);
	});

	it('lists newest first, page by page', async () => {
		const ids: string[] = [];
		for (let index = 0; index < 3; index += 1) {
			ids.unshift(await create());
			sandbox.advance(1000);
		}
		const first = (await apiframe('/v2/jobs?limit=2&include_models=true')).json;
		expect(first.jobs.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
		expect(first).toMatchObject({ hasMore: true, models: ['hailuo-2.3'] });
		await create();
		const second = (await apiframe(`/v2/jobs?limit=2&cursor=${first.nextCursor}`)).json;
		expect(second.jobs.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
		expect(second).toMatchObject({ hasMore: false, nextCursor: null });
		expect((await apiframe(`/v2/jobs?search=${ids[0]}`)).json.jobs).toHaveLength(1);
		expect((await apiframe('/v2/jobs?status=COMPLETED')).json.jobs).toHaveLength(0);
		expect((await apiframe('/v2/jobs?limit=101')).status).toBe(400);
		expect((await apiframe('/v2/jobs?scope=team', { key: 'member' })).status).toBe(403);
		expect((await apiframe('/v2/jobs', { key: 'other' })).json.jobs).toHaveLength(0);
	});

	it('keeps uploads, by what their bytes are', async () => {
		const { json } = await apiframe('/v2/uploads', { body: form(png(400, 400), 'a.mp4') });
		expect(json).toMatchObject({ kind: 'image', contentType: 'image/png' });
		expect((await fetch(json.url)).headers.get('content-type')).toBe('image/png');
		const refused = await apiframe('/v2/uploads', {
			body: form(Buffer.from('nothing known'), 'a.png'),
		});
		expect(refused.status).toBe(400);
		sandbox.advance(3600 * 1000);
		expect((await fetch(json.url)).status).toBe(404);
	});

	it('signs webhooks with the hash of the key', async () => {
		const messages = await receive(1, async (url) => {
			await create({ webhookUrl: url, webhookEvents: ['completed'] });
			sandbox.advance(10_000);
		});
		const [{ headers, text: body }] = messages as [Message];
		const secret = createHash('sha256').update('sk-test').digest();
		const signature = createHmac('sha256', secret).update(body).digest('hex');
		expect(headers['x-webhook-signature']).toBe(`sha256=${signature}`);
		expect(JSON.parse(body)).toMatchObject({ event: 'completed', progress: 100 });
	});
});
