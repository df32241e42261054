import type { Capability } from './capabilities';
import { effectiveOutput } from './capabilities';
import { InputError } from './failure';
import type { VideoRequest } from './request';
import type { Cost } from './task';

/** What a request will cost by the vendor's price list; undefined where the list has no such row. */
export function estimate(capability: Capability, request: VideoRequest): Cost | undefined {
	const { output, duration } = effectiveOutput(capability, request);
	const { price } = output;
	if (!price) return undefined;
	const images = countImages(request);
	const one =
		'perVideo' in price
			? price.perVideo[duration]
			: price.perSecond * duration +
				(price.images ? Math.max(0, images - price.images.free) * price.images.each : 0);
	if (one === undefined) return undefined;
	const amount = one * (request.settings.numberResults ?? 1);
	return { amount: round(amount), unit: price.unit, source: 'estimate' };
}

function countImages({ firstFrame, lastFrame, subject, references = [] }: VideoRequest): number {
	const frames = [firstFrame, lastFrame, subject].filter((media) => media !== undefined).length;
	return frames + references.filter(({ kind }) => kind === 'image').length;
}

export function round(amount: number): number {
	return Math.round(amount * 1e6) / 1e6;
}

export function costText({ amount, unit }: Pick<Cost, 'amount' | 'unit'>): string {
	return unit === 'USD' ? `$${amount.toFixed(2)}` : `${amount} credits`;
}

/**
 * Why requests may not be sent when they may cost at most `maxCost` together; undefined when they
 * may. Without a known price nobody could keep the promise, so that this is refused as well.
 */
export function overMaxCost(
	estimates: readonly (Cost | undefined)[],
	maxCost: number,
): InputError | undefined {
	if (estimates.some((cost) => cost === undefined)) {
		return new InputError(
			'Maximum Cost is set, but the price of a video is not known',
			'Remove Maximum Cost, or choose a model and resolution with a known price.',
		);
	}
	const costs = estimates as readonly Cost[];
	for (const unit of ['USD', 'credits'] as const) {
		const same = costs.filter((cost) => cost.unit === unit);
		const total = round(same.reduce((sum, { amount }) => sum + amount, 0));
		if (total <= maxCost) continue;
		return new InputError(
			`This would cost about ${costText({ amount: total, unit })} for ${same.length} ${
				same.length === 1 ? 'item' : 'items'
			}, more than the Maximum Cost of ${costText({ amount: maxCost, unit })}`,
			'Nothing was sent. Raise Maximum Cost, or choose fewer, shorter or smaller videos.',
		);
	}
	return undefined;
}
