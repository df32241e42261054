/** What the Hailuo and 01 models make, which more than one vendor sells: sizes in pixels, and prices. */

interface Size {
	width: number;
	height: number;
}

export const SIZES: Record<string, Size> = {
	'512P': { width: 910, height: 512 },
	'720P': { width: 1280, height: 720 },
	'768P': { width: 1366, height: 768 },
	'1080P': { width: 1920, height: 1080 },
};

const PRICES: Record<string, number> = {
	'512P 6': 0.1,
	'512P 10': 0.15,
	'768P 6': 0.28,
	'768P 10': 0.56,
	'1080P 6': 0.49,
};
const FAST_PRICES: Record<string, number> = { '768P 6': 0.19, '768P 10': 0.32, '1080P 6': 0.33 };
/** The 01 series is in no current price table; this stands in for it. */
const SERIES_01_PRICE = 0.43;

/** USD for one video. */
export function hailuoPrice(model: string, resolution: string, seconds: number): number {
	if (resolution === '720P') return SERIES_01_PRICE;
	const prices = model === 'MiniMax-Hailuo-2.3-Fast' ? FAST_PRICES : PRICES;
	return prices[`${resolution} ${seconds}`] ?? 0;
}
