import { z } from 'zod';
import { accountCursor, mergeAccounts } from './accountCursor';
import { listCursor, mergeLists } from './listCursor';
import { mergeTables, tableCursor } from './tableCursor';

const schema = z.discriminatedUnion('source', [tableCursor, accountCursor, listCursor]);

export type TriggerCursor = z.infer<typeof schema>;

/** A kept state of this source; undefined when there is none, or one that nobody can read. */
export function readCursor<Source extends TriggerCursor['source']>(
	kept: unknown,
	source: Source,
): Extract<TriggerCursor, { source: Source }> | undefined {
	const { data } = schema.safeParse(kept);
	return data?.source === source ? (data as Extract<TriggerCursor, { source: Source }>) : undefined;
}

/** What either of two states has handled is handled. */
export function mergeCursors<State extends TriggerCursor>(one: State, other: TriggerCursor): State;
export function mergeCursors(one: TriggerCursor, other: TriggerCursor): TriggerCursor {
	if (one.source === 'taskTable' && other.source === 'taskTable') return mergeTables(one, other);
	if (one.source === 'account' && other.source === 'account') return mergeAccounts(one, other);
	if (one.source === 'taskList' && other.source === 'taskList') return mergeLists(one, other);
	return one;
}
