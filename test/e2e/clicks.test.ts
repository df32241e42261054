import { startSandbox, type Sandbox } from '../../sandbox/server';
import { Editor } from '../../harness/n8n/editor';
import { saveAllCredentials } from '../../harness/n8n/examples';
import { startN8n, type N8nInstance } from '../../harness/n8n/instance';
import { N8nSession, testLogin } from '../../harness/n8n/session';
import { sharedN8n } from './shared';

jest.setTimeout(300_000);

/** With one credential of each kind in it, as somebody has after the first day: n8n chooses it by itself. */
let n8n: N8nInstance;
let sandbox: Sandbox;
let editor: Editor;

beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	n8n = await startN8n({ tarball: sharedN8n().tarball });
	const session = await N8nSession.open(n8n.url);
	await saveAllCredentials(session, sandbox, '');
	editor = await Editor.open(n8n.url, testLogin, { width: 1280, height: 720 });
});

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
	await sandbox?.close();
});

/** What an item or an event shows, with a file or without one, and an error does not. */
const reference = /hailuo-\d+\.mp4|minimax:v1:\d+/;

test('a search for “hailuo” and Enter is Generate Video', async () => {
	await editor.newWorkflow();
	const found = await editor.searchNodes('hailuo');
	await editor.screenshot('clicks-search');
	expect(found[0]).toBe('Hailuo Generate Video');
	expect(found).toContain('Hailuo Query Video Task');
});

test('a first video takes at most six clicks', async () => {
	await editor.newWorkflow();
	const before = editor.clicks;
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await enterPrompt();
	expect(await editor.executeStep()).toMatch(reference);
	await editor.screenshot('clicks-video');
	expect(editor.clicks - before).toBeLessThanOrEqual(6);
});

test('a workflow that reacts to finished videos takes at most twenty clicks, with the one that orders them', async () => {
	await editor.newWorkflow();
	const before = editor.clicks;
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await enterPrompt();
	await editor.toggle('waitForCompletion');
	await editor.toggle('recordTask');
	await editor.chooseCredential('Task table of this n8n', 1);
	expect(await editor.executeStep()).toMatch(reference);
	await editor.screenshot('clicks-recorded');
	await editor.closeNode();

	await editor.newWorkflow();
	await editor.addNode('hailuo', 'Hailuo Video Finished', 'On completed');
	await editor.chooseCredential('MiniMax sandbox', 1);
	expect(await editor.executeStep()).toMatch(reference);
	await editor.screenshot('clicks-event');
	await editor.closeNode();
	await editor.publish();
	await editor.screenshot('clicks-published');
	expect(editor.clicks - before).toBeLessThanOrEqual(20);
});

async function enterPrompt() {
	await editor.parameter('prompt').locator('textarea').click();
	await editor.fill('prompt', 'A paper boat drifts down a rainy street');
}
