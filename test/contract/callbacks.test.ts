import { createHash, createHmac } from 'node:crypto';
import { findProvider, providers } from '../../providers';
import type { Callback } from '../../video/callback';
import type { Provider } from '../../video/provider';

const now = Date.UTC(2026, 10, 21, 12);
const key = 'afk_0123456789abcdef';

function callback(body: unknown, headers: Record<string, string> = {}): Callback {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { headers, raw: Buffer.from(text), body: JSON.parse(text) as unknown };
}

const provider = (id: string) => findProvider(id) as Required<Provider>;

/** Which vendor takes it, and what it reads in it. */
function read(body: unknown) {
	const readings = providers.flatMap(({ id, readCallback }) => {
		const reading = readCallback?.(callback(body));
		return reading ? [[id, reading] as const] : [];
	});
	expect(readings.length).toBeLessThanOrEqual(1);
	return readings[0];
}

const one = (names: string[], ended: boolean) => ({
	is: 'tasks',
	tasks: [
		{
			references: names.map((name) => {
				const [vendor, kind, id] = name.split(':');
				return { provider: vendor, kind, id };
			}),
			ended,
		},
	],
});

const v1 = ['minimax:v1:115334141465231360', 'minimax:template:115334141465231360'];

describe('every vendor’s own form, as its pages show it', () => {
	test.each([
		[
			'minimax',
			{
				task_id: '115334141465231360',
				status: 'success',
				file_id: '205258526306433',
				base_resp: { status_code: 0, status_msg: 'success' },
			},
			one(v1, true),
		],
		['minimax', { task_id: '115334141465231360', status: 'processing' }, one(v1, false)],
		['minimax', { task_id: '115334141465231360', status: 'Fail' }, one(v1, true)],
		['minimax', { task_id: '115334141465231360', status: 'a new word' }, one(v1, true)],
		[
			'minimax',
			{ task_id: '115334141465231360', status: 'Success', video_url: 'https://x.example/v.mp4' },
			one([...v1].reverse(), true),
		],
		['minimax', { task: { id: '42', status: 'succeeded' } }, one(['minimax:v2:42'], true)],
		['minimax', { task: { id: 42, status: 'running' } }, one(['minimax:v2:42'], false)],
		['minimax', { challenge: 'abc' }, { is: 'challenge', answer: { challenge: 'abc' } }],
		[
			'toapis',
			{
				id: 'evt_1',
				type: 'generation.completed',
				api_version: 'v1',
				data: { task_id: 'vid_1', task_type: 'video', status: 'SUCCESS', progress: '100%' },
			},
			one(['toapis:video:vid_1'], true),
		],
		[
			'toapis',
			{ id: 'evt_2', type: 'endpoint.test', data: { task_id: 'endpoint_test' } },
			{ is: 'other' },
		],
		[
			'toapis',
			{ id: 'evt_3', type: 'generation.completed', data: { task_id: 'i', task_type: 'image' } },
			{ is: 'other' },
		],
		[
			'runware',
			{ data: [{ taskType: 'videoInference', taskUUID: 'u-1', status: 'success' }] },
			one(['runware:video:u-1'], true),
		],
		[
			'runware',
			{ taskType: 'videoInference', taskUUID: 'u-1', videoURL: 'https://x.example/v.mp4' },
			one(['runware:video:u-1'], true),
		],
		[
			'runware',
			{ errors: [{ code: 'timeoutProvider', taskUUID: 'u-1' }] },
			one(['runware:video:u-1'], true),
		],
		[
			'runware',
			{ data: [{ taskUUID: 'u-1', status: 'processing' }] },
			one(['runware:video:u-1'], false),
		],
		[
			'apiframe',
			{ event: 'completed', jobId: 'j-1', status: 'COMPLETED', progress: 100, result: {} },
			one(['apiframe:video:j-1'], true),
		],
		['apiframe', { event: 'failed', jobId: 'j-1', error: 'x' }, one(['apiframe:video:j-1'], true)],
		['apiframe', { event: 'progress', jobId: 'j-1' }, one(['apiframe:video:j-1'], false)],
	])('%s %j', (vendor, body, reading) => {
		expect(read(body)).toEqual([vendor, reading]);
	});

	const nobodys: unknown[] = [
		null,
		5,
		'"text"',
		[],
		{},
		{ task_id: '' },
		{ task_id: null, status: 'success' },
		{ task: null },
		{ challenge: '' },
		{ challenge: 'x'.repeat(2000) },
		{ challenge: { deep: 1 } },
		{ data: {} },
		{ data: { task_id: 'x' } },
		{ type: 'generation.completed', data: null },
		{ data: [{}], errors: [{ taskUUID: null }] },
		{ event: 'completed' },
		{ jobId: 'j-1' },
		{ constructor: 'x', __proto__: { task_id: '1' } },
	];

	test.each(nobodys.map((body) => [body]))('%j is nobody’s', (body) => {
		expect(read(body)).toBeUndefined();
	});
});

