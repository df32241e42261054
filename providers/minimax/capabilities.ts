import type { Capability, Output, Price } from '../../video/capabilities';
import { framesOf, outputsWith, usd } from '../../video/capabilities';
import type { ImageRules } from '../../video/media';
import type { Mode, SettingName } from '../../video/request';
import { megabyte } from '../../video/size';

/** Section “image” of https://platform.minimax.io/docs/api-reference/video-generation-i2v */
export const imageRules: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP'],
	maxBytes: 20 * megabyte,
	minSide: 301,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** https://platform.minimax.io/docs/api-reference/video-generation-v2-create */
const imageRulesV2: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP', 'HEIC'],
	maxBytes: 30 * megabyte,
	minSide: 256,
	maxSide: 5760,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** Times seen in the field; MiniMax promises none. */
const ready = {
	'512P': { earliest: 15, typical: 90 },
	'720P': { earliest: 30, typical: 150 },
	'768P': { earliest: 15, typical: 120 },
	'1080P': { earliest: 30, typical: 240 },
} as const;

const output = outputsWith(ready);

/** Prices: https://platform.minimax.io/docs/guides/pricing-paygo (pay as you go, global site) */
const standard = [
	output('768P', [6, 10], usd({ 6: 0.28, 10: 0.56 })),
	output('1080P', [6], usd({ 6: 0.49 })),
];
const fast = [
	output('768P', [6, 10], usd({ 6: 0.19, 10: 0.32 })),
	output('1080P', [6], usd({ 6: 0.33 })),
];
const small = output('512P', [6, 10], usd({ 6: 0.1, 10: 0.15 }));
const series01 = [output('720P', [6])];

const common: readonly SettingName[] = ['promptOptimizer', 'aigcWatermark', 'callbackUrl'];
const withPretreatment: readonly SettingName[] = [...common, 'fastPretreatment'];

interface RowV1 {
	outputs: readonly Output[];
	camera: boolean;
	settings: readonly SettingName[];
	note?: string;
}

const rowV1 = (mode: Mode, model: string, row: RowV1): Capability => ({
	mode,
	model,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 2000, required: mode === 'textToVideo' },
	frames: framesOf[mode],
	imageRules,
	...row,
});

const note01 =
	'The duration table also prints 6 s under 1080P, the resolution table has 720P only: 720P is followed.';

const v1: readonly Capability[] = [
	rowV1('textToVideo', 'MiniMax-Hailuo-2.3', {
		outputs: standard,
		camera: true,
		settings: withPretreatment,
	}),
	rowV1('textToVideo', 'MiniMax-Hailuo-02', {
		outputs: standard,
		camera: true,
		settings: withPretreatment,
	}),
	rowV1('textToVideo', 'T2V-01-Director', {
		outputs: series01,
		camera: true,
		settings: common,
		note: note01,
	}),
	rowV1('textToVideo', 'T2V-01', {
		outputs: series01,
		camera: false,
		settings: common,
		note: note01,
	}),
	rowV1('imageToVideo', 'MiniMax-Hailuo-2.3', {
		outputs: standard,
		camera: true,
		settings: withPretreatment,
	}),
	rowV1('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', {
		outputs: fast,
		camera: true,
		settings: withPretreatment,
	}),
	rowV1('imageToVideo', 'MiniMax-Hailuo-02', {
		outputs: [...standard, small],
		camera: true,
		settings: withPretreatment,
	}),
	rowV1('imageToVideo', 'I2V-01-Director', {
		outputs: series01,
		camera: true,
		settings: common,
		note: note01,
	}),
	rowV1('imageToVideo', 'I2V-01-live', {
		outputs: series01,
		camera: false,
		settings: common,
		note: note01,
	}),
	rowV1('imageToVideo', 'I2V-01', {
		outputs: series01,
		camera: false,
		settings: common,
		note: note01,
	}),
	rowV1('firstLastFrame', 'MiniMax-Hailuo-02', {
		outputs: standard,
		camera: true,
		settings: common,
		note: 'The schema requires the last frame only, the text describes both: both are asked for.',
	}),
	{
		...rowV1('subjectReference', 'S2V-01', {
			outputs: series01,
			camera: false,
			settings: common,
			note: 'The page has neither resolution nor duration, and clients report that they are refused: neither is sent.',
		}),
		takesOutput: false,
	},
];

