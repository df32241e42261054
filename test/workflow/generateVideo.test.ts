import { sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

useSandbox(simulateTime());

test('a prompt becomes a finished, downloaded video and one charge', async () => {
	const { items, error } = await runNode({
		parameters: { prompt: 'A paper boat drifts down a rainy street' },
		credentials: sandboxKeys(sandbox),
	});
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	const [{ json, binary }] = items;
	expect(json).toMatchObject({
		provider: 'minimax',
		model: 'MiniMax-Hailuo-2.3',
		mode: 'textToVideo',
		status: 'completed',
		progress: 100,
		resolution: '768P',
		width: 1366,
		height: 768,
		durationSeconds: 6,
		cost: { amount: 0.28, unit: 'USD', source: 'estimate' },
	});
	expect(json.taskRef).toBe(`minimax:v1:${String(json.taskId)}`);
	expect(Number.isSafeInteger(Number(json.taskId))).toBe(false);
	const file = Buffer.from(binary?.data.data ?? '', 'base64');
	expect(file.subarray(4, 8).toString()).toBe('ftyp');
	expect(binary?.data).toMatchObject({ mimeType: 'video/mp4', fileExtension: 'mp4' });
	expect(sandbox.charges('key')).toHaveLength(1);
});

test('a credential is opened once, however many requests are made with it', async () => {
	const { hailuoMiniMaxApi } = sandboxKeys(sandbox);
	let opened = 0;
	const { items } = await runNode({
		parameters: { prompt: 'A paper boat' },
		items: [{ json: {} }, { json: {} }],
		credentials: {
			get hailuoMiniMaxApi() {
				opened++;
				return hailuoMiniMaxApi;
			},
		},
	});
	expect(items).toHaveLength(2);
	expect(sandbox.requests().length).toBeGreaterThan(4);
	expect(opened).toBe(1);
});

test('ten items are made together, in order', async () => {
	const { items } = await runNode({
		parameters: { prompt: '={{ $json.prompt }}' },
		items: Array.from({ length: 10 }, (_, index) => ({ json: { prompt: `Scene ${index}` } })),
		credentials: sandboxKeys(sandbox),
	});
	const created = sandbox.requests({ vendor: 'minimax', step: 'create' });
	const prompts = new Map(
		sandbox
			.tasks()
			.map(({ id }, index) => [id, (created[index].body as { prompt: string }).prompt]),
	);
	expect(items.map(({ json }) => prompts.get(String(json.taskId)))).toEqual(
		items.map((_, index) => `Scene ${index}`),
	);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	expect(sandbox.charges('key')).toHaveLength(10);
});
