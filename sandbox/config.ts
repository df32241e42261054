import { z } from 'zod';

export const VENDORS = ['minimax', 'toapis', 'runware', 'apiframe'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Where a finished video lies; MiniMax has three shelves with a lifetime of their own. */
export const LINK_KINDS = [
	'minimaxV1',
	'minimaxV2',
	'template',
	'toapis',
	'runware',
	'apiframe',
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

const limit = z.object({ requests: z.number().positive(), windowSeconds: z.number().positive() });

/** The limits that the vendors publish. Runware and Apiframe publish no number: theirs start off. */
const limits = {
	minimaxV1: limit.default({ requests: 20, windowSeconds: 60 }),
	minimaxV2: limit.default({ requests: 300, windowSeconds: 60 }),
	minimaxV2InFlight: z.number().positive().default(30),
	toapisSubmit: limit.default({ requests: 50, windowSeconds: 10 }),
	toapisQuery: limit.default({ requests: 500, windowSeconds: 10 }),
	runware: limit.nullable().default(null),
	apiframe: limit.nullable().default(null),
};

const perVendor = z.object({
	minimax: z.number().nonnegative().default(3),
	toapis: z.number().nonnegative().default(3),
	runware: z.number().nonnegative().default(3),
	apiframe: z.number().nonnegative().default(3),
});

const HOUR = 3600;
const perLink = z.object({
	minimaxV1: z.number().nonnegative().default(HOUR),
	minimaxV2: z
		.number()
		.nonnegative()
		.default(24 * HOUR),
	template: z
		.number()
		.nonnegative()
		.default(9 * HOUR),
	toapis: z
		.number()
		.nonnegative()
		.default(24 * HOUR),
	runware: z
		.number()
		.nonnegative()
		.default(24 * HOUR),
	apiframe: z
		.number()
		.nonnegative()
		.default(24 * HOUR),
});

/** One number stands for all entries of a table. */
const orOneNumber = <Table extends z.AnyZodObject>(table: Table) =>
	z.preprocess(
		(value) =>
			typeof value === 'number'
				? Object.fromEntries(Object.keys(table.shape).map((name) => [name, value]))
				: value,
		table,
	);

export const configSchema = z
	.object({
		secondsPerTask: orOneNumber(perVendor).default({}),
		linkSeconds: orOneNumber(perLink).default({}),
		rateLimits: z
			.preprocess(
				(value) => (typeof value === 'boolean' ? { enabled: value } : value),
				z
					.object({
						enabled: z.boolean().default(true),
						/** At some vendors a refused request takes a place in the window too. */
						countRefused: z.boolean().default(false),
						...limits,
					})
					.strict(),
			)
			.default({}),
		/** Every download is padded to this many bytes with a `free` box; null serves the clip as it is. */
		downloadBytes: z.number().int().positive().nullable().default(null),
		/** How Runware words the balance: its pages disagree between a number and an object. */
		runwareBalance: z
			.union([
				z.number(),
				z.object({
					amount: z.number(),
					currency: z.string(),
					freeBalance: z.number().optional(),
				}),
			])
			.default(2450.75),
		/** USD that a MiniMax key starts with. */
		minimaxBalance: z.number().default(100),
		/** USD that a ToAPIs key starts with. */
		toapisBalance: z.number().default(100),
		/** Credits that an Apiframe key starts with. */
		apiframeCredits: z.number().int().default(1000),
		/** The webhook of the ToAPIs token: the origin set in its console, and the signing secret. */
		toapisWebhook: z
			.object({ origin: z.string().url(), secret: z.string() })
			.nullable()
			.default(null),
		/** `number of milliseconds` between two bytes of a slowDrip fault. */
		slowDripMilliseconds: z.number().positive().default(1000),
	})
	.strict();

export type SandboxConfig = z.output<typeof configSchema>;
export type SandboxConfigInput = z.input<typeof configSchema>;

/** Lays a partial change over a configuration, table by table. */
export function changeConfig(config: SandboxConfig, change: SandboxConfigInput): SandboxConfig {
	const merged: Record<string, unknown> = { ...config };
	for (const [name, value] of Object.entries(change)) {
		const before = merged[name];
		if (name === 'rateLimits' && typeof value === 'boolean') {
			merged[name] = { ...config.rateLimits, enabled: value };
		} else if (
			['secondsPerTask', 'linkSeconds', 'rateLimits'].includes(name) &&
			typeof value === 'object'
		) {
			merged[name] = { ...(before as object), ...(value as object) };
		} else {
			merged[name] = value;
		}
	}
	return configSchema.parse(merged);
}
