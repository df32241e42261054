import { type Capability, framesOf } from '../video/capabilities';
import type { ImageRules } from '../video/media';
import type { Mode } from '../video/request';
import { megabyte } from '../video/size';

/** What MiniMax's models are like, which the gateways before them pass on where their pages say nothing else. */

/** Section “image” of https://platform.minimax.io/docs/api-reference/video-generation-i2v */
export const imageRules: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP'],
	maxBytes: 20 * megabyte,
	minSide: 301,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** https://platform.minimax.io/docs/api-reference/video-generation-v2-create */
export const h3ImageRules: ImageRules = {
	formats: ['JPEG', 'PNG', 'WebP', 'HEIC'],
	maxBytes: 30 * megabyte,
	minSide: 256,
	maxSide: 5760,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** What differs by vendor or model. */
type Facts = Pick<Capability, 'outputs'> & Partial<Capability>;

/** A row of a Hailuo or 01 model. */
export const hailuoRow = (
	mode: Mode,
	model: string,
	facts: Facts & Pick<Capability, 'settings'>,
): Capability => ({
	mode,
	model,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 2000, required: mode === 'textToVideo' },
	frames: framesOf[mode],
	imageRules,
	camera: true,
	...facts,
});

/** The prompt of such a model at a vendor whose schema requires one in every mode. */
export const requiredPrompt = { maxLength: 2000, required: true };

const ratios = ['16:9', '21:9', '4:3', '1:1', '3:4', '9:16'];
const aspectRatiosOf: Partial<Record<Mode, readonly string[]>> = {
	textToVideo: ratios,
	imageToVideo: ['adaptive'],
	firstLastFrame: ['adaptive'],
	referenceToVideo: ['adaptive', ...ratios],
};

/** A row of an H3 model. */
export const h3Row = (mode: Mode, model: string, facts: Facts): Capability => ({
	mode,
	model,
	defaultDuration: 6,
	takesOutput: true,
	prompt: { maxLength: 7000, required: true },
	frames: framesOf[mode],
	imageRules: h3ImageRules,
	camera: true,
	settings: ['aigcWatermark', 'callbackUrl'],
	aspectRatios: aspectRatiosOf[mode],
	...(mode === 'referenceToVideo' && {
		references: { image: 9, video: 3, audio: 3, total: 12, audioNeedsPicture: true },
	}),
	...facts,
});

/** Whole seconds from the first to the last. */
export const secondsFrom = (first: number, last: number): number[] =>
	Array.from({ length: last - first + 1 }, (_, index) => first + index);
