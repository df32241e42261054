import type { INodeParameters } from 'n8n-workflow';
import { runNode } from '../../harness/engine/runNode';
import { runAndRead } from './labels';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

const minimaxKey = (apiKey = 'key') => ({
	hailuoMiniMaxApi: { apiKey, region: 'custom', baseUrl: sandbox.baseUrl('minimax') },
});

useSandbox(simulateTime());

async function submit(prompt: string, parameters: INodeParameters = {}) {
	const { items } = await runNode({
		parameters: { prompt, waitForCompletion: false, ...parameters },
		credentials: minimaxKey(),
	});
	return items[0].json;
}

async function query(
	parameters: INodeParameters,
	items = [{ json: {} }],
	credentials = minimaxKey(),
	onError?: 'continueRegularOutput',
) {
	return await runAndRead({
		type: 'hailuoQueryTask',
		parameters,
		items,
		credentials,
		...(onError && { node: { onError } }),
	});
}

const h3 = { model: 'MiniMax-H3', duration: 5 };

describe('Get', () => {
	test('gives three outputs by status, and items from Generate Video need nothing typed', async () => {
		const done = await submit('{{sandbox seconds=1}} done');
		const failed = await submit('{{sandbox seconds=1 fail=1027}} refused');
		sandbox.advance(5000);
		const running = await submit('{{sandbox seconds=3600}} slow');
		const { outputs } = await query({}, [{ json: running }, { json: failed }, { json: done }]);
		expect(outputs.map((items) => items.map(({ json }) => json.taskRef))).toEqual([
			[done.taskRef],
			[running.taskRef],
			[failed.taskRef],
		]);
		const [[completed], , [refused]] = outputs;
		expect(completed.json).toMatchObject({
			status: 'completed',
			model: 'MiniMax-Hailuo-2.3',
			mode: 'textToVideo',
			videoUrl: expect.stringContaining('http'),
			expiresAt: expect.stringMatching(/Z$/),
		});
		expect(refused.json).toMatchObject({ status: 'failed', failure: { code: '1027' } });
		expect(completed.pairedItem).toEqual({ item: 2 });
	});

	test('off, Route by Status leaves one output', async () => {
		const { taskRef } = await submit('{{sandbox seconds=3600}}');
		const { outputs } = await query({ task: String(taskRef), routeByStatus: false });
		expect(outputs).toHaveLength(1);
		expect(outputs[0][0].json.status).toMatch(/queued|processing/);
	});

	test('an expired link is resolved anew', async () => {
		sandbox.configure({ linkSeconds: 60 });
		const { taskRef } = await submit('{{sandbox seconds=1}}');
		sandbox.advance(5000);
		const first = await query({ task: String(taskRef) });
		sandbox.advance(120_000);
		const second = await query({ task: String(taskRef) });
		expect(second.items[0].json.videoUrl).not.toBe(first.items[0].json.videoUrl);
	});

	test('many H3 tasks are asked for in one call', async () => {
		const tasks = [];
		for (let index = 0; index < 12; index++) tasks.push(await submit(`Scene ${index}`, h3));
		sandbox.clearRequests();
		const { outputs } = await query(
			{},
			tasks.map((json) => ({ json })),
		);
		expect(outputs.flat()).toHaveLength(12);
		expect(sandbox.requests({ vendor: 'minimax' })).toHaveLength(1);
	});

	test.each([
		['nonsense:x', /“nonsense:x” is not a task reference/],
		['sora:video:1', /“sora:video:1” is not a task reference/],
		['minimax:v9:1', /has the unknown kind “v9”/],
		['12345', /is a bare ID, which does not say whose it is/],
		['', /Task is empty/],
		['runware:video:5ab1e0a4-0000-4000-8000-000000000000', /no credential for Runware/],
	])('%j is refused with a sentence', async (task, sentence) => {
		const { error } = await query({ task });
		expect(error?.message).toMatch(sentence);
		expect(error?.description).not.toBe('');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('a bare ID works with provider and kind', async () => {
		const { taskId, taskRef } = await submit('A boat', h3);
		const { outputs } = await query({ task: String(taskId), provider: 'minimax', taskKind: 'v2' });
		expect(outputs.flat()[0].json.taskRef).toBe(taskRef);
	});

	test('a reference of another vendor than the chosen one is refused', async () => {
		const { error } = await query({ task: 'minimax:v1:123', provider: 'apiframe' });
		expect(error?.message).toMatch(/belongs to MiniMax/);
	});

	test('unknown, foreign and template IDs say how to ask, item by item', async () => {
		const mine = await submit('{{sandbox seconds=1}}');
		const foreign = await query({ task: String(mine.taskRef) }, undefined, minimaxKey('other'));
		expect(foreign.error?.message).toContain('MiniMax does not know this task');
		expect(foreign.error?.description).toContain('minimax:template:ID');
		sandbox.advance(5000);
		const { outputs } = await query(
			{ task: '={{ $json.taskRef }}' },
			[{ json: { taskRef: 'minimax:v1:999' } }, { json: mine }],
			minimaxKey(),
			'continueRegularOutput',
		);
		expect(outputs[0][0].json.taskRef).toBe(mine.taskRef);
		expect(outputs[2][0].json).toMatchObject({
			error: expect.stringContaining('minimax:v1:999'),
			details: { taskRef: 'minimax:v1:999' },
		});
	});
});

describe('Wait and Download', () => {
	test('Wait waits for several tasks together and downloads them', async () => {
		const tasks = [await submit('{{sandbox seconds=30}}'), await submit('{{sandbox seconds=5}}')];
		const { items } = await query(
			{ operation: 'wait' },
			tasks.map((json) => ({ json })),
		);
		expect(items.map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(items.map(({ binary }) => binary?.data.mimeType)).toEqual(['video/mp4', 'video/mp4']);
	});

	test('Download needs nothing but the reference', async () => {
		const { taskRef } = await submit('{{sandbox seconds=1}}');
		sandbox.advance(5000);
		const { items } = await query({ operation: 'download', task: String(taskRef) });
		const file = Buffer.from(items[0].binary?.data.data ?? '', 'base64');
		expect(file.subarray(4, 8).toString()).toBe('ftyp');
		const [download] = sandbox.requests().filter(({ step }) => step === 'download');
		expect(download.auth).toBe('none');
	});

	test('Download of an unfinished task says what to do', async () => {
		const { taskRef } = await submit('{{sandbox seconds=3600}}');
		const { error } = await query({ operation: 'download', task: String(taskRef) });
		expect(error?.message).toMatch(/there is no video to download/);
	});
});

describe('List and Cancel', () => {
	test('List with Return All reads more than one page', async () => {
		sandbox.configure({ rateLimits: false });
		const { items: submitted } = await runNode({
			parameters: { prompt: '={{ $json.prompt }}', waitForCompletion: false, ...h3 },
			items: Array.from({ length: 60 }, (_, index) => ({ json: { prompt: `Scene ${index}` } })),
			credentials: minimaxKey(),
		});
		const all = await query({ operation: 'list', provider: 'minimax', returnAll: true });
		expect(new Set(all.items.map(({ json }) => json.taskRef))).toEqual(
			new Set(submitted.map(({ json }) => json.taskRef)),
		);
		const some = await query({ operation: 'list', provider: 'minimax', limit: 7 });
		expect(some.items).toHaveLength(7);
	});

	test('List says which vendors have a list', async () => {
		const { error } = await query({ operation: 'list' });
		expect(error?.description).toMatch(/Set Provider to MiniMax/);
	});

	test('Cancel cancels a queued H3 task, and it costs nothing', async () => {
		const { taskRef } = await submit('{{sandbox seconds=600}}', h3);
		const { items } = await query({ operation: 'cancel', task: String(taskRef) });
		expect(items[0].json.status).toBe('cancelled');
		const sum = sandbox.charges('key').reduce((total, { amount }) => total + amount, 0);
		expect(sum).toBeCloseTo(0);
	});

	test('Cancel of a running task and of a Hailuo task say why not', async () => {
		const running = await submit('{{sandbox seconds=600}}', h3);
		sandbox.advance(400_000);
		const late = await query({ operation: 'cancel', task: String(running.taskRef) });
		expect(late.error?.message).toMatch(/MiniMax cancels queued tasks only/);
		expect(late.error?.message).toContain(String(running.taskRef));
		const hailuo = await query({ operation: 'cancel', task: 'minimax:v1:1' });
		expect(hailuo.error?.message).toMatch(/no way to cancel/);
	});
});
