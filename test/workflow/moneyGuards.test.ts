import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { fieldsOf } from '../../scripts/docs/fields';
import { packageNodes } from '../../harness/package';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { runAndRead } from './labels';
import { sandbox, useSandbox } from './world';

/** What protects money or data and cannot be read refuses: nothing is sent, nothing is paid. */
jest.setTimeout(60_000);
useSandbox(simulateTime(), { rateLimits: false, secondsPerTask: 1 });

const dog = '392747428568649728';
const picture = { items: [{ source: 'url', url: 'https://example.com/pet.jpg' }] };

/** What each node needs beside the field in question. */
const forms: Record<string, INodeParameters> = {
	hailuoGenerateVideo: { prompt: 'A paper boat' },
	hailuoTemplateVideo: { template: { __rl: true, mode: 'id', value: dog }, images: picture },
};

async function run(type: string, parameters: INodeParameters) {
	return await runAndRead({
		type,
		parameters: { ...forms[type], ...parameters },
		credentials: sandboxKeys(sandbox),
	});
}

describe.each(Object.keys(forms))('Maximum Cost and Dry Run of %s', (type) => {
	test.each([
		'abc',
		'$0.10',
		'0,10',
		'-1',
		-1,
		true,
		'={{ NaN }}',
		'={{ $json.none }}',
		'={{ [1] }}',
	])('Maximum Cost of %j', async (maxCost) => {
		const { error } = await run(type, { options: { maxCost } });
		expect(error?.message).toMatch(/^Maximum Cost is /);
		expect(error?.description).toContain('0 is no limit');
		expect(sandbox.requests()).toHaveLength(0);
	});

	test.each(['0.1', '={{ "0.1" }}', '={{ 0.1 }}', 0.1])('Maximum Cost of %j', async (maxCost) => {
		const { error } = await run(type, { options: { maxCost } });
		expect(error?.message).toMatch(/more than the Maximum Cost of \$0\.10$/);
		expect(sandbox.charges()).toHaveLength(0);
	});

	test.each(['', 0, '0', '={{ null }}'])('Maximum Cost of %j is none', async (maxCost) => {
		const { error } = await run(type, { waitForCompletion: false, options: { maxCost } });
		expect(error).toBeUndefined();
		expect(sandbox.charges()).toHaveLength(1);
	});

	test.each(['true', 'Yes', ' on ', '={{ "1" }}', '={{ true }}', true])(
		'Dry Run of %j',
		async (dryRun) => {
			const { items } = await run(type, { options: { dryRun } });
			expect(items[0].json).toMatchObject({ dryRun: true });
			expect(sandbox.requests()).toHaveLength(0);
		},
	);

	test.each(['maybe', '', '={{ $json.none }}', '={{ null }}', '={{ 2 }}'])(
		'Dry Run of %j',
		async (dryRun) => {
			const { error } = await run(type, { options: { dryRun } });
			expect(error?.message).toMatch(/^Dry Run is /);
			expect(error?.description).toContain('Use true or false.');
			expect(sandbox.requests()).toHaveLength(0);
		},
	);

	test.each(['false', 'No', '0', '={{ false }}'])('Dry Run of %j is none', async (dryRun) => {
		const { items } = await run(type, { waitForCompletion: false, options: { dryRun } });
		expect(items[0].json).toHaveProperty('taskRef');
	});
});

