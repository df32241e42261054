import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { startSandbox } from '../sandbox/server';
import { Editor } from '../harness/n8n/editor';
import {
	credentialsOfExamples,
	exampleNames,
	readExample,
	saveAllCredentials,
	saveCredentials,
	type Credentials,
} from '../harness/n8n/examples';
import { N8nHome } from '../harness/n8n/home';
import { startN8n } from '../harness/n8n/instance';
import { N8nSession, testLogin, type Login } from '../harness/n8n/session';
import { buildPackage, packPackage, projectRoot } from '../harness/pack';

export const picturesFolder = join(projectRoot, 'docs', 'images');

interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Keeps a picture of the window, or of a part of it, under a name. */
type Snap = (name: string, part?: Box) => Promise<void>;

interface Studio {
	readonly editor: Editor;
	readonly session: N8nSession;
	readonly credentials: Credentials;
	readonly snap: Snap;
}

interface Wanted {
	readonly login?: Login;
	/** The examples whose canvases are wanted. */
	readonly examples?: readonly string[];
}

/** Takes every picture of README and docs/ into a folder, with the editor of a running n8n. */
export async function takePictures(
	url: string,
	folder: string,
	{ login = testLogin, examples = exampleNames }: Wanted = {},
): Promise<void> {
	const sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	const session = await N8nSession.open(url, login);
	const editor = await Editor.open(url, login, { width: 1440, height: 900 });
	const snap: Snap = async (name, clip) => {
		await hideFloating(editor);
		const picture = await editor.page.screenshot({ clip, animations: 'disabled' });
		await writeFile(join(folder, `${name}.png`), picture);
	};
	try {
		await mkdir(folder, { recursive: true });
		const ours = await saveAllCredentials(session, sandbox, '');
		const credentials = { ...ours, ...(await saveEmptyCredentials(session)) };
		const studio = { editor, session, credentials, snap };
		await firstVideo(studio);
		await mistake(studio);
		await trigger(studio);
		await callbackTrigger(studio);
		await taskTable(studio);
		for (const name of examples) await canvas(studio, name);
	} finally {
		await editor.close();
		await sandbox.close();
	}
}

/** So that no picture shows a missing credential; nothing is sent with them. */
async function saveEmptyCredentials(session: N8nSession): Promise<Credentials> {
	const others = Object.entries(credentialsOfExamples()).filter(
		([type]) => !type.startsWith('hailuo'),
	);
	return await saveCredentials(
		session,
		...others.map(([type, name]) => ({ type, name, data: {} })),
	);
}

/** What floats over the editor and says nothing of the package. */
const floating =
	'.el-notification, .vue-flow__panel, [data-test-id="execute-workflow-button"], [aria-label="Select trigger node"]';

async function hideFloating({ page }: Editor) {
	await page.addStyleTag({ content: `${floating} { display: none !important; }` });
	// Panels and labels slide into place.
	await page.waitForTimeout(500);
}

async function firstVideo({ editor, snap }: Studio) {
	await editor.newWorkflow();
	await editor.searchNodes('hailuo');
	const panel = await boxOf(editor.page.getByTestId('node-creator'));
	await snap('first-video-search', { ...panel, height: 560 });

	await editor.newWorkflow();
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await editor.chooseCredential('MiniMax sandbox');
	await editor.fill(
		'prompt',
		'A paper boat drifts down a rainy street at dusk, street lights glow',
	);
	// A tip for expressions covers what is below a field in use.
	await editor.parameter('prompt').locator('textarea').blur();
	await snap('first-video-form');

	await editor.executeStep();
	await snap('first-video-result');
	await editor.viewVideo();
	await snap('first-video-playing');
}

async function mistake({ editor, snap }: Studio) {
	await editor.newWorkflow();
	await editor.addNode('hailuo', 'Hailuo Generate Video', 'Generate video from text');
	await editor.fill('prompt', 'A paper boat drifts down a rainy street at dusk');
	await editor.choose('duration', '10 Seconds');
	await editor.choose('resolution', '1080P');
	await editor.executeStep();
	await snap('mistake');
}

async function trigger({ editor, session, credentials, snap }: Studio) {
	await editor.openWorkflow(await session.createWorkflow(readExample('react', credentials)));
	await editor.openNode('Hailuo Trigger');
	await snap('trigger-form');
}

async function callbackTrigger({ editor, session, credentials, snap }: Studio) {
	const react = readExample('react-callback', credentials);
	await editor.openWorkflow(await session.createWorkflow(react));
	await editor.openNode('Hailuo Callback Trigger');
	// Nothing stands in the output pane.
	await snap('callback-trigger-form', { x: 0, y: 0, width: 940, height: 900 });
}

async function taskTable({ editor, session, credentials, snap }: Studio) {
	const fire = await session.createWorkflow(readExample('fire', credentials));
	await session.runWorkflow(fire);
	await editor.openTable('Hailuo Tasks');
	await snap('task-table', { x: 0, y: 0, width: 1440, height: 250 });
}

/** The whole workflow of an example, without the editor around it. */
async function canvas({ editor, session, credentials, snap }: Studio, name: string) {
	await editor.openWorkflow(await session.createWorkflow(readExample(name, credentials)));
	await editor.zoomToFit();
	await snap(name, around(await Promise.all((await editor.canvasNodes.all()).map(boxOf))));
}

async function boxOf(element: Locator): Promise<Box> {
	const box = await element.boundingBox();
	if (!box) throw new Error('What should be in the picture is not on the screen.');
	return box;
}

/** The nodes with their labels below and the lines that lead around them. */
function around(boxes: readonly Box[]): Box {
	const left = Math.min(...boxes.map(({ x }) => x)) - 48;
	const top = Math.min(...boxes.map(({ y }) => y)) - 24;
	const right = Math.max(...boxes.map(({ x, width }) => x + width)) + 60;
	const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + 72;
	return { x: left, y: top, width: right - left, height: bottom - top };
}

async function main() {
	await buildPackage();
	await rm(picturesFolder, { recursive: true, force: true });
	const home = await N8nHome.create();
	await home.installPackage(await packPackage(home.userFolder));
	const n8n = await startN8n({ home });
	try {
		await takePictures(n8n.url, picturesFolder);
	} finally {
		await n8n.stop();
		await home.remove();
	}
	console.log(`${(await readdir(picturesFolder)).length} pictures in ${picturesFolder}`);
}

if (require.main === module) void main();
