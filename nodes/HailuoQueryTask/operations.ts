import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { downloadAll } from '../../video/downloadAll';
import { InputError } from '../../video/failure';
import { downloadsAtOnce } from '../../video/generate';
import type { Host } from '../../video/host';
import { list } from '../../video/list';
import type { Made } from '../../video/outcome';
import { ended, JobError, partialHints } from '../../video/outcome';
import type { Provider, TaskFilter } from '../../video/provider';
import { formatReference } from '../../video/reference';
import { repeat } from '../../video/retry';
import { Slots } from '../../video/slots';
import type { TaskStatus, VideoTask } from '../../video/task';
import { isFinal, taskItem, taskStatuses } from '../../video/task';
import { acceptedAtOf, Watchers } from '../../video/watcher';
import { Connections } from '../shared/connections';
import { ExecutionData } from '../shared/executionData';
import {
	asNumber,
	givesOutErrors,
	isTool,
	notUsable,
	readConcurrency,
	readDownload,
	readSimplify,
	readSwitch,
	readWait,
} from '../shared/inputs';
import type { ItemResult } from '../shared/run';
import { asNodeError, linkNotes, orFailure, readShape, toItems, withHints } from '../shared/run';
import { TaskRecorder } from '../shared/taskTable/recorder';
import { readTableSettings } from '../shared/taskTable/tableSettings';
import type { AskedTask } from './tasks';
import { sumUpCosts } from './sumUpCosts';
import { askTasks, isTask, readTasks } from './tasks';
import { orderTable } from './orderedTask';

/** Milliseconds that a single question waits out a vendor's passing faults. */
const patience = 60_000;

export const operations = { get, wait, download, list: listTasks, cancel, sumUpCosts } as const;

export type Operation = keyof typeof operations;

function optionsOf(context: IExecuteFunctions, item: number): IDataObject {
	return context.getNodeParameter('options', item, {}) as IDataObject;
}

async function tasksOf(context: IExecuteFunctions) {
	const connections = new Connections(context);
	return {
		asked: await readTasks(context, connections),
		watchers: new Watchers(readConcurrency(optionsOf(context, 0))),
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
			if (!('task' in result) || !result.task) return;
			// A row that was found by its key is brought up to date.
			const settings = orderTable(context, item) ?? readTableSettings(context, item);
			const { status } = result.task;
			// What the vendor did not say does not belong into the row.
			const isSaid = !(result instanceof JobError) || (status && isFinal(status));
			if (!settings || !status || !isSaid) return;
			const entry = recorder.entry(item, settings, { vendors: [] });
			await entry.seen({ ...result.task, status });
		}),
	);
	const data = new ExecutionData(context);
	for (const result of found) {
		if (!('task' in result) || !result.task) continue;
		data.addTask(result.task);
		data.addVideos(result.task);
	}
	const unwritten = await recorder.finish();
	const results = found.map((result, item) => {
		const noted = 'task' in result && !(result instanceof Error);
		return withHints(noted ? { ...result, notes: linkNotes(result) } : result, unwritten(item));
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
	const answers = await askTasks(asked, watchers, patience);
	const items = await itemsOf(
		context,
		host,
		answers.map((answer) => (isTask(answer) ? asMade(answer) : answer)),
	);
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
			acceptedAt: acceptedAtOf(task),
			lookNow: true,
		});
		const finished = ended(result, wishes, provider.name);
		const file = readDownload(context, item);
		if (finished.status !== 'completed' || !file) return asMade(finished);
		return await downloadAll({ connection, provider, slots }, finished, file);
	};
	return [await itemsOf(context, host, await each(asked, one))];
}

