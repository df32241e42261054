import fc from 'fast-check';
import type { INodeProperties } from 'n8n-workflow';
import { generateOptions, readSettings, runOptions } from '../../nodes/shared/options';
import {
	readConcurrency,
	readDryRun,
	readMaxCost,
	readSimplify,
} from '../../nodes/shared/fieldReaders';
import { readSwitch } from '../../nodes/shared/formValues';
import { providers } from '../../providers';
import { minimax } from '../../providers/minimax';
import { settingLabels } from '../../video/capabilities';
import { overMaxCost, quote } from '../../video/cost';
import { InputError } from '../../video/failure';
import type { Media } from '../../video/media';
import type { SettingName, VideoRequest } from '../../video/request';

/** A guard of money or data that cannot be read refuses: it never counts as not set. */
function refusal(read: () => unknown): { message: string; advice?: string } {
	try {
		const value = read();
		throw new Error(`Taken as ${JSON.stringify(value)}`);
	} catch (cause) {
		if (!(cause instanceof InputError)) throw cause;
		return { message: cause.message, advice: cause.advice };
	}
}

describe('Maximum Cost', () => {
	test.each([
		[{}],
		[{ maxCost: null }],
		[{ maxCost: '' }],
		[{ maxCost: 0 }],
		[{ maxCost: '0.00' }],
	])('%j is no limit', (options) => expect(readMaxCost(options)).toBeUndefined());

	test.each<[unknown, number]>([
		[0.5, 0.5],
		['0.5', 0.5],
		[' 12 ', 12],
		['.75', 0.75],
		[0.0001, 0.0001],
	])('%j is a limit', (maxCost, limit) => expect(readMaxCost({ maxCost })).toBe(limit));

	test.each<[unknown, string]>([
		['abc', 'Maximum Cost is “abc”'],
		['$0.10', 'Maximum Cost is “$0.10”'],
		['0,10', 'Maximum Cost is “0,10”'],
		['1e400', 'Maximum Cost is “1e400”'],
		['-1', 'Maximum Cost is “-1”'],
		[-1, 'Maximum Cost is “-1”'],
		[NaN, 'Maximum Cost is “NaN”'],
		[Infinity, 'Maximum Cost is “Infinity”'],
		[true, 'Maximum Cost is “true”'],
		[undefined, 'Maximum Cost is empty'],
		[[5], 'Maximum Cost is a list or an object'],
		[{}, 'Maximum Cost is a list or an object'],
	])('%p is refused', (maxCost, message) => {
		const refused = refusal(() => readMaxCost({ maxCost }));
		expect(refused.message).toBe(message);
		expect(refused.advice).toMatch(/plain number such as 0\.50.* 0 is no limit\.$/);
	});

	test('any text is a limit, no limit because it says so, or refused', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.double().map(String)), (maxCost) => {
				let limit: number | undefined;
				try {
					limit = readMaxCost({ maxCost });
				} catch (cause) {
					expect(cause).toBeInstanceOf(InputError);
					return;
				}
				if (limit === undefined) expect(Number(maxCost)).toBe(0);
				else expect(limit).toBe(Number(maxCost));
			}),
		);
	});
});

const words: Array<[unknown, boolean]> = [
	[true, true],
	['true', true],
	[' TRUE ', true],
	['Yes', true],
	['on', true],
	['1', true],
	[1, true],
	[false, false],
	['false', false],
	['no', false],
	['Off', false],
	['0', false],
	[0, false],
];

const noSwitch: unknown[] = ['maybe', '', ' ', null, undefined, 2, NaN, {}, [true], 'truefalse'];

