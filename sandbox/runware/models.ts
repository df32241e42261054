import { entryOf } from '../world';

export interface Model {
	name: string;
	/** Seconds by `width x height`; whole numbers from `min` to `max` for the H3 family. */
	sizes: Record<string, number[]>;
	/** The size that a `resolution` in place of width and height stands for; none but the H3 family has it. */
	resolutions?: Record<string, string>;
	usd(size: string, seconds: number): number;
	modes: Array<'text' | 'frame'>;
	promptRequired?: boolean;
	frames: number;
	fps?: number;
	references?: boolean;
	maxPrompt: number;
	defaultSeconds: number;
}

const HD = '1366x768';
const FULL_HD = '1920x1080';

const hailuo = (
	name: string,
	prices: [number, number, number],
	more: Partial<Model> = {},
): Model => ({
	name,
	sizes: { [HD]: [6, 10], [FULL_HD]: [6] },
	usd: (size, seconds) => (size === FULL_HD ? prices[2] : seconds === 10 ? prices[1] : prices[0]),
	modes: ['text', 'frame'],
	frames: 1,
	fps: 25,
	maxPrompt: 2000,
	defaultSeconds: 6,
	...more,
});

const series01 = (name: string, more: Partial<Model> = {}): Model => ({
	...hailuo(name, [0.28, 0.28, 0.28]),
	sizes: { [HD]: [6] },
	...more,
});

const H3_SECONDS = Array.from({ length: 11 }, (_value, index) => index + 5);
const H3_480 = ['848x480', '640x480', '480x480', '480x640', '480x848'];
const H3_768 = ['1344x768', '1024x768', '768x768', '768x1024', '768x1344', '1536x672'];
const H3_1440 = ['2560x1440', '1920x1440', '1440x1440', '1440x1920', '1440x2560', '2944x1248'];

const H3_RESOLUTIONS: Array<[resolution: string, size: string]> = [
	['480p', '848x480'],
	['768p', '1344x768'],
];

/** Known through third parties only: no page of the vendor's own describes the H3 family yet. */
const h3 = (name: string, tiers: Array<[sizes: string[], usdPerSecond: number]>): Model => ({
	name,
	sizes: Object.fromEntries(tiers.flatMap(([sizes]) => sizes.map((size) => [size, H3_SECONDS]))),
	resolutions: Object.fromEntries(
		tiers.flatMap(([sizes]) => H3_RESOLUTIONS.filter(([, size]) => sizes.includes(size))),
	),
	usd: (size, seconds) => (tiers.find(([sizes]) => sizes.includes(size))?.[1] ?? 0) * seconds,
	modes: ['text', 'frame'],
	promptRequired: true,
	frames: 2,
	references: true,
	maxPrompt: 7000,
	defaultSeconds: 5,
});

export const MODELS: Record<string, Model> = {
	'minimax:1@1': series01('MiniMax 01'),
	'minimax:2@1': series01('MiniMax 01 Director'),
	'minimax:2@3': series01('MiniMax 01 Live', { modes: ['frame'] }),
	'minimax:3@1': hailuo('MiniMax Hailuo 02', [0.28, 0.56, 0.49], { promptRequired: true }),
	'minimax:4@1': hailuo('MiniMax Hailuo 2.3', [0.28, 0.56, 0.49]),
	'minimax:4@2': hailuo('MiniMax Hailuo 2.3 Fast', [0.19, 0.32, 0.33], { modes: ['frame'] }),
	'minimax:h3@0': h3('MiniMax H3', [
		[H3_768, 0.08],
		[H3_1440, 0.13],
	]),
	'minimax:h3@fast': h3('MiniMax H3 Fast', [[H3_480, 0.046]]),
	'minimax:h3@max': h3('MiniMax H3 Max', [
		[H3_768, 0.08],
		[H3_480, 0.05],
	]),
	'minimax:h3@max-turbo': h3('MiniMax H3 Max Turbo', [
		[H3_768, 0.04],
		[H3_480, 0.025],
	]),
};

export const modelOf = (air: string): Model | undefined => entryOf(MODELS, air);
