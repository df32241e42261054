import type { Account } from './account';
import type { PickedUp } from './ledger/earlierOrder';
import { type Order, outlivesItsTask } from './order';
import { parseReference, type TaskReference } from './reference';
import type { TaskFacts, VideoTask } from './task';

/** What the memory holds of a create, for a retry of the node. All times in milliseconds since 1970. */
export interface Remembered {
	/** Chosen by us before the first try. */
	id: string;
	sentAt: number;
	/** When its answer was lost; absent while it is on its way, or when the process died. */
	lostAt?: number;
	state: 'sending' | 'accepted';
	taskRef?: string;
	acceptedAt?: number;
	facts?: TaskFacts;
}

export function recall({ memoryKey, connection }: Order): Remembered | undefined {
	const value = connection.host.memory.get(memoryKey);
	return typeof value === 'object' && value !== null ? (value as Remembered) : undefined;
}

export function remember({ memoryKey, connection }: Order, create: Remembered) {
	connection.host.memory.set(memoryKey, { ...create });
}

/** Lets the node make a new task for this item: the vendor has given the old one up. */
export function forget({ memoryKey, connection }: Order) {
	connection.host.memory.delete(memoryKey);
}

/** Goes on with the task that an earlier try of the node has made. */
export async function pickUp(
	{ taskRef = '', acceptedAt = 0, facts = {} }: Remembered,
	order: Order,
	account: Account,
): Promise<PickedUp> {
	const { facts: known, ready, connection, entry } = order;
	const { host } = connection;
	const reference = parseReference(taskRef) as TaskReference;
	const age = Math.max(0, host.now() - acceptedAt);
	account.accepted(reference, ready, host.elapsed() - age);
	const task: VideoTask = { ...known, ...facts, reference, status: 'processing', videos: [] };
	await entry?.goesOn(task, outlivesItsTask(order));
	return {
		order,
		task,
		acceptedAt,
		hints: [
			`Went on waiting for ${taskRef}, which an earlier try had already made. Nothing was paid twice.`,
		],
	};
}
