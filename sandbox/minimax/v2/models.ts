import { entryOf } from '../../world';

export interface Model {
	/** USD for a second of output, by resolution. */
	perSecond: Record<string, number>;
	/** USD for a second of reference video, by resolution of the output. */
	perVideoSecond: Record<string, number>;
	freeImages: number;
	perImage: number;
	minSeconds: number;
}

const MODELS: Record<string, Model> = {
	'MiniMax-H3': {
		perSecond: { '768P': 0.08, '2K': 0.13 },
		perVideoSecond: { '768P': 0.08, '2K': 0.13 },
		freeImages: 5,
		perImage: 0.04,
		minSeconds: 4,
	},
	'MiniMax-H3-Max': {
		perSecond: { '480P': 0.05, '768P': 0.08 },
		perVideoSecond: { '480P': 0.0553, '768P': 0.143 },
		freeImages: 2,
		perImage: 0.074,
		minSeconds: 5,
	},
};
export const modelOf = (name: string): Model | undefined => entryOf(MODELS, name);
export const MAX_SECONDS = 15;

const SHORT_SIDES: Record<string, number> = { '480P': 480, '768P': 768, '2K': 1440 };

export function sizeOf(resolution: string, ratio: string): { width: number; height: number } {
	const side = SHORT_SIDES[resolution] ?? 768;
	const [across = 16, down = 9] = ratio === 'adaptive' ? [] : ratio.split(':').map(Number);
	const even = (value: number): number => Math.round(value / 2) * 2;
	return across >= down
		? { width: even((side * across) / down), height: side }
		: { width: side, height: even((side * down) / across) };
}
