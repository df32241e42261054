import { createHmac } from 'node:crypto';

import { call, type Call, type Reply } from './client';
import { pngUrl } from './images';
import { type Message, receive } from './receiver';
import { sandbox, still, useSandbox } from './world';

const IMAGE = 'https://example.com/a.jpg';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

const path = '/v1/videos/generations';
const text = { model: 'MiniMax-Hailuo-2.3', prompt: 'a lighthouse' };
const h02 = { model: 'MiniMax-Hailuo-02', prompt: 'a lighthouse' };
const h3 = { model: 'MiniMax-H3', prompt: 'a lighthouse' };
const frame = { image_urls: [IMAGE] };
const toapis = async (where: string, options?: Call) =>
	await call(sandbox, 'toapis', where, options);

describe('an order at ToAPIs', () => {
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
});

describe('ToAPIs', () => {
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
