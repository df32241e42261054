import { randomUUID } from 'node:crypto';

import { png, pngUrl } from './images';
import { receive } from './receiver';
import { poll, runware, task } from './runwareCalls';
import { sandbox, still, useSandbox } from './world';

const IMAGE = 'https://example.com/a.jpg';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

describe('an order at Runware', () => {
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
});

describe('Runware', () => {
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
