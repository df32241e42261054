import { z } from 'zod';

import { hours, limit, type SettingsWith } from '../settings';
import type { World } from '../world';

export const settings = {
	linkSeconds: { minimaxV1: hours(1), minimaxV2: hours(24), template: hours(9) },
	rateLimits: {
		minimaxV1: limit(20, 60),
		minimaxV2: limit(300, 60),
		/** How many tasks of a key may be unfinished at H3. */
		minimaxV2InFlight: z.number().positive().default(30),
	},
	own: {
		/** USD that a key starts with. */
		minimaxBalance: z.number().default(100),
	},
};

export type MiniMaxWorld = World<SettingsWith<typeof settings>>;
