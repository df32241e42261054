import type { Capability, Output } from '../../video/capabilities';
import { framesOf, outputsWith, usd } from '../../video/capabilities';
import type { ImageRules } from '../../video/media';
import type { Mode, SettingName } from '../../video/request';
import { megabyte } from '../../video/size';

/**
 * The pages of 2.3 and 02 name no limits: those of MiniMax behind them hold.
 * https://platform.minimax.io/docs/api-reference/video-generation-i2v
 */
const imageRules: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP'],
	maxBytes: 20 * megabyte,
	minSide: 301,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** Sides of the 01 family: https://runware.ai/docs/en/providers/minimax */
const imageRules01: ImageRules = { ...imageRules, maxSide: 2048 };

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

interface Row {
	outputs: readonly Output[];
	camera: boolean;
	promptRequired?: boolean;
	imageRules?: ImageRules;
	note?: string;
}

const row = (mode: Mode, model: string, { promptRequired, ...rest }: Row): Capability => ({
	mode,
	model,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 2000, required: promptRequired ?? mode === 'textToVideo' },
	frames: framesOf[mode],
	imageRules,
	settings,
	...rest,
});

const defaultsNote =
	'Size and duration of a request without them are not stated: 1366 x 768 and 6 s are assumed.';
const note01 = `${defaultsNote} One model ID makes both modes of the 01 series.`;
const noteLive =
	'The page tags text to video too, and prices 5 s although the model makes 6 s: a first frame is asked for, and no price is given.';
const note02 = `${defaultsNote} The typed schema requires a prompt in both modes. No price of the vendor’s own is known.`;
const noteFast = 'The price of 10 s is not published.';

/** Sources: https://runware.ai/docs/models/minimax-01 and its siblings named in `documentation`. */
export const capabilities: readonly Capability[] = [
	row('textToVideo', 'MiniMax-Hailuo-2.3', { outputs: standard, camera: true, note: defaultsNote }),
	row('textToVideo', 'MiniMax-Hailuo-02', {
		outputs: unpriced,
		camera: true,
		promptRequired: true,
		note: note02,
	}),
	row('textToVideo', 'T2V-01-Director', { outputs: series01, camera: true, note: note01 }),
	row('textToVideo', 'T2V-01', { outputs: model01, camera: false, note: note01 }),
	row('imageToVideo', 'MiniMax-Hailuo-2.3', {
		outputs: standard,
		camera: true,
		note: defaultsNote,
	}),
	row('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', { outputs: fast, camera: true, note: noteFast }),
	row('imageToVideo', 'MiniMax-Hailuo-02', {
		outputs: unpriced,
		camera: true,
		promptRequired: true,
		note: note02,
	}),
	row('imageToVideo', 'I2V-01-Director', {
		outputs: series01,
		camera: true,
		imageRules: imageRules01,
		note: note01,
	}),
	row('imageToVideo', 'I2V-01-live', {
		outputs: series01,
		camera: false,
		imageRules: imageRules01,
		note: noteLive,
	}),
	row('imageToVideo', 'I2V-01', {
		outputs: model01,
		camera: false,
		imageRules: imageRules01,
		note: note01,
	}),
];
