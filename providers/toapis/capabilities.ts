import type { Capability, Output } from '../../video/capabilities';
import { framesOf, outputsWith } from '../../video/capabilities';
import type { ImageRules } from '../../video/media';
import type { Mode, SettingName } from '../../video/request';
import { megabyte } from '../../video/size';

/**
 * Files go through the upload endpoint, whose cap is lower than that of the models and whose
 * formats are fewer: https://docs.toapis.com/docs/en/api-reference/uploads/images
 */
const uploadRules = { formats: ['JPEG', 'PNG', 'WebP'], maxBytes: 10 * megabyte };

/** https://docs.toapis.com/docs/en/api-reference/videos/minimax-hailuo-2.3/generation */
const hailuoRules: ImageRules = { ...uploadRules, minSide: 301, minRatio: 2 / 5, maxRatio: 5 / 2 };

/** https://docs.toapis.com/docs/en/api-reference/videos/minimax-h3/generation */
const h3Rules: ImageRules = {
	...uploadRules,
	minSide: 256,
	maxSide: 5760,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

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

interface HailuoRow {
	promptRequired: boolean;
	outputs?: readonly Output[];
	note?: string;
}

const hailuoRow = (
	mode: Mode,
	model: string,
	{ promptRequired, outputs = standard, note }: HailuoRow,
): Capability => ({
	mode,
	model,
	outputs,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 2000, required: promptRequired },
	frames: framesOf[mode],
	imageRules: hailuoRules,
	camera: true,
	settings,
	...(note && { note }),
});

const promptNote =
	'The pages of 2.3 and H3 require a prompt in every mode, the one of 02 for text to video only: each model follows its own page.';
const fastNote =
	'One vendor table lists 6 s only for image to video; this vendor and MiniMax list 10 s at 768P as well: 10 s is offered.';
const smallNote =
	'The table ticks 512P for text to video too, the field text and MiniMax limit it to a first frame: the limit is followed.';

const hailuo: readonly Capability[] = [
	hailuoRow('textToVideo', 'MiniMax-Hailuo-2.3', { promptRequired: true }),
	hailuoRow('textToVideo', 'MiniMax-Hailuo-02', { promptRequired: true, note: smallNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3', { promptRequired: true, note: promptNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-2.3-Fast', { promptRequired: true, note: fastNote }),
	hailuoRow('imageToVideo', 'MiniMax-Hailuo-02', {
		promptRequired: false,
		outputs: [...standard, small],
		note: promptNote,
	}),
	hailuoRow('firstLastFrame', 'MiniMax-Hailuo-02', { promptRequired: false }),
];

const h3Durations = Array.from({ length: 12 }, (_, index) => index + 4);
const h3Outputs = [output('2K', h3Durations), output('768P', h3Durations)];

const ratios = ['16:9', '21:9', '4:3', '1:1', '3:4', '9:16'];
const aspectRatiosOf: Partial<Record<Mode, readonly string[]>> = {
	textToVideo: ratios,
	imageToVideo: ['adaptive'],
	firstLastFrame: ['adaptive'],
	referenceToVideo: ['adaptive', ...ratios],
};

const h3Row = (mode: Mode): Capability => ({
	mode,
	model: 'MiniMax-H3',
	outputs: h3Outputs,
	defaultDuration: 5,
	takesOutput: true,
	prompt: { maxLength: 7000, required: true },
	frames: framesOf[mode],
	...(mode === 'referenceToVideo' && {
		references: { image: 9, video: 3, audio: 3, total: 12, audioNeedsPicture: true },
	}),
	aspectRatios: aspectRatiosOf[mode],
	imageRules: h3Rules,
	camera: true,
	settings: ['aigcWatermark', 'callbackUrl'],
	note:
		mode === 'referenceToVideo'
			? 'Only a newer page in Chinese names an upload for audio: sounds must be links.'
			: 'H3 takes HEIC by link; the upload endpoint does not, so that a HEIC file is refused.',
});

const h3 = (['textToVideo', 'imageToVideo', 'firstLastFrame', 'referenceToVideo'] as const).map(
	h3Row,
);

export const capabilities: readonly Capability[] = [...hailuo, ...h3];
