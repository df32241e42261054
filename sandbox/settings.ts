import { z } from 'zod';

const HOUR = 3600;

const limitSchema = z.object({
	requests: z.number().positive(),
	windowSeconds: z.number().positive(),
});
export type Limit = z.output<typeof limitSchema>;

/** A number of requests in a window of seconds for each key, unless it is set otherwise. */
export const limit = (requests: number, windowSeconds: number) =>
	limitSchema.default({ requests, windowSeconds });

/** For a vendor that publishes no number: no limit, unless one is set. */
export const noLimit = () => limitSchema.nullable().default(null);

/** How long a link lives, in hours; set in seconds. */
export const hours = (number: number) =>
	z
		.number()
		.nonnegative()
		.default(number * HOUR);

/** How calls to users' own servers go, and go wrong. */
export const callbacksSchema = z
	.object({
		/** Each is sent so many times at one moment. */
		copies: z.number().int().positive().default(1),
		/** Of the machine's clock. */
		delaySeconds: z.number().nonnegative().default(0),
		/** How long MiniMax waits for the echo of its challenge. */
		challengeSeconds: z.number().positive().default(3),
		/** Every so many of those that tell an end is never sent; 0 for none. */
		dropEvery: z.number().int().nonnegative().default(0),
	})
	.strict();

/** What a vendor adds to the configuration. All vendors' names stand side by side in each table. */
export interface VendorSettings {
	/** Lifetimes of links, one for each place where a vendor's finished videos lie. */
	linkSeconds: z.ZodRawShape;
	rateLimits: z.ZodRawShape;
	/** Settings beside the tables, such as the balance that a key starts with. */
	own: z.ZodRawShape;
}

/** The settings that are the same for all vendors, and their tables. */
export interface Settings {
	secondsPerTask: Record<string, number>;
	linkSeconds: Record<string, number>;
	rateLimits: Record<string, Limit | number | boolean | null> & {
		enabled: boolean;
		/** At some vendors a refused request takes a place in the window too. */
		countRefused: boolean;
	};
	callbacks: z.output<typeof callbacksSchema>;
	/** Every download is padded to this many bytes with a `free` box; null serves the clip as it is. */
	downloadBytes: number | null;
	/** `number of milliseconds` between two bytes of a slowDrip fault. */
	slowDripMilliseconds: number;
}

/** The configuration as one vendor sees it. */
export type SettingsWith<Vendor extends VendorSettings> = Settings & {
	linkSeconds: z.output<z.ZodObject<Vendor['linkSeconds']>>;
	rateLimits: z.output<z.ZodObject<Vendor['rateLimits']>>;
} & z.output<z.ZodObject<Vendor['own']>>;
