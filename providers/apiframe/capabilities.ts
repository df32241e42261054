import { type Capability, credits, outputsWith } from '../../video/capabilities';
import type { SettingName } from '../../video/request';
import { hailuoRow, requiredPrompt } from '../hailuo';

/** https://apiframe.ai/models/hailuo-2.3-fast speaks of 90 s, the page of 02 of 180 s. */
const ready = {
	'768P': { earliest: 15, typical: 120 },
	'1080P': { earliest: 30, typical: 240 },
} as const;

const output = outputsWith(ready);

/** Prices: https://docs-v2.apiframe.ai/docs/videos/hailuo/hailuo-2-3 */
const hailuo23 = [
	output('768P', [6, 10], credits({ 6: 5, 10: 10 })),
	output('1080P', [6], credits({ 6: 10 })),
];
/** Prices: https://docs-v2.apiframe.ai/docs/videos/hailuo/hailuo-02 */
const hailuo02 = [
	output('768P', [6, 10], credits({ 6: 5, 10: 8 })),
	output('1080P', [6], credits({ 6: 10 })),
];
const unpriced = [output('768P', [6, 10]), output('1080P', [6])];

const settings: readonly SettingName[] = ['promptOptimizer', 'callbackUrl'];

/** The pages name no limits of images: those of MiniMax behind them hold, under the cap of uploads. */
const common = { prompt: requiredPrompt, settings };
const of23 = { ...common, outputs: hailuo23 };
const of02 = { ...common, outputs: hailuo02 };

const noteFast =
	'The schema does not force an image, the model behind it needs one: a first frame is asked for. Its price is not published.';

export const capabilities: readonly Capability[] = [
	hailuoRow('textToVideo', 'MiniMax-Hailuo-2.3', of23),
	hailuoRow('textToVideo', 'MiniMax-Hailuo-02', of02),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3', of23),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', {
		...common,
		outputs: unpriced,
		note: noteFast,
	}),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-02', of02),
	hailuoRow('firstLastFrame', 'MiniMax-Hailuo-02', of02),
];
