import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { vendors } from '../../sandbox';
import { type Vendor, VENDORS } from '../../sandbox/config';
import { readMp4 } from '../support/mp4';
import { call, type Json } from './client';
import { pngUrl } from './images';
import { sandbox, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 0 } });

const control = async (method: string, path: string, body?: unknown) => {
	const response = await fetch(`${sandbox.url}/control${path}`, {
		method,
		headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	return { status: response.status, json: (await response.json()) as Json };
};

const body = { model: 'MiniMax-Hailuo-2.3', prompt: 'a lighthouse' };
const DAY = 24 * 3600 * 1000;

/** A finished video's link, of any vendor. */
async function link(vendor: Vendor): Promise<() => Promise<string>> {
	if (vendor === 'toapis') {
		const { json } = await call(sandbox, vendor, '/v1/videos/generations', { body });
		return async () => {
			const answer = await call(sandbox, vendor, `/v1/videos/generations/${json.id}`);
			return answer.json.result.data[0].url;
		};
	}
	const { json } = await call(sandbox, 'minimax', '/v1/video_generation', { body });
	const path = `/v1/query/video_generation?task_id=${json.task_id}`;
	const { file_id: fileId } = (await call(sandbox, 'minimax', path)).json;
	return async () => {
		const answer = await call(sandbox, 'minimax', `/v1/files/retrieve?file_id=${fileId}`);
		return answer.json.file.download_url;
	};
}

describe('the control API', () => {
	it('changes the configuration table by table, and refuses what it does not know', async () => {
		const { json } = await control('PATCH', '/config', {
			secondsPerTask: { runware: 9 },
			linkSeconds: 5,
			rateLimits: false,
		});
		const unchanged = Object.fromEntries(VENDORS.map((vendor) => [vendor, 0]));
		expect(json.secondsPerTask).toEqual({ ...unchanged, runware: 9 });
		expect(json.linkSeconds.template).toBe(5);
		expect(json.rateLimits).toMatchObject({ enabled: false, minimaxV1: { requests: 20 } });
		expect((await control('PATCH', '/config', { speed: 1 })).status).toBe(400);
		await control('POST', '/reset');
		expect((await control('GET', '/config')).json.rateLimits.enabled).toBe(true);
	});

	it('has a name for each setting that no other vendor uses', () => {
		for (const part of ['linkSeconds', 'rateLimits', 'own'] as const) {
			const names = vendors.flatMap(({ settings }) => Object.keys(settings[part]));
			expect(names).toEqual([...new Set(names)]);
		}
	});

	it('shows requests, with long data cut, and forgets them', async () => {
		const image = pngUrl(2000, 2000);
		await call(sandbox, 'minimax', '/v1/video_generation', {
			body: { ...body, first_frame_image: image },
		});
		const { json } = await control('GET', '/requests?vendor=minimax&step=create');
		expect(json).toMatchObject([
			{
				vendor: 'minimax',
				step: 'create',
				method: 'POST',
				path: '/minimax/v1/video_generation',
				auth: 'authorization',
				key: 'sk-test',
				status: 200,
			},
		]);
		expect(json[0].body.first_frame_image).toContain('characters)');
		await control('DELETE', '/requests');
		expect((await control('GET', '/requests')).json).toEqual([]);
	});

	it('shows charges and tasks', async () => {
		await call(sandbox, 'minimax', '/v1/video_generation', { body });
		expect((await control('GET', '/charges?key=sk-test')).json).toMatchObject([
			{ vendor: 'minimax', kind: 'charge', amount: 0.28, unit: 'USD' },
		]);
		expect((await control('GET', '/charges?key=sk-other')).json).toEqual([]);
		expect((await control('GET', '/tasks')).json).toMatchObject([
			{ vendor: 'minimax', kind: 'v1', phase: 'succeeded' },
		]);
	});

	it('takes, shows and clears faults', async () => {
		const fault = { vendor: 'toapis', step: 'status', kind: 'serverError' };
		expect((await control('POST', '/faults', fault)).status).toBe(201);
		expect((await control('POST', '/faults', { ...fault, kind: 'rain' })).status).toBe(400);
		expect((await control('GET', '/faults')).json).toMatchObject([{ ...fault, times: 1 }]);
		await control('DELETE', '/faults');
		expect((await control('GET', '/faults')).json).toEqual([]);
	});

	it('moves the clock', async () => {
		await control('PATCH', '/config', { secondsPerTask: 60 });
		await call(sandbox, 'minimax', '/v1/video_generation', { body });
		expect(sandbox.tasks()[0]?.phase).toBe('preparing');
		await control('POST', '/advance', { milliseconds: 60_000 });
		expect(sandbox.tasks()[0]?.phase).toBe('succeeded');
	});

	it('moves the clock by numbers only, and sets it back', async () => {
		const now = async (): Promise<number> => {
			await call(sandbox, 'minimax', '/v1/files/list?purpose=any');
			return sandbox.requests().at(-1)?.time ?? 0;
		};
		const start = await now();
		for (const milliseconds of ['60000', '', null, -1, undefined]) {
			const { status } = await control('POST', '/advance', { milliseconds });
			expect([milliseconds, status]).toEqual([milliseconds, 400]);
		}
		expect((await control('POST', '/advance')).status).toBe(400);
		const text = { method: 'POST', body: '60000' };
		expect((await fetch(`${sandbox.url}/control/advance`, text)).status).toBe(400);
		expect(() => sandbox.advance(NaN)).toThrow();
		expect((await now()) - start).toBeLessThan(DAY / 2);

		await control('POST', '/advance', { milliseconds: DAY });
		expect((await now()) - start).toBeGreaterThanOrEqual(DAY);
		await control('POST', '/reset');
		expect((await now()) - start).toBeLessThan(DAY / 2);
	});
});

describe('downloads', () => {
	it('serves whole files, ranges and padded files', async () => {
		const url = await (await link('minimax'))();
		const whole = await fetch(url);
		const bytes = Buffer.from(await whole.arrayBuffer());
		expect(whole.headers.get('content-type')).toBe('video/mp4');
		expect(Number(whole.headers.get('content-length'))).toBe(bytes.length);

		const part = await fetch(url, { headers: { Range: 'bytes=100-199' } });
		expect([part.status, part.headers.get('content-range')]).toEqual([
			206,
			`bytes 100-199/${bytes.length}`,
		]);
		expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
		const beyond = await fetch(url, { headers: { Range: `bytes=${bytes.length}-` } });
		expect(beyond.status).toBe(416);

		sandbox.configure({ downloadBytes: 3_000_000 });
		const padded = Buffer.from(await (await fetch(url)).arrayBuffer());
		expect(padded.length).toBe(3_000_000);
		expect(padded.toString('latin1', bytes.length + 4, bytes.length + 8)).toBe('free');
		expect(padded.readUInt32BE(bytes.length)).toBe(3_000_000 - bytes.length);
		const tail = await fetch(url, { headers: { Range: 'bytes=-10' } });
		expect((await tail.arrayBuffer()).byteLength).toBe(10);
	});

	it('notices a key that reaches the download host', async () => {
		const url = await (await link('minimax'))();
		await fetch(url);
		await fetch(url, { headers: { Authorization: 'Bearer sk-test' } });
		expect(sandbox.requests({ step: 'download' }).map(({ auth }) => auth)).toEqual([
			'none',
			'authorization',
		]);
	});

	it('lets links expire; MiniMax gives a fresh one, ToAPIs keeps its 24 hours', async () => {
		const minimax = await link('minimax');
		const toapis = await link('toapis');
		const urls = { minimax: await minimax(), toapis: await toapis() };
		sandbox.advance(3600 * 1000);
		expect((await fetch(urls.minimax)).status).toBe(403);
		expect((await fetch(await minimax())).status).toBe(200);
		expect((await fetch(urls.toapis)).status).toBe(200);
		sandbox.advance(23 * 3600 * 1000);
		expect((await fetch(urls.toapis)).status).toBe(403);
		expect((await fetch(await toapis())).status).toBe(403);
		expect((await fetch(urls.toapis.replace('expires=1', 'expires=9'))).status).toBe(403);
	});

	it('is a whole H.264 file, also when padded', async () => {
		sandbox.configure({ downloadBytes: 200_000 });
		const url = await (await link('minimax'))();
		const file = Buffer.from(await (await fetch(url)).arrayBuffer());
		expect(file.byteLength).toBe(200_000);
		expect(readMp4(file)).toMatchObject({ width: 1366, height: 768, durationSeconds: 6 });
		expect(file.includes('avc1')).toBe(true);
	});
});

it('runs from the command line, and ends cleanly', async () => {
	const args = ['--import', 'tsx', 'sandbox/main.ts', '--port', '0'];
	const child = spawn(process.execPath, args, { cwd: join(__dirname, '..', '..') });
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? '';
	expect((await fetch(`${url}/control/tasks`)).status).toBe(200);
	for (const { title } of vendors)
		expect(line.toString()).toContain(`${title} at http://127.0.0.1:`);
	child.kill('SIGTERM');
	expect(await once(child, 'exit')).toEqual([0, null]);
}, 30_000);
