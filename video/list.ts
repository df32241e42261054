/** `A`, `A or B`, `A, B or C`. */
export function list(values: readonly (string | number)[], word = 'or'): string {
	const texts = values.map(String);
	return texts.length < 2
		? texts.join('')
		: `${texts.slice(0, -1).join(', ')} ${word} ${texts[texts.length - 1]}`;
}

/** Bounds what is remembered: of more than so many entries those go that were put in first. */
export function keepNewest<Key>(kept: Set<Key> | Map<Key, unknown>, most: number) {
	for (const oldest of kept.keys()) {
		if (kept.size <= most) return;
		kept.delete(oldest);
	}
}

/** Cuts a list into pieces of at most `size`, in order. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
	const result: T[][] = [];
	for (let start = 0; start < values.length; start += size) {
		result.push(values.slice(start, start + size));
	}
	return result;
}
