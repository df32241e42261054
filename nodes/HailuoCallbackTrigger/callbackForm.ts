import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { type EventName, eventNames } from '../../video/trigger/events';
import { fieldReader, readEvents, text } from '../HailuoTrigger/triggerForm';
import type { NodeContext } from '../shared/host';
import { readSimplify } from '../shared/fieldReaders';
import { readSwitch } from '../shared/formValues';
import { defaultTableName } from '../shared/taskTable/recordFields';

export interface CallbackForm {
	readonly events: readonly EventName[];
	readonly simplify: boolean;
	/** Absent where tasks are not recorded. */
	readonly table?: { readonly name: string; readonly label: string };
}

/** Throws InputError. */
export function readCallbackForm(context: NodeContext | IHookFunctions): CallbackForm {
	const field = fieldReader(context);
	const { name = defaultTableName, label } = field('taskTable', {}) as IDataObject;
	const table = { name: text(name), label: text(label) };
	const records = readSwitch(field('recordTask', false), 'Record Task');
	if (records && table.name === '') throw new InputError('Table Name is empty', 'Enter a name.');
	return {
		events: readEvents(field('events', [...eventNames])),
		simplify: readSimplify(field('options', {}) as IDataObject),
		...(records && { table }),
	};
}
