import { startSandbox, type Sandbox } from '../../sandbox/server';
import { Editor } from '../../harness/n8n/editor';
import { saveSandboxCredentials, saveTaskTableCredential } from '../../harness/n8n/examples';
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
	await saveSandboxCredentials(session, sandbox, '');
	await saveTaskTableCredential(session);
	editor = await Editor.open(n8n.url, testLogin, { width: 1280, height: 720 });
});

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
	await n8n?.home.remove();
	await sandbox?.close();
});

test('a first video takes at most six clicks', async () => {
	await editor.newWorkflow();
	const before = editor.clicks;
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await editor.parameter('prompt').locator('textarea').click();
	await editor.fill('prompt', 'A paper boat drifts down a rainy street');
	await editor.screenshot('clicks-form');
	expect(await editor.executeStep()).toContain('1 item');
	await editor.screenshot('clicks-video');
	expect(editor.clicks - before).toBeLessThanOrEqual(6);
});

test('a workflow that fires when videos are finished takes at most twenty clicks', async () => {
	await editor.newWorkflow();
	const before = editor.clicks;
	// What orders videos, and records them.
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await editor.parameter('prompt').locator('textarea').click();
	await editor.fill('prompt', 'A paper boat drifts down a rainy street');
	await editor.toggle('waitForCompletion');
	await editor.toggle('recordTask');
	await editor.screenshot('clicks-record');
	expect(await editor.executeStep()).toContain('1 item');
	await editor.closeNode();
	// What reacts.
	await editor.newWorkflow();
	await editor.addNode('hailuo', 'Hailuo Video Finished', 'On completed');
	await editor.screenshot('clicks-trigger');
	expect(await editor.executeStep()).toContain('1 item');
	await editor.screenshot('clicks-event');
	await editor.closeNode();
	await editor.publish();
	await editor.screenshot('clicks-published');
	expect(editor.clicks - before).toBeLessThanOrEqual(20);
});