describe('ToAPIs signs the ID, the time and the raw body with the secret of the token', () => {
	const body = '{"id":"evt_1",  "type":"generation.completed","data":{"task_id":"ä"}}';
	const secret = 'webhook-secret';
	const seconds = now / 1000;
	const sign = (time: number, text = body, by = secret) =>
		`v1=${createHmac('sha256', by).update(`evt_1.${time}.${text}`).digest('hex')}`;
	const headers = (time: number, signature: string) => ({
		'x-toapis-webhook-id': 'evt_1',
		'x-toapis-webhook-timestamp': String(time),
		'x-toapis-webhook-signature': signature,
	});
	const { isSigned } = provider('toapis');
	const judge = (given: Record<string, string>, webhookSecret: unknown = secret) =>
		isSigned(callback(body, given), { webhookSecret }, now);

	test('right, within five minutes both ways, and with a second signature beside it', () => {
		expect(judge(headers(seconds, sign(seconds)))).toBe(true);
		expect(judge(headers(seconds - 300, sign(seconds - 300)))).toBe(true);
		expect(judge(headers(seconds + 300, sign(seconds + 300)))).toBe(true);
		const both = `${sign(seconds, body, 'the old one')},${sign(seconds)}`;
		expect(judge(headers(seconds, both))).toBe(true);
	});

	test.each([
		['too old', headers(seconds - 301, sign(seconds - 301))],
		['from the future', headers(seconds + 301, sign(seconds + 301))],
		['of another body', headers(seconds, sign(seconds, `${body} `))],
		['of another secret', headers(seconds, sign(seconds, body, 'other'))],
		['of another time', headers(seconds, sign(seconds - 1))],
		['cut', headers(seconds, sign(seconds).slice(0, -2))],
		['without its version', headers(seconds, sign(seconds).slice(3))],
		['empty', headers(seconds, '')],
		['no time', { ...headers(seconds, sign(seconds)), 'x-toapis-webhook-timestamp': 'now' }],
		['missing', {}],
	])('wrong: %s', (_, given) => {
		expect(judge(given)).toBe(false);
	});

	test('without a secret nobody can tell', () => {
		for (const absent of ['', '  ', undefined, null]) {
			expect(isSigned(callback(body), { webhookSecret: absent }, now)).toBeUndefined();
		}
	});
});

describe('Apiframe signs the raw body with a digest of the key', () => {
	const body = '{"event":"completed","jobId":"j-1"}';
	const digest = createHash('sha256').update(key).digest();
	const sign = (secret: Buffer | string) => createHmac('sha256', secret).update(body).digest('hex');
	const { isSigned } = provider('apiframe');
	const judge = (signature?: string) =>
		isSigned(
			callback(body, signature === undefined ? {} : { 'x-webhook-signature': signature }),
			{ apiKey: key },
			now,
		);

	test('with its bytes or its digits, with and without a prefix', () => {
		for (const secret of [digest, digest.toString('hex')]) {
			expect(judge(`sha256=${sign(secret)}`)).toBe(true);
			expect(judge(sign(secret))).toBe(true);
		}
	});

	test.each([undefined, '', 'sha256=', 'sha256=00', sign(key), `sha256=${sign(digest)}00`])(
		'wrong: %s',
		(signature) => {
			expect(judge(signature)).toBe(false);
		},
	);
});
