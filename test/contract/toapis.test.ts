import { InputError } from '../../video/failure';
import { ask, create, providerOf } from './ask';
import { fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

const toapis = providerOf('toapis');
const url = 'https://files.toapis.com/videos/x.mp4';
const task = (fields: object) => ({ body: { id: uuid, object: 'generation.task', ...fields } });

describe('answers of ToAPIs', () => {
	it.each([
		['an empty status', { status: '' }, 'queued'],
		['pending', { status: 'pending' }, 'queued'],
		['submitted', { status: 'submitted' }, 'queued'],
		['no status', {}, 'queued'],
		['a new word', { status: 'polishing' }, 'processing'],
		['a word of JavaScript', { status: 'constructor' }, 'processing'],
	])('%s', async (_, fields, status) => {
		expect(await ask('toapis', task(fields))).toMatchObject({ status, videos: [] });
	});

	it.each([
		['result.data', { result: { type: 'video', data: [{ url, format: 'mp4' }] } }],
		['url at the top', { url }],
		['video_url at the top', { video_url: url }],
	])('a link in %s', async (_, fields) => {
		const answer = await ask('toapis', task({ status: 'completed', ...fields }));
		expect(answer).toMatchObject({ status: 'completed', videos: [{ url }] });
	});

	it('a completed task may come without a link', async () => {
		const answer = await ask('toapis', task({ status: 'completed', result: { data: [] } }));
		expect(answer).toMatchObject({ status: 'completed', videos: [] });
	});

	it.each([
		['a word as code', { error: { code: 'generation_failed', message: 'It broke' } }, true],
		['a number as code', { error: { code: 500, message: 'It broke' } }, true],
		['the older fail_reason', { fail_reason: 'It broke' }, true],
		['no reason', {}, true],
		[
			'content in words',
			{ error: { code: 'generation_failed', message: 'violates the content policy' } },
			false,
		],
		['content as code', { error: { code: 'content_policy_violation', message: 'no' } }, false],
	])('a failed task with %s', async (_, fields, retryable) => {
		const answer = await ask('toapis', task({ status: 'failed', ...fields }));
		expect(answer).toMatchObject({ status: 'failed', failure: { retryable } });
		expect((answer as { failure: object }).failure).toMatchObject({
			message: expect.stringMatching(/.{10}/),
			advice: expect.stringMatching(/.{10}/),
		});
	});

	it.each([
		['task_id', { task_id: 'tsk_1', object: 'video', status: '' }],
		['a wrapped task_id', { code: 200, data: [{ status: 'submitted', task_id: 'tsk_1' }] }],
	])('a create that is answered with %s', async (_, body) => {
		expect(await create('toapis', { body })).toMatchObject({
			reference: { provider: 'toapis', kind: 'video', id: 'tsk_1' },
			status: 'queued',
		});
	});

	it.each([
		['a key that is not known', 'Failed to get token info: record not found', 'credential'],
		['any other words', '系统错误', 'server'],
	])('success: false inside HTTP 200 with %s', async (_, message, category) => {
		const answer = { body: { success: false, message } };
		expect(await ask('toapis', answer)).toMatchObject({ category });
		expect(await create('toapis', answer)).toMatchObject({ category });
	});

	it('a create during an outage of the limiter was surely refused', async () => {
		const body = { error: { code: 'rate_limit_unavailable', message: 'unavailable' } };
		const headers = { 'retry-after': '5' };
		expect(await create('toapis', { status: 503, headers, body })).toMatchObject({
			outcome: 'refused',
			retryable: true,
			retryAfterMs: 5000,
		});
		expect(toapis.recover).toBeUndefined();
	});
});

describe('requests to ToAPIs', () => {
	it('puts H3 references under their roles, and its options at the top', () => {
		const { body } = produce(toapis, {
			mode: 'referenceToVideo',
			model: 'MiniMax-H3',
			resolution: '768P',
			aspectRatio: '9:16',
			references: [
				{ kind: 'video', media: { url: 'https://example.com/v.mp4' } },
				{ kind: 'image', media: { url: 'https://example.com/i.png' } },
				{ kind: 'audio', media: { url: 'https://example.com/a.mp3' } },
			],
			settings: { aigcWatermark: true, callbackUrl: 'https://example.com/hook' },
		});
		expect(body).toEqual({
			model: 'MiniMax-H3',
			prompt: '<prompt>',
			resolution: '768p',
			aspect_ratio: '9:16',
			image_with_roles: [{ url: 'https://example.com/i.png', role: 'reference_image' }],
			video_with_roles: [{ url: 'https://example.com/v.mp4', role: 'reference_video' }],
			audio_with_roles: [{ url: 'https://example.com/a.mp3', role: 'reference_audio' }],
			watermark: true,
			callback_url: 'https://example.com/hook',
		});
	});

	it('puts the last frame and the options of 02 into metadata', () => {
		const { body } = produce(toapis, {
			mode: 'firstLastFrame',
			model: 'MiniMax-Hailuo-02',
			firstFrame: { url: 'https://example.com/1.png' },
			lastFrame: { url: 'https://example.com/2.png' },
			prompt: '',
			settings: { aigcWatermark: false, callbackUrl: 'https://example.com/hook' },
		});
		expect(body).toEqual({
			model: 'MiniMax-Hailuo-02',
			image_urls: ['https://example.com/1.png'],
			metadata: {
				aigc_watermark: false,
				callback_url: 'https://example.com/hook',
				last_frame_image: 'https://example.com/2.png',
			},
		});
	});

	it('passes an unknown model on', () => {
		const form = { mode: 'textToVideo', model: 'MiniMax-Hailuo-9', resolution: '4K' } as const;
		expect(produce(toapis, form).body).toEqual({
			model: 'MiniMax-Hailuo-9',
			prompt: '<prompt>',
			resolution: '4K',
		});
	});

	it('refuses a data URL before anything is sent', () => {
		const firstFrame = { url: 'data:image/png;base64,AAAA' };
		expect(() =>
			produce(toapis, { mode: 'imageToVideo', model: 'MiniMax-Hailuo-2.3', firstFrame }),
		).toThrow(InputError);
	});

	it.each([
		['an image over 10 MB', { mimeType: 'image/png', size: 11 * 2 ** 20 }],
		['a video over 50 MB', { mimeType: 'video/mp4', size: 51 * 2 ** 20 }],
		['a sound', { mimeType: 'audio/mp3', size: 10 }],
	])('refuses %s before it is uploaded', async (_, file) => {
		const connection = fakeConnection(baseUrls.toapis, [{ body: {} }]);
		const read = async () => new Uint8Array();
		await expect(
			toapis.upload?.(connection, { ...file, name: 'a', digest: '', read }),
		).rejects.toMatchObject({ category: 'input', outcome: 'refused' });
		expect(connection.requests).toEqual([]);
	});
});
