import { type Capability, outputsWith, type Price, usd } from '../../video/capabilities';
import type { SettingName } from '../../video/request';
import { h3Row, hailuoRow, secondsFrom } from '../hailuo';

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

const note01 =
	'The duration table also prints 6 s under 1080P, the resolution table has 720P only: 720P is followed.';

const current = { outputs: standard, settings: withPretreatment };
const of01 = { outputs: series01, settings: common, note: note01 };

const v1: readonly Capability[] = [
	hailuoRow('textToVideo', 'MiniMax-Hailuo-2.3', current),
	hailuoRow('textToVideo', 'MiniMax-Hailuo-02', current),
	hailuoRow('textToVideo', 'T2V-01-Director', of01),
	hailuoRow('textToVideo', 'T2V-01', { ...of01, camera: false }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3', current),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', { ...current, outputs: fast }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-02', { ...current, outputs: [...standard, small] }),
	hailuoRow('imageToVideo', 'I2V-01-Director', of01),
	hailuoRow('imageToVideo', 'I2V-01-live', { ...of01, camera: false }),
	hailuoRow('imageToVideo', 'I2V-01', { ...of01, camera: false }),
	hailuoRow('firstLastFrame', 'MiniMax-Hailuo-02', {
		outputs: standard,
		settings: common,
		note: 'The schema requires the last frame only, the text describes both: both are asked for.',
	}),
	hailuoRow('subjectReference', 'S2V-01', {
		...of01,
		camera: false,
		takesOutput: false,
		note: 'The page has neither resolution nor duration, and clients report that they are refused: neither is sent.',
	}),
];

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

const h3Output = outputsWith({
	'768P': { earliest: 30, typical: 100 },
	'2K': { earliest: 60, typical: 400 },
});
const h3Outputs = [
	h3Output('768P', secondsFrom(4, 15), h3Price(0.08)),
	h3Output('2K', secondsFrom(4, 15), h3Price(0.13)),
];

const h3MaxOutput = outputsWith({
	'480P': { earliest: 15, typical: 45 },
	'768P': { earliest: 15, typical: 60 },
});
const h3MaxOutputs = [
	h3MaxOutput('768P', secondsFrom(5, 15), h3MaxPrice(0.08, 0.143)),
	h3MaxOutput('480P', secondsFrom(5, 15), h3MaxPrice(0.05, 0.0553)),
];

const referencePriceNote = (prices: string) =>
	`Reference videos are billed by their length, ${prices}. It is not known before sending: with one there is no estimate, and Maximum Cost refuses.`;

const h3 = { outputs: h3Outputs };
const h3Max = {
	outputs: h3MaxOutputs,
	note: 'The page lists resolution as required and names 768P as its default: 768P is sent.',
};
/** In the order of the page. */
const ofReferences = { aspectRatios: ['adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'] };

const v2: readonly Capability[] = [
	h3Row('textToVideo', 'MiniMax-H3', h3),
	h3Row('imageToVideo', 'MiniMax-H3', h3),
	h3Row('firstLastFrame', 'MiniMax-H3', h3),
	h3Row('referenceToVideo', 'MiniMax-H3', {
		...h3,
		...ofReferences,
		note: referencePriceNote('$0.08 a second for 768P, $0.13 for 2K'),
	}),
	h3Row('textToVideo', 'MiniMax-H3-Max', h3Max),
	h3Row('imageToVideo', 'MiniMax-H3-Max', h3Max),
	h3Row('firstLastFrame', 'MiniMax-H3-Max', h3Max),
	h3Row('referenceToVideo', 'MiniMax-H3-Max', {
		...h3Max,
		...ofReferences,
		note: `Newer pages allow references, an older one does not: they are sent and the vendor decides. ${referencePriceNote('$0.0553 a second for 480P, $0.143 for 768P')}`,
	}),
];

export const capabilities: readonly Capability[] = [...v1, ...v2];
