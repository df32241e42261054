import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { N8nHome, type Workflow } from '../../harness/n8n/home';
import { projectRoot } from '../../harness/pack';
import { Editor } from '../../harness/n8n/editor';
import { readMp4 } from '../support/mp4';
import { openSession, sharedN8n } from './shared';

jest.setTimeout(600_000);

let sandbox: Sandbox;
const minimax = () => ({
	name: 'MiniMax sandbox',
	type: 'hailuoMiniMaxApi',
	data: { apiKey: 'first-video-key', region: 'custom', baseUrl: sandbox.baseUrl('minimax') },
});

beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
});
afterAll(async () => {
	await sandbox?.close();
});

test('n8n execute runs the example workflow to a finished MP4', async () => {
	const home = await N8nHome.create({ tarball: sharedN8n().tarball });
	try {
		const example = JSON.parse(
			readFileSync(join(projectRoot, 'examples', 'text-to-video.json'), 'utf8'),
		) as Workflow & { id: string };
		const references = example.nodes.flatMap(({ credentials = {} }) => Object.values(credentials));
		await home.importCredentials(references.map(({ id }) => ({ ...minimax(), id: String(id) })));
		await home.importWorkflow(example);

		const execution = await home.executeWorkflow(example.id);

		const { runData, error } = execution.data.resultData;
		expect(error).toBeUndefined();
		const item = runData['Generate Video']?.[0]?.data?.main[0]?.[0];
		expect(item?.json).toMatchObject({
			provider: 'minimax',
			status: 'completed',
			taskRef: expect.stringMatching(/^minimax:v1:\d+$/),
			model: 'MiniMax-Hailuo-2.3',
		});
		const binary = item?.binary?.data;
		if (!binary) throw new Error('The item has no binary field data.');
		expect(binary.mimeType).toBe('video/mp4');
		const video = readMp4(await home.readBinary(binary));
		expect(video).toMatchObject({ width: 1366, height: 768 });
		expect(video.durationSeconds).toBeCloseTo(6, 0);
		expect(sandbox.charges('first-video-key')).toHaveLength(1);
	} finally {
		await home.remove();
	}
});

test('in the editor: find the node, fill the form, run it, watch the video', async () => {
	const session = await openSession();
	await session.saveCredential(minimax());
	const editor = await Editor.open(sharedN8n().url);
	try {
		await editor.newWorkflow();
		await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
		await editor.chooseCredential('MiniMax sandbox');
		expect(await editor.shown('provider')).toBe('MiniMax');
		expect(await editor.choices('model')).toEqual(
			expect.arrayContaining(['MiniMax-Hailuo-2.3', 'MiniMax-Hailuo-02']),
		);
		await editor.fill('prompt', 'A fox runs through fresh snow');
		await editor.screenshot('form');

		expect(await editor.executeStep()).toContain('1 item');

		const video = await editor.viewVideo();
		await editor.screenshot('video');
		expect(video.duration).toBeCloseTo(6, 0);
		expect(video).toMatchObject({ width: 1366, height: 768 });
	} catch (failure) {
		await editor.screenshot('failure');
		throw failure;
	} finally {
		await editor.close();
	}
});
