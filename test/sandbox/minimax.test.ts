import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { call, type Call } from './client';
import { png, pngUrl } from './images';
import { sandbox, useSandbox } from './world';

const V1 = '/v1/video_generation';
const IMAGE = 'https://example.com/a.jpg';

useSandbox({ config: { secondsPerTask: 10 } });

const minimax = async (path: string, options?: Call) =>
	await call(sandbox, 'minimax', path, options);

const code = async (body: object, path = V1, key?: string): Promise<number> =>
	(await minimax(path, { body, key })).json.base_resp.status_code;

const query = async (id: string, key?: string) =>
	(await minimax(`/v1/query/video_generation?task_id=${id}`, { key })).json;

const text = { model: 'MiniMax-Hailuo-2.3', prompt: 'a lighthouse' };

describe('an order at V1', () => {
	const frame = { first_frame_image: IMAGE };
	it.each<[string, object, number]>([
		['2.3 at 768P, 10 s', { ...text, duration: 10 }, 0],
		['2.3 at 1080P, 6 s', { ...text, resolution: '1080P' }, 0],
		['2.3 at 1080P, 10 s', { ...text, resolution: '1080P', duration: 10 }, 2013],
		['2.3 at 512P', { ...text, resolution: '512P' }, 2013],
		['lower-case resolution', { ...text, resolution: '768p' }, 2013],
		['duration as a string', { ...text, duration: '6' }, 2013],
		['Fast from text', { ...text, model: 'MiniMax-Hailuo-2.3-Fast' }, 2013],
		['Fast from an image', { model: 'MiniMax-Hailuo-2.3-Fast', ...frame }, 0],
		['02 at 512P from text', { ...text, model: 'MiniMax-Hailuo-02', resolution: '512P' }, 2013],
		[
			'02 at 512P from an image',
			{ model: 'MiniMax-Hailuo-02', ...frame, resolution: '512P', duration: 10 },
			0,
		],
		['T2V-01', { ...text, model: 'T2V-01' }, 0],
		['T2V-01 at 1080P', { ...text, model: 'T2V-01', resolution: '1080P' }, 2013],
		['T2V-01 with pretreatment', { ...text, model: 'T2V-01', fast_pretreatment: true }, 2013],
		['I2V-01-live from text', { ...text, model: 'I2V-01-live' }, 2013],
		['no prompt', { model: 'MiniMax-Hailuo-2.3' }, 2013],
		['2000 characters', { ...text, prompt: 'x'.repeat(2000) }, 0],
		['2001 characters', { ...text, prompt: 'x'.repeat(2001) }, 2013],
		['two frames', { model: 'MiniMax-Hailuo-02', ...frame, last_frame_image: IMAGE }, 0],
		['two frames with 2.3', { ...text, ...frame, last_frame_image: IMAGE }, 2013],
		['only a last frame', { model: 'MiniMax-Hailuo-02', last_frame_image: IMAGE }, 2013],
		['bare base64', { ...text, first_frame_image: png(400, 400).toString('base64') }, 2013],
		['a small image', { ...text, first_frame_image: pngUrl(300, 400) }, 2013],
		['an image of 301 px', { ...text, first_frame_image: pngUrl(301, 400) }, 0],
		['a panorama', { ...text, first_frame_image: pngUrl(1000, 310) }, 2013],
		['an unreadable image', { ...text, first_frame_image: 'data:image/png;base64,AAAA' }, 2013],
		['an uploaded file', { ...text, first_frame_image: 'mm_file://123' }, 2013],
		['unknown model', { ...text, model: 'video-01' }, 2013],
	])('%s', async (_name, body, expected) => {
		expect(await code(body)).toBe(expected);
	});

	const subject = { type: 'character', image: [IMAGE] };
	it.each<[string, object, number]>([
		['the documented shape', { subject_reference: [subject] }, 0],
		['image as a string', { subject_reference: [{ ...subject, image: IMAGE }] }, 2013],
		['no type', { subject_reference: [{ image: [IMAGE] }] }, 2013],
		['two subjects', { subject_reference: [subject, subject] }, 2013],
		['a duration', { subject_reference: [subject], duration: 6 }, 2013],
		['a resolution', { subject_reference: [subject], resolution: '720P' }, 2013],
	])('S2V-01 with %s', async (_name, body, expected) => {
		expect(await code({ model: 'S2V-01', prompt: 'a walk', ...body })).toBe(expected);
	});
});

