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
 * Refuses a run that would cost more than the person allows: one item alone, or all together.
 * A request without a known price is refused as well, since nobody could keep the promise.
 */
export function checkMaxCost(estimates: readonly (Cost | undefined)[], maxCost: number): void {
	const unknown = estimates.findIndex((cost) => cost === undefined);
	if (unknown >= 0) {
		throw new InputError(
			`Maximum Cost is set, but the price of item ${unknown + 1} is not known`,
			'Remove Maximum Cost, or choose a model and resolution with a known price.',
		);
	}
	const units = [...new Set(estimates.map((cost) => cost?.unit))];
	for (const unit of units) {
		const total = round(
			estimates.reduce((sum, cost) => sum + (cost?.unit === unit ? cost?.amount ?? 0 : 0), 0),
		);
		if (unit !== undefined && total > maxCost) {
			throw new InputError(
				`This run would cost about ${costText({ amount: total, unit })} for ${estimates.length} ${
					estimates.length === 1 ? 'video' : 'videos'
				}, more than the Maximum Cost of ${costText({ amount: maxCost, unit })}`,
				'Nothing was sent. Raise Maximum Cost, or choose fewer, shorter or smaller videos.',
			);
		}
	}
}