describe('switches', () => {
	test.each(words)('%j is %j', (value, expected) => {
		expect(readSwitch(value, 'Wait for Completion')).toBe(expected);
		expect(readDryRun({ dryRun: value })).toBe(expected);
		expect(readSimplify({ simplify: value })).toBe(expected);
		expect(readSettings({ includeCost: value })).toEqual({ includeCost: expected });
	});

	test.each(noSwitch)('%p is refused with the label of its field', (value) => {
		expect(refusal(() => readSwitch(value, 'Record Task')).message).toMatch(/^Record Task is /);
		expect(refusal(() => readDryRun({ dryRun: value }))).toEqual({
			message: expect.stringMatching(/^Dry Run is /),
			advice: 'Use true or false.',
		});
		expect(refusal(() => readSimplify({ simplify: value })).message).toMatch(/^Simplify is /);
		expect(refusal(() => readSettings({ aigcWatermark: value })).message).toMatch(
			/^AIGC Watermark is /,
		);
	});

	test('without the option a run is not dry and simple; who adds Dry Run gets one', () => {
		expect(readDryRun({})).toBe(false);
		expect(readSimplify({})).toBe(true);
		expect(runOptions.dryRun.default).toBe(true);
	});
});

describe('settings', () => {
	test.each<[Record<string, unknown>, string, string]>([
		[{ ttl: 'abc' }, 'Keep Video For is “abc”', 'Enter a number of seconds, at least 60.'],
		[{ ttl: 59 }, 'Keep Video For is “59”', 'Enter a number of seconds, at least 60.'],
		[{ numberResults: 9 }, 'Number of Results is “9”', 'Enter 1 to 4.'],
		[{ numberResults: undefined }, 'Number of Results is empty', 'Enter 1 to 4.'],
		[{ numberResults: true }, 'Number of Results is “true”', 'Enter 1 to 4.'],
		[{ outputQuality: '' }, 'Output Quality is empty', 'Enter a whole number from 20 to 99.'],
		[
			{ callbackUrl: 'foo' },
			'Callback URL is “foo”',
			'Enter an address that begins with https://.',
		],
		[
			{ uploadEndpoint: 'https://' },
			'Upload Endpoint is “https://”',
			'Enter an address that begins with https://.',
		],
		[
			{ promptOptimizer: 'maybe' },
			'Prompt Optimizer is “maybe”',
			'Choose Vendor Default, On or Off.',
		],
		[{ outputFormat: 'avi' }, 'Output Format is “avi”', 'Choose MP4, WebM or MOV.'],
		[{ safetyMode: 3 }, 'Safety Mode is “3”', 'Choose None, Fast or Full.'],
		[{ fps: 30 }, 'Frames per Second is “30”', 'Choose 25.'],
	])('%p is refused', (options, message, advice) => {
		expect(refusal(() => readSettings(options))).toEqual({ message, advice });
	});

	test('texts of plain meaning are taken', () => {
		expect(
			readSettings({
				ttl: '600',
				numberResults: ' 2 ',
				fps: '25',
				outputQuality: '80',
				promptOptimizer: 'Off',
				outputFormat: 'webm',
				safetyMode: 'Full',
				callbackUrl: ' https://example.com/hook ',
			}),
		).toEqual({
			ttl: 600,
			numberResults: 2,
			fps: 25,
			outputQuality: 80,
			promptOptimizer: false,
			outputFormat: 'WEBM',
			safetyMode: 'full',
			callbackUrl: 'https://example.com/hook',
		});
	});

	test('what the form offers is taken, and its defaults that mean nothing are not sent', () => {
		const fields = generateOptions.options as INodeProperties[];
		const settings = fields.filter(({ name }) => name in settingLabels);
		expect(settings).toHaveLength(Object.keys(settingLabels).length);
		for (const { name, displayName, default: value } of settings) {
			expect(displayName).toBe(settingLabels[name as SettingName]);
			const isUnset = value === '' || value === 'vendor';
			expect(Object.keys(readSettings({ [name]: value }))).toEqual(isUnset ? [] : [name]);
		}
	});

	test.each<unknown>(['many', '', null, undefined, 2.5, 101, '0', true])(
		'Concurrency of %p is refused',
		(concurrency) => {
			const { advice } = refusal(() => readConcurrency({ concurrency }));
			expect(advice).toBe('Enter a whole number from 1 to 100.');
		},
	);

	test('Concurrency as text is taken', () => expect(readConcurrency({ concurrency: '7' })).toBe(7));
});

