import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import { automaticModel } from '../../video/capabilities';
import { modes } from '../../video/request';
import { png } from '../sandbox/images';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { binaryItem, runNode } from '../../harness/engine/runNode';
import { runAndRead } from './labels';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

/** What people write is taken as they mean it, and what cannot be read is named by its label. */
useSandbox(simulateTime());

async function run(parameters: INodeParameters, items?: INodeExecutionData[], type?: string) {
	return await runAndRead({
		type,
		parameters: { prompt: 'A paper boat', ...parameters },
		items,
		credentials: sandboxKeys(sandbox),
	});
}

/** The request that would be sent. */
async function bodyFor(parameters: INodeParameters, items?: INodeExecutionData[]) {
	const { items: made, error } = await run({ ...parameters, options: { dryRun: true } }, items);
	expect(error?.message).toBeUndefined();
	return (made[0].json.request as { body: Record<string, unknown> }).body;
}

const given = (value: unknown) => `={{ ${JSON.stringify(value)} }}`;

test.each<[INodeParameters, Record<string, unknown>]>([
	[{ mode: given('Text to Video') }, { model: 'MiniMax-Hailuo-2.3' }],
	[{ mode: given('TEXTTOVIDEO') }, { model: 'MiniMax-Hailuo-2.3' }],
	[{ provider: given('MiniMax') }, { model: 'MiniMax-Hailuo-2.3' }],
	[{ model: given('automatic') }, { model: 'MiniMax-Hailuo-2.3' }],
	[{ model: given('Automatic (MiniMax-Hailuo-2.3)') }, { model: 'MiniMax-Hailuo-2.3' }],
	[{ model: given('Hailuo 02') }, { model: 'MiniMax-Hailuo-02' }],
	[{ model: given('minimax-hailuo-02') }, { model: 'MiniMax-Hailuo-02' }],
	[{ resolution: given('1080p') }, { resolution: '1080P', model: 'MiniMax-Hailuo-2.3' }],
	[{ resolution: given(1080) }, { resolution: '1080P' }],
	[{ duration: given('10 seconds') }, { duration: 10 }],
	[{ duration: given('10s') }, { duration: 10 }],
	[
		{ cameraMovements: { steps: [{ movements: given(['Push In', 'panLeft']) }] } },
		{ prompt: 'A paper boat [Push in,Pan left]' },
	],
	[
		{ cameraMovements: { steps: [{ movements: given('shake') }] } },
		{ prompt: 'A paper boat [Shake]' },
	],
])('%j is understood', async (parameters, body) => {
	expect(await bodyFor(parameters)).toMatchObject(body);
});

test.each([given('Automatic'), given('AUTO'), given(''), given('Automatic (768P)')])(
	'Resolution and Duration of %s are left to the vendor',
	async (value) => {
		const body = await bodyFor({ resolution: value, duration: value });
		expect(body).not.toHaveProperty('resolution');
		expect(body).not.toHaveProperty('duration');
	},
);

test.each<[INodeParameters, RegExp]>([
	[
		{ mode: 'imageToVideo', firstFrameSource: given('clipboard') },
		/^Source of First Frame is “clipboard”$/,
	],
	[{ wait: { onTimeout: given('shrug') } }, /^On Timeout is “shrug”$/],
	[{ options: { promptOptimizer: given('maybe') } }, /^Prompt Optimizer is “maybe”$/],
	[{ duration: given('long') }, /^Duration is “long”$/],
	[{ duration: given('') + 's' }, /^Duration is “s”$/],
	[{ resolution: given('huge') }, /does not make huge videos/],
])('%j is refused, and nothing is sent', async (parameters, message) => {
	const { error } = await run(parameters);
	expect(error?.message).toMatch(message);
	expect(sandbox.requests()).toHaveLength(0);
});

test.each<[string, INodeParameters, string, RegExp]>([
	['hailuoGenerateVideo', { prompt: '={{ $json.p. }}' }, 'Prompt', /./],
	['hailuoGenerateVideo', { prompt: '={{ $("Nowhere").item.json.p }}' }, 'Prompt', /Nowhere|exist/],
	['hailuoGenerateVideo', { options: { maxCost: '={{ $json.p. }}' } }, 'Options', /./],
	['hailuoTemplateVideo', { template: '={{ $json.p. }}' }, 'Template', /./],
	['hailuoQueryTask', { task: '={{ $json.p. }}' }, 'Task', /./],
])('n8n’s own complaint about an expression: %s %j', async (type, parameters, label, words) => {
	const { error } = await runNode({ type, parameters, credentials: sandboxKeys(sandbox) });
	expect(error?.message).toContain(`The expression in ${label} fails: `);
	expect(`${error?.message} ${error?.description}`).toMatch(words);
	expect(error?.description).not.toBe('');
	expect(error?.description).not.toContain('Please report this');
	expect(sandbox.requests()).toHaveLength(0);
});

