import { z } from 'zod';

import { hours, noLimit, type SettingsWith } from '../settings';
import type { World } from '../world';

export const settings = {
	linkSeconds: { apiframe: hours(24) },
	rateLimits: { apiframe: noLimit() },
	own: {
		/** Credits that a key starts with. */
		apiframeCredits: z.number().int().default(1000),
	},
};

export type ApiframeWorld = World<SettingsWith<typeof settings>>;
