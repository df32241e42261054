import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { asJobError } from '../../video/outcome';
import type { Found } from '../../video/trigger/events';
import { eventItem } from '../HailuoTrigger/eventItem';
import { withVideos } from '../HailuoTrigger/eventVideos';
import { Connections } from '../shared/connections';
import { asNodeError, nodeErrorOf } from '../shared/run';
import type { FiredRow } from '../shared/taskTable/claims';
import { callbackClaim, claimOrInsert } from '../shared/taskTable/claims';
import { readFiringForm } from './callbackForm';
import { inTable } from './callbackTable';
import type { Handover } from './handover';
import { handoverOf } from './handover';

/**
 * The node as the first one of the execution that a callback has started: claims the tasks, so that
 * nobody else fires them, and downloads their videos. n8n keeps and deletes them with the execution.
 */
export async function fireTasks(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const firing = await open(context);
	const items = context.getInputData().map(async (item, index) => {
		const handover = handoverOf(item.json);
		return handover ? await firing(handover, index) : [item];
	});
	const events = (await Promise.all(items)).flat();
	return await withVideos(context, events);
}

async function open(context: IExecuteFunctions) {
	const { host } = new Connections(context);
	const form = orNodeError(context, () => readFiringForm(context));
	const claimed = async (row: FiredRow, name: string) => {
		const by = callbackClaim(context.getExecutionId());
		const claim = await inTable(
			context,
			host,
			name,
			async (table) => await claimOrInsert(table, row, by),
		);
		return claim === 'won';
	};
	return async ({ name, task, recorded, row }: Handover, item: number) => {
		try {
			const mayFire =
				!row || !form.table || !claims(context) || (await claimed(row, form.table.name));
			if (!mayFire) return [];
		} catch (cause) {
			const failure = cause instanceof InputError ? cause : asJobError(cause, task);
			throw asNodeError(context, failure, item, []);
		}
		const found: Found = { name, status: task.status, task, recorded };
		return [{ ...eventItem(found, form.simplify), pairedItem: { item } }];
	};
}

/** A test, and a person who runs an execution again, want to see the item whoever has fired it. */
const claims = (context: IExecuteFunctions) => !['manual', 'retry'].includes(context.getMode());

function orNodeError<T>(context: IExecuteFunctions, read: () => T): T {
	try {
		return read();
	} catch (cause) {
		throw nodeErrorOf(context, cause);
	}
}