test.each(['hailuoGenerateVideo', 'hailuoQueryTask'])(
	'%s refuses Record Task without its credential before it sends anything',
	async (type) => {
		const { error } = await runNode({
			type,
			parameters: { prompt: 'A boat', task: 'minimax:v1:106916112212032', recordTask: true },
			credentials: sandboxKeys(sandbox),
		});
		expect(error?.message).toBe(
			'Record Task is on, but the node has no credential for the task table',
		);
		expect(error?.description).toContain('Credential for the Task Table');
		expect(sandbox.requests()).toHaveLength(0);
	},
);

const picture = (field: string) => binaryItem(png(640, 480), 'frame.png', 'image/png', field);

test.each([
	['URL', { mode: 'imageToVideo' }],
	['Binary Field', { mode: 'imageToVideo', firstFrameSource: 'binary' }],
])('the only picture of an item is found, Source %s', async (_, parameters) => {
	const { first_frame_image: sent } = await bodyFor(parameters, [picture('photo')]);
	expect(sent).toMatch(/^\(file frame\.png, image\/png/);
});

test('of several pictures none is taken, and all are named', async () => {
	const item = { json: {}, binary: { ...picture('one').binary, ...picture('two').binary } };
	const { error } = await run({ mode: 'imageToVideo' }, [item]);
	expect(error?.message).toBe('First Frame is empty');
	expect(error?.description).toContain('“one”, “two”');
	expect(sandbox.requests()).toHaveLength(0);
});

test('one picture is not both frames', async () => {
	const { error } = await run({ mode: 'firstLastFrame' }, [picture('data')]);
	expect(error?.message).toBe('First Frame is empty');
	expect(sandbox.requests()).toHaveLength(0);
});

test.each([
	['http://127.0.0.1:8080/frame.jpg', /^First Frame points into your own network/],
	['https://drive.google.com/file/d/1a2b/view', /^First Frame is a page that shows the file/],
	['https://www.dropbox.com/s/ab/frame.jpg?dl=0', /^First Frame is a page that shows the file/],
	['https://www.dropbox.com/s/ab/frame.jpg?dl=1', undefined],
	['https://example.com/frame.jpg', undefined],
])('the link %s gives a hint where a vendor can hardly use it', async (firstFrameUrl, hint) => {
	const { hints, error } = await run({
		mode: 'imageToVideo',
		firstFrameUrl,
		options: { dryRun: true },
	});
	expect(error?.message).toBeUndefined();
	expect(hints).toEqual(hint ? [expect.stringMatching(hint)] : []);
});

test('a template finds the only picture of its item', async () => {
	const { items, error } = await run(
		{ template: '393881433990066176', options: { dryRun: true } },
		[picture('pet')],
		'hailuoTemplateVideo',
	);
	expect(error?.message).toBeUndefined();
	expect(JSON.stringify(items[0].json)).toContain('frame.png');
});

test('each reference stands once in a message and once below it', async () => {
	const { error } = await runNode({
		parameters: { prompt: 'A paper boat', wait: { timeoutMinutes: 0.03 } },
		credentials: sandboxKeys(sandbox),
	});
	const references = (text = '') => text.match(/minimax:v1:\d+/g) ?? [];
	expect(references(error?.message)).toHaveLength(1);
	expect(references(error?.description)).toHaveLength(1);
});

test('Model Automatic keeps what saved workflows without a model make', () => {
	for (const { capabilities } of providers) {
		for (const mode of ['textToVideo', 'imageToVideo'] as const) {
			expect(automaticModel(capabilities, mode)).toBe('MiniMax-Hailuo-2.3');
		}
	}
});

test.each(modes)('Model Automatic is possible at MiniMax in %s', async (mode) => {
	const frame = 'https://example.com/frame.jpg';
	const body = await bodyFor({
		mode,
		firstFrameUrl: frame,
		lastFrameUrl: frame,
		subjectUrl: frame,
		references: { items: [{ kind: 'image', source: 'url', url: frame }] },
	});
	expect(body.model).toBeDefined();
});

test.each([
	[1, 'Failed: item 1: Prompt is empty'],
	[
		5,
		'5 of 5 items failed: item 1: Prompt is empty; item 2: Prompt is empty; item 3: Prompt is empty; and 2 more',
	],
])('a failed run of %d items says so in one hint, with its first reasons', async (length, hint) => {
	const { hints } = await runNode({
		parameters: { prompt: '' },
		items: Array.from({ length }, () => ({ json: {} })),
		credentials: sandboxKeys(sandbox),
		node: { onError: 'continueRegularOutput' },
	});
	expect(hints).toEqual([hint]);
});

test.each([
	[
		{ mode: 'firstLastFrame', model: 'MiniMax-Hailuo-2.3' },
		/^Choose Model MiniMax-Hailuo-02.*, or Mode Text to Video or Image to Video\.$/,
	],
	[
		{ mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3-Fast' },
		/^Choose Mode Image to Video, or Model MiniMax-Hailuo-2\.3, /,
	],
])('what to change first where model and mode do not go together: %j', async (form, advice) => {
	const { error } = await run(form);
	expect(error?.description).toMatch(advice);
});
