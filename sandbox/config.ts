import { z } from 'zod';

import { vendors } from './index';
import { callbacksSchema, type VendorSettings } from './settings';

/** The name of a vendor. */
export type Vendor = (typeof vendors)[number]['name'];
export const VENDORS = vendors.map(({ name }) => name);

type AnySettings = (typeof vendors)[number]['settings'];
/** All members of a union at once. */
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
	all: infer Every,
) => void
	? Every
	: never;

/** One part of the settings of all vendors, side by side. */
const merged = <Part extends keyof VendorSettings>(part: Part) =>
	Object.assign({}, ...vendors.map(({ settings }) => settings[part])) as All<AnySettings[Part]>;

const USUAL_SECONDS = 3;
const secondsPerTask = Object.fromEntries(
	VENDORS.map((name) => [name, z.number().nonnegative().default(USUAL_SECONDS)]),
) as Record<Vendor, z.ZodDefault<z.ZodNumber>>;

/** One number stands for all entries of a table. */
const orOneNumber = <Shape extends z.ZodRawShape>(shape: Shape) =>
	z.preprocess(
		(value) =>
			typeof value === 'number'
				? Object.fromEntries(Object.keys(shape).map((name) => [name, value]))
				: value,
		z.object(shape),
	);

export const configSchema = z
	.object({
		secondsPerTask: orOneNumber(secondsPerTask).default({}),
		linkSeconds: orOneNumber(merged('linkSeconds')).default({}),
		rateLimits: z
			.preprocess(
				(value) => (typeof value === 'boolean' ? { enabled: value } : value),
				z
					.object({
						enabled: z.boolean().default(true),
						countRefused: z.boolean().default(false),
						...merged('rateLimits'),
					})
					.strict(),
			)
			.default({}),
		callbacks: callbacksSchema.default({}),
		downloadBytes: z.number().int().positive().nullable().default(null),
		slowDripMilliseconds: z.number().positive().default(1000),
		...merged('own'),
	})
	.strict();

export type SandboxConfig = z.output<typeof configSchema>;
export type SandboxConfigInput = z.input<typeof configSchema>;

/** Lays a partial change over a configuration, table by table. */
export function changeConfig(config: SandboxConfig, change: SandboxConfigInput): SandboxConfig {
	const changed: Record<string, unknown> = { ...config };
	for (const [name, value] of Object.entries(change)) {
		const before = changed[name];
		if (name === 'rateLimits' && typeof value === 'boolean') {
			changed[name] = { ...config.rateLimits, enabled: value };
		} else if (
			['secondsPerTask', 'linkSeconds', 'rateLimits', 'callbacks'].includes(name) &&
			typeof value === 'object'
		) {
			changed[name] = { ...(before as object), ...(value as object) };
		} else {
			changed[name] = value;
		}
	}
	return configSchema.parse(changed);
}
