/** Items that a sentence names at the most. */
const mostNamed = 5;

/** Items of the input as n8n counts them for people, from 1: `items 1, 3 and 4 more`. */
export function itemsText(indexes: readonly number[]): string {
	const shown = indexes
		.slice(0, mostNamed)
		.map((index) => index + 1)
		.join(', ');
	const more = indexes.length > mostNamed ? ` and ${indexes.length - mostNamed} more` : '';
	return `${indexes.length === 1 ? 'item' : 'items'} ${shown}${more}`;
}
