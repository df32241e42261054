import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { taskFields } from '../../video/task';

/** What an item of ours may say beside its task; n8n takes an item with `error` for a failed one. */
const ownFields = new Set([
	...taskFields,
	...['attempts', 'downloadSkipped', 'dryRun', 'note'],
	...['error', '$error', 'details'],
]);

/**
 * An item with the fields of its input beside its own. Of the input none goes along that an item of
 * ours may have, not even where this one lacks it: the link of another video would pass for its own.
 */
export function withInputFields(
	context: IExecuteFunctions,
	item: number,
	json: IDataObject,
): IDataObject {
	// n8n adds them itself, and takes an item for a failed one only while it has no other fields.
	if ('error' in json && context.getNode().onError === 'continueErrorOutput') return json;
	const input = Object.entries(context.getInputData()[item]?.json ?? {});
	const others = input.filter(([name]) => !ownFields.has(name) && !(name in json));
	return { ...Object.fromEntries(others), ...json };
}
