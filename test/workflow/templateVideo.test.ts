import type { INodeParameters } from 'n8n-workflow';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { binaryItem, runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

const time = simulateTime();
useSandbox(time);

const picture = { items: [{ source: 'url', url: 'https://example.com/pet.jpg' }] };

async function make(parameters: INodeParameters, items = [{ json: {} }]) {
	return await runNode({
		type: 'hailuoTemplateVideo',
		parameters,
		items,
		credentials: sandboxKeys(sandbox),
	});
}

test('a template from the list becomes a downloaded video', async () => {
	const { items, error } = await make({
		template: { __rl: true, mode: 'list', value: '392747428568649728' },
		images: picture,
	});
	expect(error).toBeUndefined();
	expect(items[0].json).toMatchObject({
		taskRef: expect.stringMatching(/^minimax:template:\d+$/),
		mode: 'template',
		status: 'completed',
		cost: { amount: 0.4, unit: 'USD', source: 'estimate' },
	});
	expect(items[0].binary?.data.mimeType).toBe('video/mp4');
	const expiry = Date.parse(String(items[0].json.expiresAt));
	expect(expiry).toBeGreaterThan(time.now() + 8 * 3600_000);
	expect(sandbox.charges('key')).toHaveLength(1);
});

test('a plain ID as text keeps all its digits; the seed’s Winter Romance is passed on', async () => {
	const { error, hints } = await make({
		template: '393857704283172856',
		images: picture,
		options: { dryRun: true },
	});
	expect(error).toBeUndefined();
	expect(hints).toEqual([expect.stringContaining('passed on without checking its inputs')]);
	const { items } = await make({
		template: '393857704283172856',
		images: picture,
		options: { dryRun: true },
	});
	expect(items[0].json).toMatchObject({
		dryRun: true,
		request: { body: { template_id: '393857704283172856' } },
	});
	expect(sandbox.requests()).toHaveLength(0);
});

test('image and text together are sent as the vendor documents', async () => {
	await make({
		template: '393769180141805569',
		images: picture,
		texts: { items: [{ value: 'Lion' }] },
		waitForCompletion: false,
	});
	const [create] = sandbox.requests({ vendor: 'minimax', step: 'create' });
	expect(create.body).toEqual({
		template_id: '393769180141805569',
		media_inputs: [{ value: 'https://example.com/pet.jpg' }],
		text_inputs: [{ value: 'Lion' }],
	});
});

test.each<[string, INodeParameters, RegExp]>([
	['a missing text', { template: '393769180141805569', images: picture }, /takes 1 text/],
	[
		'an image too many',
		{ template: '392747428568649728', images: { items: [...picture.items, ...picture.items] } },
		/takes 1 image, and Images has 2/,
	],
	['no image', { template: '392747428568649728' }, /Images has 0/],
	['no template', { template: '={{ "" }}' }, /Template is empty/],
	['a word for an ID', { template: 'Diving' }, /is not a template ID/],
	['a rounded number', { template: '={{ 393857704283172864 }}' }, /lost its last digits/],
])('%s is refused before sending', async (_, parameters, sentence) => {
	const { error } = await make(parameters);
	expect(error?.message).toMatch(sentence);
	expect(sandbox.requests()).toHaveLength(0);
});

test('a text file as image is refused before sending', async () => {
	const { error } = await make(
		{
			template: '392747428568649728',
			images: { items: [{ source: 'binary', binaryField: 'data' }] },
		},
		[binaryItem(Buffer.from('no picture'), 'note.txt', 'text/plain')],
	);
	expect(error?.message).toBe('Image 1 “note.txt” is not an image. Use JPEG, PNG or WebP');
	expect(sandbox.requests()).toHaveLength(0);
});
