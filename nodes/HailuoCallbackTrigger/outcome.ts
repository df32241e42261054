import type { IDataObject } from 'n8n-workflow';
import type { VideoTask } from '../../video/task';
import type { Found } from '../../video/trigger/events';
import type { FiredRow } from '../shared/taskTable/claims';

/** A task that fires, on its way from the call of the vendor into the execution. */
export interface Handover extends Pick<Found, 'name' | 'recorded'> {
	readonly task: VideoTask;
	/** What its row says from now on; absent without a task table. */
	readonly row?: FiredRow;
}

/** What becomes of a callback. */
export type Outcome =
	| { readonly is: 'fires'; readonly handover: Handover }
	/** Nothing is left to do: it has fired, or is not wanted. */
	| { readonly is: 'done' }
	/** The vendor itself does not know the task. */
	| { readonly is: 'unknown' }
	/** Nobody was asked: too many strangers call. */
	| { readonly is: 'busy' }
	/** It is not known yet how the task has ended. */
	| { readonly is: 'later' };

const key = 'hailuoCallback';

/** As the item that the execution begins with. */
export const itemOf = (handover: Handover): IDataObject => ({
	[key]: handover as unknown as IDataObject,
});

/** What an item brings; undefined where it is none of ours. */
export const handoverOf = (json: IDataObject) => json[key] as unknown as Handover | undefined;
