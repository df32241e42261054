import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { findProvider, listingProviders } from '../../providers';
import { InputError } from '../../video/failure';
import { list } from '../../video/list';
import type { TaskFilter } from '../../video/provider';
import { formatReference } from '../../video/reference';
import { repeat } from '../../video/retry';
import { taskItem, type TaskStatus, taskStatuses, type VideoTask } from '../../video/task';
import { Connections } from '../shared/connections';
import { readSimplify } from '../shared/fieldReaders';
import { asNumber, notUsable, readCollection, readSwitch } from '../shared/formValues';
import { patience } from './askedTasks';

/** Gives for an item of the input the tasks of its account. */
export function taskLister(context: IExecuteFunctions) {
	const connections = new Connections(context);
	return async (item: number): Promise<IDataObject[]> => {
		const tasks = await tasksOf(context, item, connections);
		const simplify = readSimplify(readCollection(context, item, 'options'));
		return tasks.map((task) => taskItem(task, { simplify }) as IDataObject);
	};
}

/** Pages read for one item at the most; more are never wanted and may never end. */
const maxPages = 1000;

async function tasksOf(
	context: IExecuteFunctions,
	item: number,
	connections: Connections,
): Promise<VideoTask[]> {
	const provider = findProvider(String(context.getNodeParameter('provider', item, 'auto')));
	if (!provider?.list) {
		throw new InputError(
			provider
				? `${provider.name} has no list of tasks`
				: 'Provider is not set: a list belongs to one account',
			`Set Provider to ${list(listingProviders.map(({ name }) => name))}. Tasks of the other vendors can be kept in the task table.`,
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
	const { status, model, createdAfter } = readCollection(context, item, 'filters');
	const from = createdAfter ? Date.parse(String(createdAfter)) : undefined;
	if (from !== undefined && Number.isNaN(from)) {
		throw new InputError(
			`Created After is “${String(createdAfter)}”`,
			'Enter a date and time, e.g. 2026-11-21T08:00:00Z.',
		);
	}
	const wanted = status && status !== 'any' ? (status as TaskStatus) : undefined;
	if (wanted && !taskStatuses.includes(wanted)) {
		throw new InputError(`Status is “${String(wanted)}”`, `Use ${list(taskStatuses)}.`);
	}
	return {
		...(wanted && { status: wanted }),
		...(model ? { model: String(model) } : {}),
		...(from !== undefined && { createdAfter: from }),
	};
}
