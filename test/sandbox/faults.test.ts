import { startSandbox } from '../../sandbox/server';
import type { Fault } from '../../sandbox/faults';
import { taskKinds } from '../support/vendors';
import { call } from './client';
import { sandbox, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 10, slowDripMilliseconds: 5 } });

const body = { model: 'MiniMax-Hailuo-2.3', prompt: 'a lighthouse' };
const create = async () => await call(sandbox, 'minimax', '/v1/video_generation', { body });
const status = async (id: string) =>
	await call(sandbox, 'minimax', `/v1/query/video_generation?task_id=${id}`);
const inject = (step: Fault['step'], kind: Fault['kind'], more: Partial<Fault> = {}) =>
	sandbox.inject({ vendor: 'minimax', step, kind, ...more });

describe('a fault of a create', () => {
	it.each<[Fault['kind'], number]>([
		['rateLimited', 429],
		['serverError', 500],
		['badGatewayHtml', 502],
		['unavailable', 503],
		['htmlOk', 200],
		['rateLimitedInBody', 200],
		['errorInBody', 200],
	])('%s answers %i and, unless handled, creates nothing', async (kind, expected) => {
		inject('create', kind);
		expect((await create()).status).toBe(expected);
		expect(sandbox.tasks()).toHaveLength(0);
		inject('create', kind, { handled: true });
		expect((await create()).status).toBe(expected);
		expect(sandbox.tasks()).toHaveLength(1);
		expect(sandbox.charges()).toHaveLength(1);
		expect((await create()).json.base_resp.status_code).toBe(0);
	});

	it.each([200, 302, 401, 403, 404, 413, 429, 500, 503, 520, 599])(
		'can be a page with HTTP %i',
		async (expected) => {
			inject('create', 'html', { status: expected });
			inject('create', 'html', { status: expected, handled: true });
			for (const tasks of [0, 1]) {
				const { status: code, headers, text } = await create();
				expect([code, sandbox.tasks().length]).toEqual([expected, tasks]);
				expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
				expect(text).toMatch(new RegExp(`^<!doctype html>.*<h1>${expected} `));
			}
		},
	);

	it('is a page with HTTP 403 unless told otherwise, and only with a real status', async () => {
		inject('create', 'html');
		expect([(await create()).status, (await create()).status]).toEqual([403, 200]);
		for (const wrong of [199, 600]) {
			expect(() => inject('create', 'html', { status: wrong })).toThrow('status');
		}
	});

	it('breaks the line before or after the task exists', async () => {
		inject('create', 'resetBeforeRead');
		await expect(create()).rejects.toThrow('fetch failed');
		expect(sandbox.tasks()).toHaveLength(0);
		inject('create', 'resetAfterRead');
		await expect(create()).rejects.toThrow('fetch failed');
		expect(sandbox.tasks()).toHaveLength(1);
		expect(sandbox.charges()).toHaveLength(1);
		expect(sandbox.requests().map((request) => request.status)).toEqual([undefined, undefined]);
	});

	it('cuts the JSON after the task was created', async () => {
		inject('create', 'truncatedJson');
		const { status: code, json, text } = await create();
		expect([code, json]).toEqual([200, undefined]);
		expect(text).toMatch(/^\{"task_id"/);
		expect(sandbox.tasks()).toHaveLength(1);
	});

	it('says when to come back, if told so', async () => {
		inject('create', 'rateLimited');
		expect((await create()).headers.get('retry-after')).toBeNull();
		inject('create', 'rateLimited', { retryAfter: 7 });
		expect((await create()).headers.get('retry-after')).toBe('7');
	});

	it('answers what a custom fault says', async () => {
		inject('create', 'custom', { status: 418, headers: { 'x-tea': 'green' }, body: { tea: true } });
		const answer = await create();
		expect([answer.status, answer.headers.get('x-tea'), answer.json]).toEqual([
			418,
			'green',
			{ tea: true },
		]);
	});

	it('comes after some requests, for some times', async () => {
		inject('create', 'serverError', { after: 1, times: 2 });
		const statuses = [];
		for (let index = 0; index < 4; index += 1) statuses.push((await create()).status);
		expect(statuses).toEqual([200, 500, 500, 200]);
		inject('create', 'serverError', { times: 'always' });
		expect([(await create()).status, (await create()).status]).toEqual([500, 500]);
	});
});

describe('a fault of a status request', () => {
	it('shows words that nobody knows, earlier words, and empty links', async () => {
		const { task_id: id } = (await create()).json;
		sandbox.advance(10_000);
		inject('status', 'unknownStatus');
		inject('status', 'statusBackwards');
		inject('status', 'taskUnknown');
		expect((await status(id)).json.status).toBe('Simmering');
		expect((await status(id)).json).toMatchObject({ status: 'Preparing', file_id: '' });
		expect((await status(id)).json.base_resp.status_code).toBe(2013);
		const { file_id: fileId } = (await status(id)).json;
		inject('retrieve', 'emptyUrl');
		const { text } = await call(sandbox, 'minimax', `/v1/files/retrieve?file_id=${fileId}`);
		expect(text).toContain(`"file_id":${fileId},`);
		expect(text).toContain('"download_url":""');
	});

	const questions = taskKinds.filter(({ question }) => question);

	it.each(questions)('speaks as $name', async ({ vendor, question, unknownTask = 404 }) => {
		const { path = '', body: asked } = question?.('1') ?? {};
		const kinds: Array<[Fault['kind'], number]> = [
			['rateLimited', 429],
			['serverError', 500],
			['unavailable', 503],
			['errorInBody', 200],
			['taskUnknown', unknownTask],
		];
		for (const [kind, expected] of kinds) {
			sandbox.inject({ vendor, step: 'status', kind });
			const answer = await call(sandbox, vendor, path, { body: asked });
			expect([kind, answer.status]).toEqual([kind, expected]);
			expect(typeof answer.json).toBe('object');
		}
	});

	it('drips without end', async () => {
		inject('status', 'slowDrip');
		const response = await fetch(
			`${sandbox.baseUrl('minimax')}/v1/query/video_generation?task_id=1`,
			{ headers: { Authorization: 'Bearer sk-test' } },
		);
		const reader = response.body?.getReader();
		const first = await reader?.read();
		expect(first?.value?.length).toBeLessThan(5);
		expect((await reader?.read())?.done).toBe(false);
		await reader?.cancel();
	});
});

describe('a fault of a download', () => {
	const finished = async (): Promise<string> => {
		const { task_id: id } = (await create()).json;
		sandbox.advance(10_000);
		const { file_id: fileId } = (await status(id)).json;
		const { json } = await call(sandbox, 'minimax', `/v1/files/retrieve?file_id=${fileId}`);
		return json.file.download_url;
	};

	it('cuts the file', async () => {
		const url = await finished();
		inject('download', 'truncatedFile');
		const response = await fetch(url);
		expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10_000);
		await expect(response.arrayBuffer()).rejects.toThrow('terminated');
		expect((await (await fetch(url)).arrayBuffer()).byteLength).toBeGreaterThan(10_000);
	});

	it('has an expired link', async () => {
		const url = await finished();
		inject('download', 'expiredLink');
		expect((await fetch(url)).status).toBe(403);
		expect((await fetch(url)).status).toBe(200);
	});
});

it('ends hanging connections when it closes', async () => {
	const other = await startSandbox();
	for (const kind of ['noAnswer', 'noAnswerAfterRead', 'slowDrip'] as const) {
		other.inject({ vendor: 'minimax', step: 'create', kind });
	}
	const hanging = [1, 2, 3].map(
		async () => await call(other, 'minimax', '/v1/video_generation', { body }),
	);
	const failures = Promise.allSettled(hanging);
	while (other.requests().filter(({ fault }) => fault).length < 3) {
		await new Promise((done) => setTimeout(done, 10));
	}
	expect(other.tasks().length).toBeLessThanOrEqual(2);
	// One that waited for its connections to end would wait for ever.
	await other.close();
	expect((await failures).map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
});
