import { z } from 'zod';

import { hours, noLimit, type SettingsWith } from '../settings';
import type { World } from '../world';

export const settings = {
	linkSeconds: { runware: hours(24) },
	rateLimits: { runware: noLimit() },
	own: {
		/** How the balance is worded: the vendor's pages disagree between a number and an object. */
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
	},
};

export type RunwareWorld = World<SettingsWith<typeof settings>>;
