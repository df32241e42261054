import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';
import { type Hint, hintText } from '../../video/hint';
import { itemsText } from './itemsText';

/** What is said of one item. */
export interface Said {
	readonly hints: readonly Hint[];
	readonly notes: readonly string[];
}

/** Different sentences about one vendor that a hint holds. */
const mostReasons = 3;

/**
 * What is said of the run and of all items in the output pane: each sentence once, one hint a vendor.
 * `warnings` and `notes` are about the run.
 */
export function addHints(
	context: IExecuteFunctions,
	warnings: readonly string[],
	items: readonly Said[],
	notes: readonly string[],
) {
	const shown = [
		...warnings.map(shownAs('warning')),
		...messagesOf(items.map(({ hints }) => hints)).map(shownAs('warning')),
		...notes.map(shownAs('info')),
		...messagesOf(items.map(({ notes }) => notes)).map(shownAs('info')),
	];
	// n8n before 1.75 has no such method; a hint is never worth an error.
	if (shown.length > 0) context.addExecutionHints?.(...shown);
}

const shownAs =
	(type: 'warning' | 'info') =>
	(message: string): NodeExecutionHint => ({ message, type, location: 'outputPane' });

function messagesOf(items: ReadonlyArray<readonly Hint[]>): string[] {
	const groups = new Map<string, Map<string, number[]>>();
	items.forEach((hints, item) => {
		for (const hint of hints) {
			const subject = typeof hint === 'string' ? hint : hint.vendor;
			const texts = groups.get(subject) ?? new Map<string, number[]>();
			const text = hintText(hint);
			groups.set(subject, texts.set(text, [...(texts.get(text) ?? []), item]));
		}
	});
	const of = (indexes: readonly number[]) => (items.length > 1 ? ` (${itemsText(indexes)})` : '');
	return [...groups.values()].map((texts) => {
		const all = [...texts];
		const more = all.slice(mostReasons).flatMap(([, indexes]) => indexes);
		return [
			...all.slice(0, mostReasons).map(([text, indexes]) => `${text}${of(indexes)}`),
			...(more.length > 0 ? [`The like${of([...new Set(more)])}`] : []),
		].join(' ');
	});
}
