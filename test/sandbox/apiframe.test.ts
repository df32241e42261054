import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { call, type Call, form } from './client';
import openapi from './fixtures/apiframe.openapi.json';
import { png, pngUrl } from './images';
import { type Message, receive } from './receiver';
import { sandbox, still, useSandbox } from './world';

const IMAGE = 'https://example.com/a.jpg';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

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

describe('an order at Apiframe', () => {
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
});

describe('Apiframe', () => {
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

	it('takes a webhook whose newest try got no answer for missed', async () => {
		await receive(2, async (url) => {
			await create({ webhookUrl: url, webhookEvents: ['completed'] });
			sandbox.advance(10_000);
			while (sandbox.callbacks()[0]?.status !== 200) await sleep(20);
			expect(await sandbox.repeatCallbacks(true)).toBe(0);
			expect(await sandbox.repeatCallbacks()).toBe(1);
		});
		// The receiver is gone.
		expect(await sandbox.repeatCallbacks()).toBe(1);
		expect(await sandbox.repeatCallbacks(true)).toBe(1);
	});
});