const range = (first: number, last: number) =>
	Array.from({ length: last - first + 1 }, (_, index) => first + index);

const h3Price = (perSecond: number): Price => ({
	unit: 'USD',
	perSecond,
	images: { free: 5, each: 0.04 },
	perReferenceVideoSecond: perSecond,
});
const h3MaxPrice = (perSecond: number, perReferenceVideoSecond: number): Price => ({
	unit: 'USD',
	perSecond,
	images: { free: 2, each: 0.074 },
	perReferenceVideoSecond,
});

const h3Outputs: readonly Output[] = [
	{
		resolution: '768P',
		durations: range(4, 15),
		price: h3Price(0.08),
		ready: { earliest: 30, typical: 100 },
	},
	{
		resolution: '2K',
		durations: range(4, 15),
		price: h3Price(0.13),
		ready: { earliest: 60, typical: 400 },
	},
];

const h3MaxOutputs: readonly Output[] = [
	{
		resolution: '768P',
		durations: range(5, 15),
		price: h3MaxPrice(0.08, 0.143),
		ready: { earliest: 15, typical: 60 },
	},
	{
		resolution: '480P',
		durations: range(5, 15),
		price: h3MaxPrice(0.05, 0.0553),
		ready: { earliest: 15, typical: 45 },
	},
];

const ratios = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];

const referenceLimits = { image: 9, video: 3, audio: 3, total: 12, audioNeedsPicture: true };
const referencePriceNote = (prices: string) =>
	`Reference videos are billed by their length, ${prices}. It is not known before sending: with one there is no estimate, and Maximum Cost refuses.`;

const rowV2 = (
	mode: Mode,
	model: string,
	outputs: readonly Output[],
	note?: string,
): Capability => ({
	mode,
	model,
	outputs,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 7000, required: true },
	frames: framesOf[mode],
	imageRules: imageRulesV2,
	camera: true,
	settings: ['aigcWatermark', 'callbackUrl'],
	...(mode === 'textToVideo' && {
		aspectRatios: ['16:9', ...ratios.filter((one) => one !== '16:9')],
	}),
	...(mode === 'referenceToVideo' && {
		aspectRatios: ['adaptive', ...ratios],
		references: referenceLimits,
	}),
	...((mode === 'imageToVideo' || mode === 'firstLastFrame') && { aspectRatios: ['adaptive'] }),
	...(note && { note }),
});

const h3Max768 =
	'The page lists resolution as required and names 768P as its default: 768P is sent.';

const v2: readonly Capability[] = [
	rowV2('textToVideo', 'MiniMax-H3', h3Outputs),
	rowV2('imageToVideo', 'MiniMax-H3', h3Outputs),
	rowV2('firstLastFrame', 'MiniMax-H3', h3Outputs),
	rowV2(
		'referenceToVideo',
		'MiniMax-H3',
		h3Outputs,
		referencePriceNote('$0.08 a second for 768P, $0.13 for 2K'),
	),
	rowV2('textToVideo', 'MiniMax-H3-Max', h3MaxOutputs, h3Max768),
	rowV2('imageToVideo', 'MiniMax-H3-Max', h3MaxOutputs, h3Max768),
	rowV2('firstLastFrame', 'MiniMax-H3-Max', h3MaxOutputs, h3Max768),
	rowV2(
		'referenceToVideo',
		'MiniMax-H3-Max',
		h3MaxOutputs,
		`Newer pages allow references, an older one does not: they are sent and the vendor decides. ${referencePriceNote('$0.0553 a second for 480P, $0.143 for 768P')}`,
	),
];

export const capabilities: readonly Capability[] = [...v1, ...v2];