describe('V1', () => {
	it('walks through its status words and ends with a file', async () => {
		const { task_id: id } = (await minimax(V1, { body: text })).json;
		const words: string[] = [];
		for (let second = 0; second <= 10; second += 1) {
			words.push((await query(id)).status);
			sandbox.advance(1000);
		}
		expect([...new Set(words)]).toEqual(['Preparing', 'Queueing', 'Processing', 'Success']);
	});

	it('writes file IDs of 15 digits, as text in a query and bare in a file', async () => {
		const { task_id: id } = (await minimax(V1, { body: text })).json;
		await minimax(V1, { body: text });
		sandbox.advance(10_000);
		const { file_id: fileId } = await query(id);
		expect(fileId).toMatch(/^\d{15}$/);
		const { text: raw } = await minimax(`/v1/files/retrieve?file_id=${fileId}`);
		expect(raw).toContain(`"file_id":${fileId},`);
		const { json: list } = await minimax('/v1/files/list?purpose=video_generation');
		const ids = list.files.map(({ file_id: one }: { file_id: number }) => one);
		expect(new Set(ids).size).toBe(2);
		expect(ids).toContain(Number(fileId));
		const lost = await minimax(`/v1/files/retrieve?file_id=${Number(fileId) + 50}`);
		expect(lost.json.base_resp.status_code).toBe(2013);
	});

	it('counts the balance of a pay-as-you-go key', async () => {
		const path = '/account/query_balance';
		const key = 'sk-api-test';
		sandbox.configure({ minimaxBalance: 5 });
		await minimax(V1, { body: text, key });
		expect((await minimax(path, { key })).json).toMatchObject({
			available_amount: '4.72',
			owed_amount: '0.00',
			base_resp: { status_code: 0 },
		});
		expect((await minimax(path, { key: 'sk-poor' })).json.available_amount).toBe('0.00');
		expect((await minimax(path, { key: 'sk-bad' })).json.base_resp.status_code).toBe(2049);
	});

	it('tells a missing key from a wrong one and from an empty account', async () => {
		expect(await code(text, V1, '')).toBe(1004);
		expect(await code(text, V1, 'sk-bad')).toBe(2049);
		expect(await code(text, V1, 'sk-poor')).toBe(1008);
		const { json } = await minimax('/v1/files/list?purpose=voice_clone', { key: 'sk-bad' });
		expect(json.base_resp.status_code).toBe(2049);
	});

	it('hides the tasks of one key from another', async () => {
		const { task_id: id } = (await minimax(V1, { body: text })).json;
		expect((await query(id, 'sk-other')).base_resp.status_code).toBe(2013);
	});

	it('fails with the code that the prompt asks for, and gives the money back', async () => {
		const body = { ...text, prompt: 'a lighthouse {{sandbox seconds=2 fail=1027}}' };
		const { task_id: id } = (await minimax(V1, { body })).json;
		sandbox.advance(2000);
		expect(await query(id)).toMatchObject({ status: 'Fail', base_resp: { status_code: 1027 } });
		expect(sandbox.charges().map(({ kind, amount }) => [kind, amount])).toEqual([
			['charge', 0.28],
			['refund', -0.28],
		]);
	});

	it('allows 20 creates a minute', async () => {
		const codes: number[] = [];
		for (let index = 0; index < 21; index += 1) codes.push(await code(text));
		expect(codes.filter((one) => one === 0)).toHaveLength(20);
		expect(codes.at(-1)).toBe(1002);
		sandbox.advance(60_000);
		expect(await code(text)).toBe(0);
		expect(sandbox.charges()).toHaveLength(21);
	});

	it('checks a callback URL before it accepts, and calls it at every change', async () => {
		const received: Array<{ status: string }> = [];
		const receiver = createServer((request, response) => {
			let body = '';
			request.on('data', (chunk) => (body += chunk));
			request.on('end', () => {
				const message = JSON.parse(body);
				if (!message.challenge) received.push(message);
				response.end(JSON.stringify({ challenge: message.challenge }));
			});
		});
		await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
		const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
		expect(await code({ ...text, callback_url: url })).toBe(0);
		expect(await code({ ...text, callback_url: 'https://example.com/hook' })).toBe(2013);
		for (const expected of ['processing', 'success']) {
			sandbox.advance(6000);
			while (received.at(-1)?.status !== expected)
				await new Promise((done) => setTimeout(done, 20));
		}
		receiver.closeAllConnections();
		await new Promise((done) => receiver.close(done));
		expect(await code({ ...text, callback_url: url })).toBe(2013);
	});
});

describe('templates', () => {
	const path = '/v1/video_template_generation';
	const media = [{ value: IMAGE }];
	it.each<[string, object, number]>([
		['an image', { template_id: '392747428568649728', media_inputs: media }, 0],
		['no image', { template_id: '392747428568649728' }, 2013],
		['a text', { template_id: '394125185182695432', text_inputs: [{ value: 'x' }] }, 0],
		['no text', { template_id: '393769180141805569', media_inputs: media }, 2013],
		['an unknown ID', { template_id: '393857704283172856', media_inputs: media }, 2013],
		['an ID that was a number', { template_id: 392747428568649700, media_inputs: media }, 2013],
	])('with %s', async (_name, body, expected) => {
		expect(await code(body, path)).toBe(expected);
	});

	it('never queues, and is apart from the V1 query', async () => {
		const body = { template_id: '394125185182695432', text_inputs: [{ value: 'x' }] };
		const { task_id: id } = (await minimax(path, { body })).json;
		sandbox.advance(2000);
		const queryPath = `/v1/query/video_template_generation?task_id=${id}`;
		expect((await minimax(queryPath)).json.status).toBe('Preparing');
		expect((await query(id)).base_resp.status_code).toBe(2013);
	});
});
