import { costText, round } from '../../video/cost';
import type { Cost } from '../../video/task';
import { itemsText } from './itemsText';

/** What one item of a run costs. */
export interface ItemCost {
	/** Its number in the input, from 0. */
	readonly item: number;
	readonly cost: Cost;
	/** Videos of the item. */
	readonly videos: number;
}

/** Different prices that a note names at the most. */
const mostPrices = 5;

/**
 * What a run costs, in a note or none: `Estimated cost: 4 videos x $0.28 = $1.12 (items 1, 2, 3, 4)`. Of
 * prices that differ the sum comes first: n8n shows the first three notes. `items` is how many the run has.
 */
export function costNotes(costs: readonly ItemCost[], items: number): string[] {
	if (costs.length === 0) return [];
	const groups = [...groupsOf(costs).values()];
	const prices = groups.slice(0, mostPrices).map((group) => {
		const where = items > 1 ? ` (${itemsText(group.map(({ item }) => item))})` : '';
		return `${productText(group)}${where}`;
	});
	if (groups.length === 1) return [`${labelOf(costs)}: ${prices[0]}`];
	const isAll = costs.length === items;
	const whose = isAll ? '' : ` of ${itemsText(costs.map(({ item }) => item))}`;
	const more = groups.length > mostPrices ? `; and ${groups.length - mostPrices} more prices` : '';
	return [`${labelOf(costs)}${whose}: ${sumText(costs)}. ${prices.join('; ')}${more}`];
}

function groupsOf(costs: readonly ItemCost[]): Map<string, ItemCost[]> {
	const groups = new Map<string, ItemCost[]>();
	for (const one of costs) {
		const { amount, unit, source } = one.cost;
		const name = JSON.stringify([amount, unit, source, one.videos]);
		groups.set(name, [...(groups.get(name) ?? []), one]);
	}
	return groups;
}

/** One estimate makes the sum an estimate. */
const labelOf = (costs: readonly ItemCost[]) =>
	costs.every(({ cost }) => cost.source === 'provider') ? 'Cost' : 'Estimated cost';

/** `group` has the same price for each item. */
function productText(group: readonly ItemCost[]): string {
	const [{ cost, videos }] = group;
	const count = group.length * videos;
	if (count === 1) return costText(cost);
	const each = costText({ ...cost, amount: round(cost.amount / videos) });
	return `${count} videos x ${each} = ${sumText(group)}`;
}

/** Dollars and credits apart: `$1.12 and 5 credits`. */
function sumText(costs: ReadonlyArray<Pick<ItemCost, 'cost'>>): string {
	return (['USD', 'credits'] as const)
		.flatMap((unit) => {
			const same = costs.filter(({ cost }) => cost.unit === unit);
			const amount = round(same.reduce((sum, { cost }) => sum + cost.amount, 0));
			return same.length > 0 ? [costText({ amount, unit })] : [];
		})
		.join(' and ');
}