describe('prices', () => {
	const media: Media = { url: 'https://example.com/one' };
	const rowOf = (model: string, mode: string) =>
		minimax.capabilities.find((row) => row.model === model && row.mode === mode);
	const h3 = (model: string, kinds: Array<'image' | 'video' | 'audio'>): VideoRequest => ({
		mode: 'referenceToVideo',
		model,
		prompt: 'A boat',
		resolution: '768P',
		duration: 5,
		references: kinds.map((kind) => ({ kind, media })),
		settings: {},
	});
	const byLength = 'References hold a video, which is billed by its length';

	test.each(['MiniMax-H3', 'MiniMax-H3-Max'])('%s with a reference video has none', (model) => {
		const row = rowOf(model, 'referenceToVideo');
		const withVideo = h3(model, ['image', 'video']);
		expect(quote(row, withVideo)).toEqual({ unknown: byLength });
		expect(quote(row, h3(model, ['image', 'audio']))).toEqual({
			cost: { amount: 0.4, unit: 'USD', source: 'estimate' },
		});
	});

	test('every reference video is unknown or free in every table', () => {
		const rows = providers.flatMap(({ capabilities }) => capabilities);
		const taking = rows.filter(({ references }) => references && references.video > 0);
		expect(taking.length).toBeGreaterThan(2);
		for (const row of taking) {
			expect(
				quote(row, { ...h3(row.model, ['video']), resolution: undefined }).cost,
			).toBeUndefined();
		}
	});

	test('a model, a resolution and a duration without price are named', () => {
		const request = (changed: Partial<VideoRequest>): VideoRequest => ({
			mode: 'textToVideo',
			model: 'T2V-01',
			prompt: 'A boat',
			settings: {},
			...changed,
		});
		expect(quote(rowOf('T2V-01', 'textToVideo'), request({})).unknown).toBe(
			'no price of Model T2V-01 with Resolution 720P is known',
		);
		expect(quote(undefined, request({ model: 'Hailuo-<9>' })).unknown).toBe(
			'no price of Model Hailuo-‹9› is known',
		);
		const fast = providers
			.flatMap(({ capabilities }) => capabilities)
			.filter(({ model }) => model === 'MiniMax-Hailuo-2.3-Fast')
			.map((row) => quote(row, request({ model: row.model, resolution: '768P', duration: 10 })));
		expect(fast.map(({ unknown }) => unknown)).toContain(
			'no price of Model MiniMax-Hailuo-2.3-Fast with Resolution 768P and Duration 10 is known',
		);
	});

	test('Maximum Cost refuses what has no price, and says why', () => {
		const cost = { amount: 0.1, unit: 'USD', source: 'estimate' } as const;
		expect(overMaxCost([{ cost }], 0.1)).toBeUndefined();
		expect(overMaxCost([{ cost }, { cost }], 0.1)?.message).toMatch(
			/^This would cost about \$0\.20/,
		);
		const refused = overMaxCost([{ cost }, { unknown: byLength }], 100);
		expect(refused?.message).toBe(`Maximum Cost is set, but ${byLength}`);
		expect(refused?.advice).toMatch(/^Nothing was sent\. Remove Maximum Cost/);
		expect(overMaxCost([{}], 100)?.message).toBe(
			'Maximum Cost is set, but the price of a video is not known',
		);
	});

	test('several results cost several times as much', () => {
		const row = rowOf('MiniMax-Hailuo-2.3', 'textToVideo');
		const request: VideoRequest = {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-2.3',
			prompt: 'A boat',
			settings: readSettings({ numberResults: '3' }),
		};
		expect(quote(row, request).cost?.amount).toBe(0.84);
	});
});
