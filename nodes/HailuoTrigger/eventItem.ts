import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { taskItem, withoutAbsent } from '../../video/task';
import type { Found } from '../../video/trigger/events';
import { eventOf } from '../../video/trigger/events';

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
