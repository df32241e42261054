import { type Capability, outputsWith, usd } from '../../video/capabilities';
import type { SettingName } from '../../video/request';
import { hailuoRow, imageRules, requiredPrompt } from '../hailuo';

/** Runs of about four minutes were seen in the field; Runware promises no time. */
const ready = {
	'768P': { earliest: 15, typical: 150 },
	'1080P': { earliest: 30, typical: 240 },
} as const;

const output = outputsWith(ready);

/** Prices: https://runware.ai/docs/models/minimax-hailuo-2-3 */
const standard = [
	output('768P', [6, 10], usd({ 6: 0.28, 10: 0.56 })),
	output('1080P', [6], usd({ 6: 0.49 })),
];
/** Prices: https://runware.ai/docs/models/minimax-hailuo-2-3-fast */
const fast = [output('768P', [6, 10], usd({ 6: 0.19 })), output('1080P', [6], usd({ 6: 0.33 }))];
const unpriced = [output('768P', [6, 10]), output('1080P', [6])];
const series01 = [output('768P', [6])];
/** https://runware.ai/docs/en/providers/minimax shows a result with its cost. */
const model01 = [output('768P', [6], usd({ 6: 0.28 }))];

const settings: readonly SettingName[] = [
	'promptOptimizer',
	'callbackUrl',
	'outputFormat',
	'outputQuality',
	'numberResults',
	'fps',
	'ttl',
	'safetyMode',
	'uploadEndpoint',
	'includeCost',
];

const defaultsNote =
	'Size and duration of a request without them are not stated: 1366 x 768 and 6 s are assumed.';
const note01 = `${defaultsNote} One model ID makes both modes of the 01 series.`;
const noteLive =
	'The page tags text to video too, and prices 5 s although the model makes 6 s: a first frame is asked for, and no price is given.';
const note02 = `${defaultsNote} The typed schema requires a prompt in both modes. No price of the vendor’s own is known.`;
const noteFast = 'The price of 10 s is not published.';

/** The pages of 2.3 and 02 name no limits of images: those of MiniMax behind them hold. */
const of23 = { outputs: standard, settings, note: defaultsNote };
const of02 = { outputs: unpriced, settings, prompt: requiredPrompt, note: note02 };
const text01 = { outputs: series01, settings, note: note01 };
/** Sides of the 01 family: https://runware.ai/docs/en/providers/minimax */
const image01 = { ...text01, imageRules: { ...imageRules, maxSide: 2048 } };

/** Sources: https://runware.ai/docs/models/minimax-01 and its siblings named in `documentation`. */
export const capabilities: readonly Capability[] = [
	hailuoRow('textToVideo', 'MiniMax-Hailuo-2.3', of23),
	hailuoRow('textToVideo', 'MiniMax-Hailuo-02', of02),
	hailuoRow('textToVideo', 'T2V-01-Director', text01),
	hailuoRow('textToVideo', 'T2V-01', { ...text01, outputs: model01, camera: false }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3', of23),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', { ...of23, outputs: fast, note: noteFast }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-02', of02),
	hailuoRow('imageToVideo', 'I2V-01-Director', image01),
	hailuoRow('imageToVideo', 'I2V-01-live', { ...image01, camera: false, note: noteLive }),
	hailuoRow('imageToVideo', 'I2V-01', { ...image01, outputs: model01, camera: false }),
];
