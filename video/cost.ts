import { type Capability, effectiveOutput, type Price } from './capabilities';
import { InputError } from './failure';
import type { VideoRequest } from './request';
import type { Cost } from './task';
import { quoted } from './text';

/** What a video will cost by the vendor's price list, or why that is not known. */
export interface Quote {
	readonly cost?: Cost;
	/** How many videos that is; 1 where it is absent. */
	readonly videos?: number;
	/** Ends a sentence: `no price of Model T2V-01 with Resolution 720P is known`. */
	readonly unknown?: string;
}

/** The quote for a checked request; without a capability the table does not know its model. */
export function quote(capability: Capability | undefined, request: VideoRequest): Quote {
	if (!capability) return { unknown: `no price of Model ${quoted(request.model)} is known` };
	const { output, duration } = effectiveOutput(capability, request);
	const { price, resolution } = output;
	const choice = `Model ${capability.model} with Resolution ${resolution}`;
	if (!price) return { unknown: `no price of ${choice} is known` };
	if (billsReferenceVideo(price, request)) {
		return { unknown: 'References hold a video, which is billed by its length' };
	}
	const one =
		'perVideo' in price ? price.perVideo[duration] : perSecondPrice(price, duration, request);
	if (one === undefined) {
		return { unknown: `no price of ${choice} and Duration ${duration} is known` };
	}
	const videos = request.settings.numberResults ?? 1;
	return {
		cost: { amount: round(one * videos), unit: price.unit, source: 'estimate' },
		...(videos > 1 && { videos }),
	};
}

function billsReferenceVideo(price: Price, { references = [] }: VideoRequest): boolean {
	if ('perVideo' in price || price.perReferenceVideoSecond === undefined) return false;
	return references.some(({ kind }) => kind === 'video');
}

function perSecondPrice(
	{ perSecond, images }: Extract<Price, { perSecond: number }>,
	duration: number,
	request: VideoRequest,
): number {
	const paidImages = images ? Math.max(0, countImages(request) - images.free) : 0;
	return perSecond * duration + paidImages * (images?.each ?? 0);
}

function countImages({ firstFrame, lastFrame, subject, references = [] }: VideoRequest): number {
	const frames = [firstFrame, lastFrame, subject].filter((media) => media !== undefined).length;
	return frames + references.filter(({ kind }) => kind === 'image').length;
}

export function round(amount: number): number {
	return Math.round(amount * 1e6) / 1e6;
}

export function costText({ amount, unit }: Pick<Cost, 'amount' | 'unit'>): string {
	// Cents, and what is less where there is something.
	return unit === 'USD' ? `$${amount.toFixed(4).replace(/0{1,2}$/, '')}` : `${amount} credits`;
}

/** Why a limit of money cannot be kept for a quote; `limit` is the label of its field. */
export function unknownPrice(limit: string, quote: Quote): InputError {
	const { unknown = 'the price of a video is not known' } = quote;
	return new InputError(
		`${limit} is set, but ${unknown}`,
		`Nothing was sent. Remove ${limit}, or choose a video whose price is known beforehand.`,
	);
}

/**
 * Why requests may not be sent when they may cost at most `maxCost` together; undefined when they
 * may. Without a known price nobody could keep the promise, so that this is refused as well.
 */
export function overMaxCost(quotes: readonly Quote[], maxCost: number): InputError | undefined {
	const costs: Cost[] = [];
	for (const one of quotes) {
		if (!one.cost) return unknownPrice('Maximum Cost', one);
		costs.push(one.cost);
	}
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
