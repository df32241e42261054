import { z } from 'zod';
import type { AccountState } from './account';
import { mergeAccounts } from './account';
import type { ListState } from './list';
import { mergeLists } from './list';
import type { TableState } from './table';
import { mergeTables } from './table';

export type TriggerState = TableState | AccountState | ListState;

const schema = z.discriminatedUnion('source', [
	z.object({
		source: z.literal('taskTable'),
		table: z.object({ id: z.string(), name: z.string() }),
		handled: z.array(z.number()),
	}),
	z.object({
		source: z.literal('account'),
		account: z.string(),
		from: z.number(),
		handled: z.record(z.string()),
	}),
	z.object({ source: z.literal('taskList'), handled: z.string() }),
]);

/** A kept state of this source; undefined when there is none, or one that nobody can read. */
export function readState<Source extends TriggerState['source']>(
	kept: unknown,
	source: Source,
): Extract<TriggerState, { source: Source }> | undefined {
	const { data } = schema.safeParse(kept);
	return data?.source === source ? (data as Extract<TriggerState, { source: Source }>) : undefined;
}

/** What either of two states has handled is handled. */
export function mergeStates<State extends TriggerState>(one: State, other: TriggerState): State;
export function mergeStates(one: TriggerState, other: TriggerState): TriggerState {
	if (one.source === 'taskTable' && other.source === 'taskTable') return mergeTables(one, other);
	if (one.source === 'account' && other.source === 'account') return mergeAccounts(one, other);
	if (one.source === 'taskList' && other.source === 'taskList') return mergeLists(one, other);
	return one;
}
