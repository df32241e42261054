import { z } from 'zod';

import { hours, limit, type SettingsWith } from '../settings';
import type { World } from '../world';

export const settings = {
	linkSeconds: { toapis: hours(24) },
	rateLimits: { toapisSubmit: limit(50, 10), toapisQuery: limit(500, 10) },
	own: {
		/** USD that a key starts with. */
		toapisBalance: z.number().default(100),
		/** The webhook of the token: the origin set in its console, and the signing secret. */
		toapisWebhook: z
			.object({ origin: z.string().url(), secret: z.string() })
			.nullable()
			.default(null),
	},
};

export type ToApisWorld = World<SettingsWith<typeof settings>>;
