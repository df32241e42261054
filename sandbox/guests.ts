import { z } from 'zod';

import type { Vendor } from './config';
import type { VendorSide, World } from './world';

/** Tasks that somebody else makes with the same key: they fill the vendors' lists. */
export const guestTasksSchema = z
	.object({
		/** Those with a list of tasks; MiniMax lists `v2` tasks, and the files of finished `v1` tasks. */
		vendor: z.enum(['minimax', 'apiframe']),
		key: z.string().min(1),
		count: z.number().int().positive().max(100_000),
		/** `v2` at MiniMax and `video` at Apiframe unless given. */
		kind: z.enum(['v1', 'v2', 'video']).optional(),
		model: z.string().min(1).optional(),
		/** How long ago, in seconds, the newest was created. */
		secondsAgo: z.number().nonnegative().default(0),
		/** Seconds from one to the next. */
		everySeconds: z.number().nonnegative().default(1),
		/** How long each takes: those that are not over yet run. The usual time unless given. */
		seconds: z.number().nonnegative().optional(),
	})
	.strict()
	.refine(({ vendor, kind }) => !kind || (kind === 'video') === (vendor === 'apiframe'), {
		message: 'v1 and v2 are for minimax, video is for apiframe',
		path: ['kind'],
	});

export type GuestTasks = z.input<typeof guestTasksSchema>;

/** Adds them without a charge, and answers their IDs, newest first. */
export function addGuestTasks(
	world: World,
	sides: Record<Vendor, VendorSide>,
	input: GuestTasks,
): string[] {
	const { vendor, key, count, kind, model, secondsAgo, everySeconds, seconds } =
		guestTasksSchema.parse(input);
	const newest = world.clock.now() - secondsAgo * 1000;
	const ids: string[] = [];
	for (let index = count - 1; index >= 0; index -= 1) {
		const task = sides[vendor].usualTask?.(key, { kind, model });
		if (!task) throw new Error(`${vendor} has no list of tasks`);
		world.tasks.add(task, newest - index * everySeconds * 1000, seconds);
		ids.push(task.id);
	}
	return ids.reverse();
}
