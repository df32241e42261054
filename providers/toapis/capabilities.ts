import { type Capability, outputsWith } from '../../video/capabilities';
import type { SettingName } from '../../video/request';
import { megabyte } from '../../video/size';
import { h3ImageRules, h3Row, hailuoRow, imageRules, requiredPrompt, secondsFrom } from '../hailuo';

/**
 * Files go through the upload endpoint, whose cap is lower than that of the models and whose
 * formats are fewer: https://docs.toapis.com/docs/en/api-reference/uploads/images
 */
const uploadRules = { formats: ['JPEG', 'PNG', 'WebP'], maxBytes: 10 * megabyte };

/** The task page speaks of 1 to 5 minutes; ToAPIs publishes no prices on the pages of its API. */
const ready = {
	'512P': { earliest: 15, typical: 90 },
	'768P': { earliest: 15, typical: 120 },
	'1080P': { earliest: 30, typical: 240 },
	'2K': { earliest: 60, typical: 400 },
} as const;

const output = outputsWith(ready);

const standard = [output('768P', [6, 10]), output('1080P', [6])];
const small = output('512P', [6, 10]);

const settings: readonly SettingName[] = [
	'promptOptimizer',
	'fastPretreatment',
	'aigcWatermark',
	'callbackUrl',
];

const promptNote =
	'The pages of 2.3 and H3 require a prompt in every mode, the one of 02 for text to video only: each model follows its own page.';
const fastNote =
	'One vendor table lists 6 s only for image to video; this vendor and MiniMax list 10 s at 768P as well: 10 s is offered.';
const smallNote =
	'The table ticks 512P for text to video too, the field text and MiniMax limit it to a first frame: the limit is followed.';

/** Sides: https://docs.toapis.com/docs/en/api-reference/videos/minimax-hailuo-2.3/generation */
const common = { outputs: standard, imageRules: { ...imageRules, ...uploadRules }, settings };
const withPrompt = { ...common, prompt: requiredPrompt };

const hailuo: readonly Capability[] = [
	hailuoRow('textToVideo', 'MiniMax-Hailuo-2.3', common),
	hailuoRow('textToVideo', 'MiniMax-Hailuo-02', { ...common, note: smallNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3', { ...withPrompt, note: promptNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', { ...withPrompt, note: fastNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-02', {
		...common,
		outputs: [...standard, small],
		note: promptNote,
	}),
	hailuoRow('firstLastFrame', 'MiniMax-Hailuo-02', common),
];

/** Sides: https://docs.toapis.com/docs/en/api-reference/videos/minimax-h3/generation */
const ofH3 = {
	outputs: [output('2K', secondsFrom(4, 15)), output('768P', secondsFrom(4, 15))],
	defaultDuration: 5,
	imageRules: { ...h3ImageRules, ...uploadRules },
	note: 'H3 takes HEIC by link; the upload endpoint does not, so that a HEIC file is refused.',
};

const h3: readonly Capability[] = [
	h3Row('textToVideo', 'MiniMax-H3', ofH3),
	h3Row('imageToVideo', 'MiniMax-H3', ofH3),
	h3Row('firstLastFrame', 'MiniMax-H3', ofH3),
	h3Row('referenceToVideo', 'MiniMax-H3', {
		...ofH3,
		note: 'Only a newer page in Chinese names an upload for audio: sounds must be links.',
	}),
];

export const capabilities: readonly Capability[] = [...hailuo, ...h3];
