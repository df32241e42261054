import { z } from 'zod';
import type { AccountCursor } from './accountCursor';
import { mergeAccounts } from './accountCursor';
import type { ListCursor } from './listCursor';
import { mergeLists } from './listCursor';
import type { TableCursor } from './tableCursor';
import { mergeTables } from './tableCursor';

export type TriggerCursor = TableCursor | AccountCursor | ListCursor;

const lost = z.record(z.boolean()).optional();

const schema = z.discriminatedUnion('source', [
	z.object({
		source: z.literal('taskTable'),
		table: z.object({ id: z.string(), name: z.string() }),
		handled: z.array(z.number()),
		lost,
	}),
	z.object({
		source: z.literal('account'),
		account: z.string(),
		from: z.number(),
		handled: z.record(z.string()),
	}),
	z.object({ source: z.literal('taskList'), handled: z.string(), lost }),
]);

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