async function download(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { asked, watchers, host } = await tasksOf(context);
	const answers = await askTasks(asked, watchers, patience);
	const slots = new Slots(downloadsAtOnce);
	const results = await each(asked, async (task, item): Promise<Made | JobError | InputError> => {
		const { connection, provider } = task;
		const answer = answers[item];
		if (!isTask(answer)) return answer;
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

/** Works on every task that could be read; a complaint becomes the item's result. */
async function each<T extends ItemResult>(
	asked: ReadonlyArray<AskedTask | InputError | JobError>,
	work: (task: AskedTask, item: number) => Promise<T>,
): Promise<ItemResult[]> {
	return await Promise.all(
		asked.map(async (task, item) =>
			task instanceof Error ? task : await orFailure(async () => await work(task, item)),
		),
	);
}

/** Pages read for one item at the most; more are never wanted and may never end. */
const maxPages = 1000;

async function listTasks(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const connections = new Connections(context);
	const found: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		const tasks = await orFailure(async () => await listFor(context, item, connections));
		if (tasks instanceof Error) {
			const error = asNodeError(context, tasks, item, []);
			if (!givesOutErrors(context)) throw error;
			found.push({ json: { error: error.message }, pairedItem: { item } });
			continue;
		}
		const simplify = readSimplify(optionsOf(context, item));
		for (const task of tasks) {
			found.push({ json: taskItem(task, { simplify }) as IDataObject, pairedItem: { item } });
		}
	}
	return [found];
}

async function listFor(
	context: IExecuteFunctions,
	item: number,
	connections: Connections,
): Promise<VideoTask[]> {
	const chosen = String(context.getNodeParameter('provider', item, 'auto'));
	const listing = providers.filter((provider): provider is Provider => provider.list !== undefined);
	const provider = findProvider(chosen);
	if (!provider?.list) {
		throw new InputError(
			provider
				? `${provider.name} has no list of tasks`
				: 'Provider is not set: a list belongs to one account',
			`Set Provider to ${list(listing.map(({ name }) => name))}. Tasks of the other vendors can be kept in the task table.`,
		);
	}
	const connection = await connections.connection(provider, item);
	const read = provider.list.bind(provider);
	const limit = readLimit(context, item);
	const filter = readFilter(context, item);
	const tasks = new Map<string, VideoTask>();
	let page: string | undefined;
	for (let pages = 0; pages < maxPages && tasks.size < limit; pages++) {
		const answer = await repeat(
			connection,
			connection.host.elapsed() + patience,
			async () => await read(connection, filter, page),
		);
		// Pages shift while they are read: a task may come twice.
		for (const task of answer.tasks) tasks.set(formatReference(task.reference), task);
		page = answer.next;
		if (page === undefined) break;
	}
	return [...tasks.values()].slice(0, limit);
}

function readLimit(context: IExecuteFunctions, item: number): number {
	if (readSwitch(context.getNodeParameter('returnAll', item, false), 'Return All')) return Infinity;
	const value = context.getNodeParameter('limit', item, 50);
	const limit = asNumber(value);
	if (limit !== undefined && limit >= 1) return limit;
	throw notUsable('Limit', value, 'Enter a whole number of at least 1.');
}

function readFilter(context: IExecuteFunctions, item: number): TaskFilter {
	const filters = context.getNodeParameter('filters', item, {}) as IDataObject;
	const { status, model, createdAfter } = filters;
	const from = createdAfter ? Date.parse(String(createdAfter)) : undefined;
	if (from !== undefined && Number.isNaN(from)) {
		throw new InputError(
			`Created After is “${String(createdAfter)}”`,
			'Enter a date and time, e.g. 2026-11-21T08:00:00Z.',
		);
	}
	if (status && status !== 'any' && !taskStatuses.includes(status as TaskStatus)) {
		throw new InputError(`Status is “${String(status)}”`, `Use ${list(taskStatuses)}.`);
	}
	return {
		...(status && status !== 'any' ? { status: status as TaskStatus } : {}),
		...(model ? { model: String(model) } : {}),
		...(from !== undefined && { createdAfter: from }),
	};
}
