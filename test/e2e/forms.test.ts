import { Editor } from '../../harness/n8n/editor';
import { openSession, sharedN8n } from './shared';
import { oneNode } from '../../harness/n8n/workflows';

jest.setTimeout(240_000);

let editor: Editor;

beforeAll(async () => {
	// Makes the owner, where this file is the first one of its n8n.
	await openSession();
	editor = await Editor.open(sharedN8n().url);
});

afterAll(async () => await editor.close());

async function open(type: string, parameters: Record<string, unknown> = {}) {
	const session = await openSession();
	await editor.openWorkflow(await session.createWorkflow(oneNode(type, parameters, {})));
	await editor.openNode('Hailuo');
}

test('vendor, mode, model and resolution narrow the next drop-down', async () => {
	await open('hailuoGenerateVideo');
	expect(await editor.choices('mode')).toEqual([
		'Text to Video',
		'Image to Video',
		'First and Last Frame',
		'Subject Reference',
		'Reference to Video',
	]);
	await editor.choose('provider', 'Runware');
	expect(await editor.choices('mode')).toEqual(['Text to Video', 'Image to Video']);
	expect(await editor.choices('model')).not.toContain('MiniMax-Hailuo-2.3-Fast');
	await editor.choose('mode', 'Image to Video');
	expect(await editor.choices('model')).toContain('MiniMax-Hailuo-2.3-Fast');
	await editor.screenshot('form-runware');
	await editor.choose('provider', 'MiniMax');
	await editor.choose('model', 'MiniMax-Hailuo-02');
	expect(await editor.choices('resolution')).toEqual(['Automatic (768P)', '768P', '1080P', '512P']);
	await editor.choose('resolution', '1080P');
	expect(await editor.choices('duration')).toEqual(['Automatic (6 Seconds)', '6 Seconds']);
	await editor.choose('resolution', '512P');
	expect(await editor.choices('duration')).toContain('10 Seconds');
	await editor.screenshot('form-minimax');
	for (const vendor of ['ToAPIs', 'Apiframe']) {
		await editor.choose('provider', vendor);
		expect(await editor.choices('mode')).toContain('First and Last Frame');
		await editor.screenshot(`form-${vendor.toLowerCase()}`);
	}
});

test('the credential of a fallback provider is shown as long as the provider is in the list', async () => {
	await open('hailuoGenerateVideo');
	const { page } = editor;
	const credential = (vendor: string) => page.getByText(`Credential for ${vendor}`);
	const add = async () => await page.getByText('Add Fallback Provider').click();
	await add();
	await credential('Runware').waitFor();
	await editor.choose('provider', 'Apiframe', 1);
	await credential('Apiframe').waitFor();
	await credential('Runware').waitFor({ state: 'hidden' });
	await add();
	await credential('Runware').waitFor();
	await editor.screenshot('form-fallback');
	// The first of the list goes, and the second one takes its place.
	await page.getByTestId('fixed-collection-delete').first().click({ force: true });
	await credential('Apiframe').waitFor({ state: 'hidden' });
	expect(await credential('Runware').isVisible()).toBe(true);
	expect(await credential('MiniMax').isVisible()).toBe(true);
	await editor.screenshot('form-fallback-removed');
});

test('the operation of Query Task changes its form', async () => {
	await open('hailuoQueryTask');
	expect(await editor.choices('provider')).toContain('From Task Reference');
	await editor.screenshot('query-get');
	await editor.choose('operation', 'List');
	expect(await editor.choices('provider')).toEqual(['MiniMax', 'Apiframe']);
	await editor.screenshot('query-list');
	await editor.choose('operation', 'Wait');
	await editor.screenshot('query-wait');
});
