import { oneNode } from '../../harness/n8n/workflows';
import { credentials, sandbox, session, useWorld } from './world';

jest.setTimeout(180_000);

useWorld({ secondsPerTask: 2, rateLimits: false });

beforeEach(() => sandbox.reset());

async function run(type: string, parameters: Record<string, unknown>) {
	sandbox.configure({ rateLimits: false });
	const { data } = await session.runNew(oneNode(type, parameters, credentials));
	const [node] = data.resultData.runData.Hailuo;
	return {
		error: data.resultData.error,
		outputs: (node.data?.main ?? []).map((items) => items ?? []),
	};
}

async function submit(parameters: Record<string, unknown>): Promise<string> {
	const { outputs } = await run('hailuoGenerateVideo', {
		prompt: 'A paper boat',
		waitForCompletion: false,
		...parameters,
	});
	return String(outputs[0][0].json.taskRef);
}

test('a task of another workflow is downloaded from its reference alone', async () => {
	const task = await submit({ provider: 'apiframe' });
	sandbox.advance(10_000);
	const { outputs } = await run('hailuoQueryTask', { operation: 'download', task });
	const [{ json, binary }] = outputs[0];
	expect(json).toMatchObject({ taskRef: task, status: 'completed' });
	const file = await session.readBinary(binary?.data as never);
	expect(file.subarray(4, 8).toString()).toBe('ftyp');
});

test('a template from the list and one by its ID', async () => {
	const images = { items: [{ source: 'url', url: 'https://example.com/pet.jpg' }] };
	const templates = [
		{ __rl: true, mode: 'list', value: '393881433990066176' },
		{ __rl: true, mode: 'id', value: '393498001241890824' },
	];
	for (const template of templates) {
		const { outputs } = await run('hailuoTemplateVideo', {
			template,
			images,
			wait: { pollIntervalSeconds: 1 },
		});
		expect(outputs[0][0].json).toMatchObject({ status: 'completed', mode: 'template' });
	}
	const sent = sandbox.requests({ vendor: 'minimax', step: 'create' });
	expect(sent.map(({ body }) => (body as { template_id: string }).template_id)).toEqual(
		templates.map(({ value }) => value),
	);
});

test('a queued H3 task is cancelled, and nothing is left to pay', async () => {
	const task = await submit({ model: 'MiniMax-H3', prompt: '{{sandbox seconds=600}}' });
	const { outputs } = await run('hailuoQueryTask', { operation: 'cancel', task });
	expect(outputs[0][0].json.status).toBe('cancelled');
	expect(sandbox.charges().reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(0);
});

test('List with Return All reads more than one page', async () => {
	const { baseUrl } = sandbox;
	for (let index = 0; index < 60; index++) {
		await fetch(`${baseUrl('minimax')}/v2/video_generation`, {
			method: 'POST',
			headers: { Authorization: 'Bearer sandbox-key', 'Content-Type': 'application/json' },
			body: JSON.stringify({
				model: 'MiniMax-H3',
				content: [{ type: 'text', text: `Scene ${index}` }],
				resolution: '768P',
				duration: 5,
				ratio: '16:9',
			}),
		});
	}
	const { outputs } = await run('hailuoQueryTask', {
		operation: 'list',
		provider: 'minimax',
		returnAll: true,
	});
	expect(new Set(outputs[0].map(({ json }) => json.taskRef)).size).toBe(60);
	expect(sandbox.requests({ vendor: 'minimax', step: 'list' }).length).toBeGreaterThan(1);
});
