import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { asJobError } from '../../video/outcome';
import type { Found } from '../../video/trigger/events';
import { eventItem, withVideos } from '../HailuoTrigger/eventItems';
import { createHost } from '../shared/host';
import { asNodeError, nodeErrorOf } from '../shared/nodeErrors';
import { callbackClaim, claimOrInsert, type FiredRow } from '../shared/taskTable/claims';
import type { TaskTable } from '../shared/taskTable/taskTable';
import { type CallbackForm, readCallbackForm } from './callbackForm';
import { inTable } from './callbackTable';
import { type Handover, handoverOf } from './outcome';

/**
 * The node as the first one of the execution that a callback has started: claims the tasks, so that
 * nobody else fires them, and downloads their videos. n8n keeps and deletes them with the execution.
 */
export async function fireTasks(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const form = readForm(context);
	const items = context.getInputData().map(async (item, index) => {
		const handover = handoverOf(item.json);
		return handover ? await fireTask(context, form, handover, index) : [item];
	});
	const events = (await Promise.all(items)).flat();
	return await withVideos(context, events);
}

function readForm(context: IExecuteFunctions): CallbackForm {
	try {
		return readCallbackForm(context);
	} catch (cause) {
		throw nodeErrorOf(context, cause);
	}
}

async function fireTask(
	context: IExecuteFunctions,
	{ table, simplify }: CallbackForm,
	{ name, task, recorded, row }: Handover,
	item: number,
): Promise<INodeExecutionData[]> {
	try {
		if (row && table && claims(context) && !(await mayFire(context, row, table.name))) return [];
	} catch (cause) {
		const failure = cause instanceof InputError ? cause : asJobError(cause, task);
		throw asNodeError(context, failure, item);
	}
	const found: Found = { name, status: task.status, task, recorded };
	return [{ ...eventItem(found, simplify), pairedItem: { item } }];
}

/** A test, and a person who runs an execution again, want to see the item whoever has fired it. */
const claims = (context: IExecuteFunctions) => !['manual', 'retry'].includes(context.getMode());

async function mayFire(context: IExecuteFunctions, row: FiredRow, name: string) {
	const by = callbackClaim(context.getExecutionId());
	const work = async (table: TaskTable) => await claimOrInsert(table, row, by);
	return (await inTable(context, createHost(context), name, work)) === 'won';
}
