import { call, type Call, form } from './client';
import { png, pngUrl } from './images';
import { sandbox, useSandbox } from './world';

const V2 = '/v2/video_generation';
const IMAGE = 'https://example.com/a.jpg';

useSandbox({ config: { secondsPerTask: 10 } });

const minimax = async (path: string, options?: Call) =>
	await call(sandbox, 'minimax', path, options);

const content = [{ type: 'text', text: 'a lighthouse' }];
const body = { model: 'MiniMax-H3', content, resolution: '768P', duration: 5, ratio: '16:9' };
const image = (role?: string, url = IMAGE) => ({ type: 'image_url', image_url: { url }, role });
const withImages = (...images: object[]) => ({ ...body, content: [...content, ...images] });

const create = async (change: object = {}, key?: string): Promise<string> =>
	(await minimax(V2, { body: { ...body, ...change }, key })).json.task_id;

describe('an order at V2', () => {
	it.each<[string, object, number]>([
		['text', body, 200],
		['2K', { ...body, resolution: '2K' }, 200],
		['2K with Max', { ...body, model: 'MiniMax-H3-Max', resolution: '2K' }, 400],
		['4 s', { ...body, duration: 4 }, 200],
		['4 s with Max', { ...body, model: 'MiniMax-H3-Max', duration: 4 }, 400],
		['16 s', { ...body, duration: 16 }, 400],
		['text and adaptive', { ...body, ratio: 'adaptive' }, 400],
		['text and no ratio', { ...body, ratio: undefined }, 400],
		['extra with H3', { ...body, extra: { prompt_expansion_mode: 'quality' } }, 400],
		['one image without a role', withImages(image()), 200],
		['two frames', withImages(image('first_frame'), image('last_frame')), 200],
		['a last frame alone', withImages(image('last_frame')), 200],
		['two last frames', withImages(image('last_frame'), image('last_frame')), 400],
		['two first frames', withImages(image('first_frame'), image('first_frame')), 400],
		['frames and references', withImages(image('first_frame'), image('reference_image')), 400],
		['9 references', withImages(...Array(9).fill(image('reference_image'))), 200],
		['10 references', withImages(...Array(10).fill(image('reference_image'))), 400],
		[
			'sound alone',
			withImages({ type: 'audio_url', audio_url: { url: IMAGE }, role: 'reference_audio' }),
			400,
		],
		['an unknown file', withImages(image('first_frame', 'mm_file://5')), 400],
		['a small image', withImages(image('first_frame', pngUrl(255, 300))), 400],
		['no text', { ...body, content: [image('first_frame')] }, 400],
		['7001 characters', { ...body, content: [{ type: 'text', text: 'x'.repeat(7001) }] }, 400],
	])('%s', async (_name, request, status) => {
		expect((await minimax(V2, { body: request })).status).toBe(status);
	});
});

describe('V2', () => {
	it('answers with real HTTP statuses', async () => {
		const { json, status } = await minimax(V2, { body, key: 'sk-poor' });
		expect(status).toBe(402);
		expect(json).toMatchObject({
			type: 'error',
			error: { type: 'insufficient_balance_error', http_code: '402' },
		});
		expect(json.error.message).toMatch(/\(1008\)$/);
		expect((await minimax(V2, { body, key: 'sk-bad' })).status).toBe(401);
		expect((await minimax('/v2/query/video_generation/1')).status).toBe(400);
	});

	it('takes uploaded files', async () => {
		const upload = await minimax('/v1/files/upload', {
			body: form(png(400, 400), 'a.png', { purpose: 'video_generation_input' }),
		});
		const fileId = /"file_id":(\d+)/.exec(upload.text)?.[1] ?? '';
		const request = withImages(image('first_frame', `mm_file://${fileId}`));
		expect((await minimax(V2, { body: request })).status).toBe(200);
		expect((await minimax(V2, { body: request, key: 'sk-other' })).status).toBe(400);
		sandbox.advance(8 * 24 * 3600 * 1000);
		expect((await minimax(V2, { body: request })).json.error.message).toContain('expired');
		const refused = await minimax('/v1/files/upload', {
			body: form(Buffer.from('nothing that is known'), 'a.png', { purpose: 'x' }),
		});
		expect(refused.status).toBe(400);
	});

	it('lists with filters and pages', async () => {
		const first = await create();
		sandbox.advance(10_000);
		const second = await create();
		const third = await create({}, 'sk-other');
		const list = async (parameters: string) => {
			const { json } = await minimax(`/v2/query/video_generation?${parameters}`);
			return [json.items.map(({ id }: { id: string }) => id), json.total];
		};
		expect(await list('')).toEqual([[second, first], 2]);
		expect(await list('filter.status=succeeded')).toEqual([[first], 1]);
		expect(await list('filter.status=queued&filter.status=succeeded')).toEqual([
			[second, first],
			2,
		]);
		expect(await list(`filter.task_ids=${first},${third}`)).toEqual([[first], 1]);
		expect(await list('filter.model=MiniMax-H3-Max')).toEqual([[], 0]);
		expect(await list('page_num=2&page_size=1')).toEqual([[first], 2]);
		sandbox.advance(8 * 24 * 3600 * 1000);
		expect(await list('')).toEqual([[], 0]);
		expect((await minimax(`/v2/query/video_generation/${first}`)).status).toBe(400);
	});

	it('cancels what waits, refuses what runs, deletes what is done', async () => {
		const remove = async (id: string) => await minimax(`${V2}/${id}`, { method: 'DELETE' });
		const waiting = await create();
		expect((await remove(waiting)).json).toEqual({
			task_id: waiting,
			action: 'cancelled',
			status: 'cancelled',
		});
		expect((await remove(waiting)).status).toBe(400);
		expect(sandbox.charges().map(({ amount }) => amount)).toEqual([0.4, -0.4]);

		const running = await create();
		sandbox.advance(5000);
		expect((await remove(running)).status).toBe(400);
		sandbox.advance(5000);
		expect((await remove(running)).json.action).toBe('deleted');
		expect((await minimax(`/v2/query/video_generation/${running}`)).status).toBe(400);
	});

	it('allows 30 tasks in flight', async () => {
		for (let index = 0; index < 30; index += 1) await create();
		expect((await minimax(V2, { body })).status).toBe(429);
		sandbox.configure({ rateLimits: false });
		expect((await minimax(V2, { body })).status).toBe(200);
	});

	it('charges for images and reference videos too', async () => {
		await create({ content: [...content, ...Array(7).fill(image('reference_image'))] });
		expect(sandbox.charges()[0]).toMatchObject({ amount: 0.48, unit: 'USD' });
	});
});
