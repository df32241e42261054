import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { downloadAll } from '../../video/downloadAll';
import { InputError } from '../../video/failure';
import { downloadsAtOnce } from '../../video/generate';
import type { Host } from '../../video/host';
import { ended, JobError, type Made, partialHints } from '../../video/outcome';
import { formatReference } from '../../video/reference';
import { Slots } from '../../video/slots';
import { isFinal, type TaskStatus, type VideoTask } from '../../video/task';
import { Watchers } from '../../video/watcher';
import { Connections } from '../shared/connections';
import { ExecutionData } from '../shared/executionData';
import { givesOutErrors, isTool } from '../shared/caller';
import { readConcurrency, readDownload, readWait } from '../shared/fieldReaders';
import { readCollection, readSwitch } from '../shared/formValues';
import {
	isFailed,
	type ItemResult,
	linkNotes,
	orFailure,
	taskOf,
	withHints,
} from '../shared/itemResult';
import { asNodeError } from '../shared/nodeErrors';
import { readShape, toItems } from '../shared/nodeItems';
import { TaskRecorder } from '../shared/taskTable/recorder';
import { readTableSettings } from '../shared/taskTable/tableSettings';
import { type AskedTask, each, lookAt, patience, readTasks } from './askedTasks';
import { taskLister } from './listTasks';
import { orderTable } from './orderLookup';
import { costSummer } from './sumUpCosts';

export const operations = {
	get,
	wait,
	download,
	list: async (context: IExecuteFunctions) => await several(context, taskLister(context)),
	cancel,
	sumUpCosts: async (context: IExecuteFunctions) => await several(context, costSummer(context)),
} as const;

export type Operation = keyof typeof operations;

/** As many items for each one of the input as `read` gives. */
async function several(
	context: IExecuteFunctions,
	read: (item: number) => Promise<IDataObject[]>,
): Promise<INodeExecutionData[][]> {
	const found: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		const items = await orFailure(async () => await read(item));
		if (isFailed(items)) {
			const error = asNodeError(context, items, item);
			if (!givesOutErrors(context)) throw error;
			found.push({ json: { error: error.message }, pairedItem: { item } });
		} else {
			found.push(...items.map((json) => ({ json, pairedItem: { item } })));
		}
	}
	return [found];
}

async function tasksOf(context: IExecuteFunctions) {
	const connections = new Connections(context);
	return {
		asked: await readTasks(context, connections),
		watchers: new Watchers(readConcurrency(readCollection(context, 0, 'options'))),
		host: connections.host,
	};
}

async function itemsOf(
	context: IExecuteFunctions,
	host: Host,
	found: readonly ItemResult[],
): Promise<INodeExecutionData[]> {
	const recorder = new TaskRecorder(context, host);
	await Promise.all(
		found.map(async (result, item) => {
			const task = taskOf(result);
			if (!task) return;
			// A row that was found by its key is brought up to date.
			const settings = orderTable(context, item) ?? readTableSettings(context, item);
			const { status } = task;
			// What the vendor did not say does not belong into the row.
			const isSaid = !isFailed(result) || (status && isFinal(status));
			if (!settings || !status || !isSaid) return;
			const entry = recorder.entry(item, settings, { vendors: [] });
			await entry.seen({ ...task, status });
		}),
	);
	const data = new ExecutionData(context);
	for (const task of found.map(taskOf)) {
		if (!task) continue;
		data.addTask(task);
		data.addVideos(task);
	}
	const unwritten = await recorder.finish();
	const results = found.map((result, item) => {
		const noted = 'files' in result ? { ...result, notes: linkNotes(result) } : result;
		return withHints(noted, unwritten(item));
	});
	return toItems(context, results, (item) => readShape(context, item));
}

const asMade = (task: VideoTask): Made => ({ task, files: [], hints: partialHints(task) });

/** The outputs of Get with Route by Status, in the order of the node's description. */
const outputs: ReadonlyArray<readonly TaskStatus[]> = [
	['completed'],
	['queued', 'processing'],
	['failed', 'cancelled', 'expired'],
];

async function get(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { asked, watchers, host } = await tasksOf(context);
	const results = await each(asked, async (task) => asMade(await lookAt(task, watchers)));
	const items = await itemsOf(context, host, results);
	const routes = readSwitch(context.getNodeParameter('routeByStatus', 0, true), 'Route by Status');
	// An agent reads the first output only.
	if (!routes || isTool(context)) return [items];
	// An item that could not be asked has no status: it goes where people look for failures.
	const outputOf = ({ json }: INodeExecutionData) => {
		const index = outputs.findIndex((words) => words.includes(json.status as TaskStatus));
		return index < 0 ? outputs.length - 1 : index;
	};
	return outputs.map((_, index) => items.filter((item) => outputOf(item) === index));
}

async function wait(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { asked, watchers, host } = await tasksOf(context);
	const slots = new Slots(downloadsAtOnce);
	const one = async (task: AskedTask, item: number): Promise<Made> => {
		const { connection, provider } = task;
		const wishes = readWait(context, item) ?? { timeout: patience, onTimeout: 'fail' as const };
		const result = await watchers.of(task).until(task, {
			until: 'final',
			patience: wishes.timeout,
			fixedInterval: wishes.fixedInterval,
		});
		const finished = ended(result, wishes, provider.name);
		if (finished instanceof JobError) throw finished;
		const file = readDownload(context, item);
		if (finished.status !== 'completed' || !file) return asMade(finished);
		return await downloadAll({ connection, provider, slots }, finished, file);
	};
	return [await itemsOf(context, host, await each(asked, one))];
}

async function download(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { asked, watchers, host } = await tasksOf(context);
	const slots = new Slots(downloadsAtOnce);
	const results = await each(asked, async (task, item): Promise<Made> => {
		const { connection, provider } = task;
		const answer = await lookAt(task, watchers);
		if (answer.status !== 'completed') {
			throw new InputError(
				`The task ${formatReference(answer.reference)} is ${answer.status}: there is no video to download`,
				'Use the operation Wait, or Get with its outputs, before Download.',
			);
		}
		const wishes = readDownload(context, item);
		if (!wishes) return asMade(answer);
		return await downloadAll({ connection, provider, slots }, answer, wishes);
	});
	return [await itemsOf(context, host, results)];
}

async function cancel(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { asked, host } = await tasksOf(context);
	const results = await each(asked, async ({ provider, connection, reference }) => {
		const kinds = provider.cancellable ?? [];
		if (!provider.cancel || !kinds.includes(reference.kind)) {
			throw new InputError(
				`${provider.name} has no way to cancel the task ${formatReference(reference)}`,
				'It runs to its end, and is charged. Only MiniMax H3 tasks that are still queued can be cancelled.',
			);
		}
		return asMade(await provider.cancel(connection, reference));
	});
	return [await itemsOf(context, host, results)];
}
