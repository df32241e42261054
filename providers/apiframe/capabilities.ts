import type { Capability, Output } from '../../video/capabilities';
import { credits, framesOf, outputsWith } from '../../video/capabilities';
import type { ImageRules } from '../../video/media';
import type { Mode, SettingName } from '../../video/request';
import { megabyte } from '../../video/size';

/**
 * The pages name no limits: those of MiniMax behind them hold, under the cap of uploads.
 * https://platform.minimax.io/docs/api-reference/video-generation-i2v
 */
const imageRules: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP'],
	maxBytes: 20 * megabyte,
	minSide: 301,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

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

const row = (mode: Mode, model: string, outputs: readonly Output[], note?: string): Capability => ({
	mode,
	model,
	outputs,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 2000, required: true },
	frames: framesOf[mode],
	imageRules,
	camera: true,
	settings,
	...(note && { note }),
});

const noteFast =
	'The schema does not force an image, the model behind it needs one: a first frame is asked for. Its price is not published.';

export const capabilities: readonly Capability[] = [
	row('textToVideo', 'MiniMax-Hailuo-2.3', hailuo23),
	row('textToVideo', 'MiniMax-Hailuo-02', hailuo02),
	row('imageToVideo', 'MiniMax-Hailuo-2.3', hailuo23),
	row('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', unpriced, noteFast),
	row('imageToVideo', 'MiniMax-Hailuo-02', hailuo02),
	row('firstLastFrame', 'MiniMax-Hailuo-02', hailuo02),
];
