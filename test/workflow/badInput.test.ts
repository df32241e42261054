import type { INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import { png } from '../sandbox/images';
import { binaryItem } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { inventedLabels, runAndRead } from './labels';
import { sandbox, useSandbox } from './world';

/** Each mistake ends in a sentence that names the field and what is allowed, before anything is sent. */
useSandbox(simulateTime());

async function run(parameters: INodeParameters, items = [{ json: {} }], apiKey = 'key') {
	return await runAndRead({
		parameters: { prompt: 'A paper boat', ...parameters },
		items,
		credentials: sandboxKeys(sandbox, apiKey),
	});
}

test.each([
	['Ttl is not usable: Number must be greater than 59', ['Ttl', 'Number']],
	['Aigc Watermark is “abc”', ['Aigc', 'Watermark']],
	['Choose a Size.', ['Size']],
	['Keep Video For is “Never”', []],
])('a label that the form does not have is seen: %s', async (message, invented) => {
	expect(await inventedLabels('hailuoGenerateVideo', message)).toEqual(invented);
});

const vendors = providers.map(({ id }) => id);

describe.each(vendors)('at %s', (provider) => {
	test('an empty prompt', async () => {
		const { error } = await run({ provider, prompt: '  ' });
		expect(error?.message).toBe('Prompt is empty');
		expect(error?.description).toContain('Describe the video');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('2,001 characters', async () => {
		const { error } = await run({ provider, prompt: 'x'.repeat(2001) });
		expect(error?.message).toBe('Prompt has 2001 characters');
		expect(error?.description).toContain('at most 2000 characters');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('10 s at 1080P', async () => {
		const { error } = await run({ provider, resolution: '1080P', duration: 10 });
		expect(error?.message).toBe('MiniMax-Hailuo-2.3 makes 10 s videos at 768P only');
		expect(error?.description).toBe('Choose 768P, or 6 s for 1080P.');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('Fast without an image', async () => {
		const model = 'MiniMax-Hailuo-2.3-Fast';
		const asText = await run({ provider, model });
		expect(asText.error?.message).toMatch(
			/does not do Text to Video at .+: it needs a First Frame$/,
		);
		const empty = await run({ provider, model, mode: 'imageToVideo' });
		expect(empty.error?.message).toBe('First Frame is empty');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('a wrong key is named before anything is made', async () => {
		const { error } = await run({ provider }, undefined, 'bad-key');
		expect(error?.message).toMatch(/API key/);
		expect(error?.description).toMatch(/key/i);
		expect(JSON.stringify(error?.message)).not.toContain('bad-key');
		expect(sandbox.charges()).toHaveLength(0);
	});

	test('an empty account', async () => {
		const { error } = await run({ provider }, undefined, 'poor-key');
		expect(error?.message).toMatch(/balance|credits/i);
		expect(sandbox.charges()).toHaveLength(0);
	});

	test('an unknown model passes with a hint', async () => {
		const { items, hints } = await run({
			provider,
			model: 'MiniMax-Hailuo-9',
			options: { dryRun: true },
		});
		expect(items[0].json).toMatchObject({ dryRun: true, provider });
		const notKnown = /^Model MiniMax-Hailuo-9 is not one that this version knows at /;
		expect(hints).toEqual([expect.stringMatching(notKnown)]);
		const sent = await run({ provider, model: 'MiniMax-Hailuo-9', waitForCompletion: false });
		expect(sent.hints[0] ?? sent.error?.description).toContain(
			'is not one that this version knows',
		);
	});
});

const frame = { mode: 'imageToVideo', firstFrameSource: 'binary', firstFrameBinaryField: 'data' };
const gif = Buffer.concat([
	Buffer.from('GIF89a'),
	Buffer.from([0x80, 2, 0xe0, 1]),
	Buffer.alloc(20),
]);

test.each<[string, Buffer, string, RegExp]>([
	['200 pixels', png(640, 200), 'small.png', /The shorter side must have at least 301 pixels/],
	[
		'21 MB',
		Buffer.concat([png(640, 480), Buffer.alloc(21 * 1024 * 1024)]),
		'big.png',
		/has 21\.01 MB\. At most 20 MB are allowed/,
	],
	['a GIF', gif, 'moving.gif', /is a GIF image\. Use JPEG, PNG or WebP/],
	['a ratio of 3:1', png(1200, 400), 'wide.png', /Width to height must be between 2:5 and 5:2/],
	['a text file', Buffer.from('hello'), 'note.txt', /is not an image\. Use JPEG, PNG or WebP/],
])('an image of %s', async (_, bytes, name, sentence) => {
	const { error } = await run(frame, [binaryItem(bytes, name, 'image/png')]);
	expect(error?.message).toMatch(new RegExp(`^First Frame “${name}” `));
	expect(error?.message).toMatch(sentence);
	expect(sandbox.requests()).toHaveLength(0);
});

test('a binary field that does not exist', async () => {
	const items = [binaryItem(png(640, 480), 'frame.png', 'image/png', 'picture')];
	const { error } = await run({ ...frame, firstFrameBinaryField: 'photo' }, items);
	expect(error?.message).toBe('First Frame: the item has no binary field “photo”');
	expect(error?.description).toContain('It has “picture”');
	expect(sandbox.requests()).toHaveLength(0);
});

test.each<[INodeParameters, RegExp]>([
	[{ wait: { timeoutMinutes: 0 } }, /^Timeout \(Minutes\) is “0”$/],
	[{ wait: { timeoutMinutes: -5 } }, /^Timeout \(Minutes\) is “-5”$/],
	[{ wait: { pollIntervalSeconds: -1 } }, /^Poll Interval \(Seconds\) is “-1”$/],
	[{ download: { maxSizeMb: 0 } }, /^Maximum Size \(MB\) is “0”$/],
	[{ download: { binaryField: ' ' } }, /^Put Output in Field is empty$/],
	[{ options: { concurrency: 0 } }, /^Concurrency is “0”$/],
	[{ options: { maxCost: 0.1 } }, /more than the Maximum Cost of \$0\.10$/],
	[{ cameraMovements: { steps: [{ movements: ['pushOut'] }] } }, /“pushOut” is not a movement$/],
	[
		{ cameraMovements: { steps: [{ movements: ['panLeft', 'tiltUp', 'zoomIn', 'shake'] }] } },
		/has 4 movements$/,
	],
	[{ provider: '={{ "sora" }}' }, /^Provider is “sora”$/],
	[{ mode: '={{ "magic" }}' }, /^Mode is “magic”$/],
	[{ mode: 'imageToVideo', firstFrameUrl: 'frame.jpg' }, /^First Frame is not a URL/],
	[{ mode: '={{ "<b>" }}' }, /^Mode is “‹b›”$/],
	[{ model: '={{ "" }}' }, /^Model is empty$/],
	[{ duration: '={{ [6] }}' }, /^Duration is a list or an object$/],
	[{ options: { callbackUrl: 'nowhere' } }, /^Callback URL is “nowhere”$/],
	[
		{
			model: 'MiniMax-H3',
			mode: 'referenceToVideo',
			references: {
				items: [{ kind: '={{ "sound" }}', source: 'url', url: 'https://a.example/b' }],
			},
		},
		/^Kind of Reference 1 is “sound”$/,
	],
])('%j is refused with the name of its field', async (parameters, sentence) => {
	const { error } = await run(parameters);
	expect(error?.message).toMatch(sentence);
	expect(sandbox.requests()).toHaveLength(0);
});

test('the length of a prompt is complained of before anything is searched in it', async () => {
	const { error, hints } = await run({
		prompt: `${'['.repeat(3000)} [Push out]`,
		cameraMovements: { steps: [{ movements: ['pushOut'] }] },
	});
	expect(error?.message).toBe('Prompt has 3011 characters');
	expect(error?.description).toContain('takes at most 2000 characters');
	expect(hints).toEqual([]);
	expect(sandbox.requests()).toHaveLength(0);
});

test('a hint about a name shows no markup of it', async () => {
	const { hints } = await run({
		model: '={{ "<a href=x>Hailuo</a>" }}',
		options: { dryRun: true },
	});
	expect(hints).toEqual([expect.stringMatching(/^Model ‹a href=x›Hailuo‹\/a› is not one that/)]);
});

test('an option that the vendor lacks is not sent and gives a hint', async () => {
	const { items, hints } = await run(
		{
			provider: '={{ $json.provider }}',
			waitForCompletion: false,
			options: { fastPretreatment: true, outputFormat: 'WEBM' },
		},
		vendors.map((provider) => ({ json: { provider } })),
	);
	expect(items).toHaveLength(vendors.length);
	const lacking = hints.filter((hint) => hint.includes('was not sent'));
	expect(lacking.join('\n')).toMatch(/Fast Pretreatment was not sent: .+ at Apiframe/);
	expect(lacking.join('\n')).toMatch(/Output Format was not sent: .+ at MiniMax/);
});

test('directives in the prompt that nobody knows give a hint with the right word', async () => {
	const { hints } = await run({ prompt: 'A boat [Push out]', waitForCompletion: false });
	expect(hints.join(' ')).toContain('Did you mean [Pull out]?');
});
