import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { findProvider } from '../../providers';
import { downloadAll } from '../../video/downloadAll';
import { asError } from '../../video/failure';
import { downloadsAtOnce } from '../../video/generate';
import type { Made } from '../../video/outcome';
import { parseReference } from '../../video/reference';
import { Slots } from '../../video/slots';
import { taskItem, type Video, type VideoTask, withoutAbsent } from '../../video/task';
import { eventOf, type Found } from '../../video/trigger/events';
import { Connections } from '../shared/connections';
import { ExecutionData } from '../shared/executionData';
import { readDownload } from '../shared/fieldReaders';
import { binaryOf } from '../shared/nodeItems';

/** The item of an event. */
export function eventItem({ name, task, recorded }: Found, simplify: boolean): INodeExecutionData {
	const json = withoutAbsent({
		event: eventOf(task.status),
		...taskItem(task, { simplify }),
		// A broken reference is shown as it stands in the table.
		taskRef: name,
		...recorded,
	});
	return { json: json as IDataObject };
}

/**
 * The events of an execution, with the videos of completed tasks where they are wanted. A video that
 * cannot be downloaded does not lose its event: the item says why there is no file.
 */
export async function withVideos(
	context: IExecuteFunctions,
	events: readonly INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	keepInExecution(context, events);
	const wishes = readDownload(context, 0);
	if (!wishes) return [...events];
	const connections = new Connections(context);
	const slots = new Slots(downloadsAtOnce);
	const download = async (task: VideoTask): Promise<Made> => {
		const provider = findProvider(task.reference.provider);
		if (!provider) throw new Error(`No vendor is called “${task.reference.provider}”`);
		const connection = await connections.connection(provider, 0);
		return await downloadAll({ connection, provider, slots }, task, wishes);
	};
	const withVideo = async (event: INodeExecutionData): Promise<INodeExecutionData> => {
		const completed = completedTask(event.json);
		if (!completed) return event;
		try {
			const { task, files, downloadSkipped } = await download(completed);
			return {
				...event,
				json: {
					...event.json,
					...freshLinks(task),
					...(downloadSkipped !== undefined && { downloadSkipped }),
				},
				...(files.length > 0 && { binary: binaryOf(files, wishes.binaryField) }),
			};
		} catch (cause) {
			return { ...event, json: { ...event.json, downloadSkipped: asError(cause).message } };
		}
	};
	return await Promise.all(events.map(withVideo));
}

/** So that the list of executions can be filtered by them. */
function keepInExecution(context: IExecuteFunctions, events: readonly INodeExecutionData[]) {
	const data = new ExecutionData(context);
	for (const { json } of events) {
		const reference = parseReference(String(json.taskRef ?? ''));
		const task = completedTask(json) ?? (reference && { reference, videos: [] });
		if (!task) continue;
		data.addTask(task);
		data.addVideos(task);
	}
}

/** The task of a `completed` event, as far as its item tells; undefined for all other items. */
function completedTask(json: IDataObject): VideoTask | undefined {
	const reference = parseReference(String(json.taskRef ?? ''));
	const { videoUrl: url, expiresAt, videos = url ? [{ url, expiresAt }] : [] } = json;
	if (json.event !== 'completed' || !reference) return undefined;
	return { reference, status: 'completed', videos: videos as unknown as Video[] };
}

/** Links that had expired were replaced while they were downloaded. */
function freshLinks(task: VideoTask): IDataObject {
	const { videoUrl, expiresAt, videos } = taskItem(task);
	return withoutAbsent({ videoUrl, expiresAt, videos }) as IDataObject;
}
