import type { Output } from '../../video/capabilities';
import { costText } from '../../video/cost';

/**
 * What videos of these lengths (seconds) cost by the price lists, e.g. “$0.28 to $0.56”, before what
 * references add. Undefined where a price is not published, or where several vendors count differently.
 */
export function priceText(
	outputs: readonly Output[],
	durations: readonly number[],
): string | undefined {
	const prices = outputs.flatMap(({ price, durations: made }) =>
		durations
			.filter((seconds) => made.includes(seconds))
			.map((seconds) => ({
				unit: price?.unit,
				amount:
					price && ('perVideo' in price ? price.perVideo[seconds] : price.perSecond * seconds),
			})),
	);
	const [first] = prices;
	if (!first || prices.some(({ unit, amount }) => amount === undefined || unit !== first.unit)) {
		return undefined;
	}
	const amounts = prices.map(({ amount = 0 }) => amount);
	const text = (amount: number) => costText({ amount, unit: first.unit ?? 'USD' });
	const [least, most] = [Math.min(...amounts), Math.max(...amounts)].map(text);
	return least === most ? least : `${least} to ${most}`;
}
