import { createHash } from 'node:crypto';

/** Task names as short digests one behind the other: 48 bits each, in the order they were added. */
export type Digests = string;

const width = 8;

export function digestOf(name: string): string {
	return createHash('sha256').update(name).digest('base64').slice(0, width);
}

export function digestsIn(digests: Digests): Set<string> {
	const found = new Set<string>();
	for (let start = 0; start < digests.length; start += width) {
		found.add(digests.slice(start, start + width));
	}
	return found;
}

const apart = new WeakMap<object, ReadonlySet<string>>();

/** The digests that a cursor holds, taken apart once. */
export function digestSetOf(cursor: object, digests: () => Digests): ReadonlySet<string> {
	const set = apart.get(cursor) ?? digestsIn(digests());
	apart.set(cursor, set);
	return set;
}

export function digestsOf(all: Iterable<string>): Digests {
	return [...new Set(all)].join('');
}

export function uniteDigests(one: Digests, other: Digests): Digests {
	return digestsOf([...digestsIn(one), ...digestsIn(other)]);
}