describe.each(Object.keys(forms))('other fields of %s', (type) => {
	test.each([
		['waitForCompletion', 'Wait for Completion'],
		['downloadVideo', 'Download Video'],
		['recordTask', 'Record Task'],
	])('%s that is neither on nor off', async (name, label) => {
		for (const value of ['maybe', '={{ $json.none }}', '={{ "" }}']) {
			const { error } = await run(type, { [name]: value });
			expect(error?.message).toMatch(new RegExp(`^${label} is `));
		}
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('the words no and off switch off', async () => {
		const { items, error } = await run(type, {
			waitForCompletion: '={{ "false" }}',
			recordTask: '={{ "off" }}',
		});
		expect(error).toBeUndefined();
		expect(items[0].json.status).not.toBe('completed');
		const waited = await run(type, { downloadVideo: '={{ "no" }}' });
		expect(waited.items[0].json.status).toBe('completed');
		expect(waited.items[0].binary).toBeUndefined();
	});

	test.each<[INodeParameters, RegExp]>([
		[{ wait: { timeoutMinutes: 'soon' } }, /^Timeout \(Minutes\) is “soon”$/],
		[{ wait: { timeoutMinutes: '={{ $json.none }}' } }, /^Timeout \(Minutes\) is empty$/],
		[{ wait: { timeoutMinutes: '={{ true }}' } }, /^Timeout \(Minutes\) is “true”$/],
		[{ wait: { onTimeout: '={{ "wait" }}' } }, /^On Timeout is “wait”$/],
		[{ download: { maxSizeMb: 'big' } }, /^Maximum Size \(MB\) is “big”$/],
		[{ download: { maxSizeMb: '={{ $json.none }}' } }, /^Maximum Size \(MB\) is empty$/],
		[{ options: { concurrency: '={{ true }}' } }, /^Concurrency is “true”$/],
		[{ options: { concurrency: '={{ [1] }}' } }, /^Concurrency is a list or an object$/],
	])('%j', async (parameters, sentence) => {
		const { error } = await run(type, parameters);
		expect(error?.message).toMatch(sentence);
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('every option complains of nonsense by its own label', async () => {
		const nodes = await packageNodes();
		const node = nodes.find(({ description }) => description.name === type);
		const options = fieldsOf(node?.description.properties ?? []).filter(({ path }) =>
			path.startsWith('options.'),
		);
		expect(options.length).toBeGreaterThan(4);
		for (const { field } of options) {
			const { error } = await run(type, {
				// An option that the vendor lacks is not among the fields at all.
				provider: providerOf(field),
				options: { [field.name]: '={{ "abc" }}' },
			});
			expect(error?.message).toBe(`${field.displayName} is “abc”`);
			expect(error?.description).toMatch(/^(Enter|Choose|Use) .+\.$/);
		}
		expect(sandbox.requests()).toHaveLength(0);
	});
});

function providerOf({ displayOptions }: INodeProperties): string {
	const offering = displayOptions?.show?.['/provider'] as string[] | undefined;
	return offering?.[0] ?? 'minimax';
}

describe('prices that nobody knows before sending', () => {
	const h3 = (kind: string): INodeParameters => ({
		model: 'MiniMax-H3',
		mode: 'referenceToVideo',
		duration: 4,
		resolution: '768P',
		references: { items: [{ kind, source: 'url', url: 'https://example.com/one' }] },
		waitForCompletion: false,
	});

	test('a reference video is not sent under a Maximum Cost', async () => {
		const { error } = await run('hailuoGenerateVideo', {
			...h3('video'),
			options: { maxCost: 100 },
		});
		expect(error?.message).toBe(
			'Maximum Cost is set, but References hold a video, which is billed by its length',
		);
		expect(sandbox.requests()).toHaveLength(0);
		const image = await run('hailuoGenerateVideo', { ...h3('image'), options: { maxCost: 100 } });
		expect(image.error).toBeUndefined();
		expect(sandbox.charges()).toHaveLength(1);
	});

	test('its item has no invented estimate', async () => {
		const dry = await run('hailuoGenerateVideo', { ...h3('video'), options: { dryRun: true } });
		expect(dry.items[0].json).not.toHaveProperty('estimate');
		const sent = await run('hailuoGenerateVideo', h3('video'));
		expect(sent.items[0].json).toHaveProperty('taskRef');
		expect(sent.items[0].json).not.toHaveProperty('cost');
	});

	test('a model without a price is named', async () => {
		const { error } = await run('hailuoGenerateVideo', {
			model: 'T2V-01',
			options: { maxCost: 100 },
		});
		expect(error?.message).toBe(
			'Maximum Cost is set, but no price of Model T2V-01 with Resolution 720P is known',
		);
		expect(sandbox.requests()).toHaveLength(0);
	});
});
