import { z } from 'zod';

import type { TaskList } from './vendor';
import type { World } from './world';

/** Tasks that somebody else makes with the same key: they fill the vendors' lists. */
const guestTasksSchema = z
	.object({
		/** One with a list of tasks. */
		vendor: z.string(),
		key: z.string().min(1),
		count: z.number().int().positive().max(100_000),
		/** Which of the vendor's kinds; its usual one unless given. */
		kind: z.string().optional(),
		model: z.string().min(1).optional(),
		/** How long ago, in seconds, the newest was created. */
		secondsAgo: z.number().nonnegative().default(0),
		/** Seconds from one to the next. */
		everySeconds: z.number().nonnegative().default(1),
		/** How long each takes: those that are not over yet run. The usual time unless given. */
		seconds: z.number().nonnegative().optional(),
	})
	.strict();

export type GuestTasks = z.input<typeof guestTasksSchema>;

/** Adds them without a charge, and answers their IDs, newest first. `lists` are those of the vendors. */
export function addGuestTasks(
	world: World,
	lists: Map<string, TaskList>,
	input: GuestTasks,
): string[] {
	const { vendor, key, count, kind, model, secondsAgo, everySeconds, seconds } = guestTasksSchema
		.refine((guests) => lists.has(guests.vendor), {
			message: `only for ${[...lists.keys()].join(', ')}`,
			path: ['vendor'],
		})
		.refine((guests) => !guests.kind || lists.get(guests.vendor)?.kinds.includes(guests.kind), {
			message: 'not a kind of this vendor',
			path: ['kind'],
		})
		.parse(input);
	const list = lists.get(vendor);
	const newest = world.clock.now() - secondsAgo * 1000;
	const ids: string[] = [];
	for (let index = count - 1; list && index >= 0; index -= 1) {
		const task = list.usualTask(key, { kind, model });
		world.tasks.add(task, newest - index * everySeconds * 1000, seconds);
		ids.push(task.id);
	}
	return ids.reverse();
}
