import { testedVendors } from '../support/vendors';

/** Real answers of a vendor, and ways to replace one part of them by something else. */
export const bodiesOf = (vendor: string): unknown[] =>
	testedVendors
		.filter((one) => one.vendor === vendor)
		.flatMap(({ examples }) => examples.map(({ response }) => response.body ?? {}));

export type Path = readonly string[];

/** Where values stand in an answer, the whole answer first. */
export function paths(value: unknown, path: Path = []): Path[] {
	if (typeof value !== 'object' || value === null) return [path];
	return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

/** A copy of an answer; undefined leaves the value out. */
export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
	if (key === undefined) return by;
	const copy = structuredClone(value) as Record<string, unknown>;
	return Object.assign(copy, { [key]: replaced(copy[key], rest, by) });
}
