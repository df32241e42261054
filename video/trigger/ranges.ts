/**
 * A set of whole numbers from 1 on, as sorted ranges that do not touch: [from, to, from, to, ...],
 * both ends included. Row numbers are handled nearly in order, so that few ranges hold many.
 */
export type Ranges = readonly number[];

export function hasNumber(ranges: Ranges, number: number): boolean {
	let low = 0;
	let high = ranges.length / 2;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ranges[middle * 2 + 1] < number) low = middle + 1;
		else high = middle;
	}
	return low * 2 < ranges.length && ranges[low * 2] <= number;
}

export function rangesOf(numbers: readonly number[]): Ranges {
	const sorted = [...numbers].sort((one, other) => one - other);
	return joined(sorted.map((number) => [number, number]));
}

export function unite(one: Ranges, other: Ranges): Ranges {
	const pairs = [...pairsOf(one), ...pairsOf(other)];
	return joined(pairs.sort(([from], [otherFrom]) => from - otherFrom));
}

/** What the set lacks, up to and including `last`. */
export function gapsOf(ranges: Ranges, last = Infinity): Ranges {
	const gaps: number[] = [];
	let next = 1;
	for (const [from, to] of pairsOf(ranges)) {
		if (from > last) break;
		if (from > next) gaps.push(next, from - 1);
		next = to + 1;
	}
	if (next <= last) gaps.push(next, last);
	return gaps;
}

/** Closes the lowest gaps until at most `most` ranges are left. */
export function atMost(ranges: Ranges, most: number): Ranges {
	const excess = ranges.length / 2 - most;
	return excess > 0 ? [ranges[0], ...ranges.slice(excess * 2 + 1)] : ranges;
}

/** Joins ranges that lie at most `distance` numbers apart. */
export function pairsOf(ranges: Ranges, distance = 0): Array<[from: number, to: number]> {
	const pairs: Array<[number, number]> = [];
	for (let index = 0; index < ranges.length; index += 2) {
		const last = pairs[pairs.length - 1];
		if (last && ranges[index] - last[1] <= distance) last[1] = ranges[index + 1];
		else pairs.push([ranges[index], ranges[index + 1]]);
	}
	return pairs;
}

function joined(sorted: ReadonlyArray<readonly [number, number]>): Ranges {
	const ranges: number[] = [];
	for (const [from, to] of sorted) {
		const end = ranges.length - 1;
		if (end > 0 && from <= ranges[end] + 1) ranges[end] = Math.max(ranges[end], to);
		else ranges.push(from, to);
	}
	return ranges;
}
