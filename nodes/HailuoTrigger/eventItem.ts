import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { findProvider } from '../../providers';
import { downloadAll } from '../../video/downloadAll';
import type { DownloadWishes } from '../../video/order';
import type { Made } from '../../video/outcome';
import type { Provider } from '../../video/provider';
import type { Slots } from '../../video/slots';
import type { VideoTask } from '../../video/task';
import { taskItem, withoutAbsent } from '../../video/task';
import type { Found } from '../../video/trigger/events';
import { eventOf } from '../../video/trigger/events';
import type { Connections } from '../shared/connections';
import { binaryOf } from '../shared/run';
import type { TriggerForm } from './triggerForm';

export interface ItemTools {
	readonly connections: Connections;
	readonly slots: Slots;
	/** A download that is not done by then is given up. By `host.elapsed`. */
	readonly until: number;
}

/** The item of an event. Never throws: an event is not lost with its download. */
export async function eventItem(
	{ name, task, recorded }: Found,
	{ download, simplify }: Pick<TriggerForm, 'download' | 'simplify'>,
	tools: ItemTools,
): Promise<INodeExecutionData> {
	const wanted = download && task.status === 'completed' && task.videos.length > 0;
	const made: Pick<Made, 'task' | 'files' | 'downloadSkipped'> = wanted
		? await downloadInTime(task, download, tools)
		: { task, files: [] };
	const json = withoutAbsent({
		event: eventOf(task.status),
		...taskItem(made.task, { simplify }),
		// A broken reference is shown as it stands in the table.
		taskRef: name,
		...recorded,
		downloadSkipped: made.downloadSkipped,
	}) as IDataObject;
	const { files } = made;
	return {
		json,
		...(files.length > 0 && download && { binary: binaryOf(files, download.binaryField) }),
	};
}

async function downloadInTime(
	task: VideoTask,
	wishes: DownloadWishes,
	{ connections, slots, until }: ItemTools,
): Promise<Pick<Made, 'task' | 'files' | 'downloadSkipped'>> {
	const { host } = connections;
	const done = new AbortController();
	const late = async () => {
		await host.sleep(Math.max(0, until - host.elapsed()), done.signal);
		return 'The download took longer than one poll of the trigger may take';
	};
	const file = async () => {
		const provider = findProvider(task.reference.provider) as Provider;
		const connection = await connections.connection(provider, 0);
		return await downloadAll({ connection, provider, slots }, task, wishes);
	};
	const outcome = await Promise.race([
		late().catch(() => ''),
		file().catch((cause: unknown) => (cause instanceof Error ? cause.message : String(cause))),
	]);
	done.abort();
	return typeof outcome === 'string' ? { task, files: [], downloadSkipped: outcome } : outcome;
}
