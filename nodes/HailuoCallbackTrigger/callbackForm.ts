import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { EventName } from '../../video/trigger/events';
import { eventNames } from '../../video/trigger/events';
import { readEvents } from '../HailuoTrigger/triggerForm';
import { readSimplify, readSwitch } from '../shared/inputs';
import { defaultTableName } from '../shared/taskTable/recordFields';

export interface CallbackForm {
	readonly events: readonly EventName[];
	readonly simplify: boolean;
	/** Absent where tasks are not recorded. */
	readonly table?: { readonly name: string; readonly label: string };
}

const text = (value: unknown) => String(value ?? '').trim();

type FormContext = Pick<IWebhookFunctions | IHookFunctions, 'getNodeParameter'>;

/** Throws InputError. */
export function readCallbackForm(context: FormContext): CallbackForm {
	const field = (name: string, fallback?: unknown) =>
		(context as IWebhookFunctions).getNodeParameter(name, fallback) as unknown;
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

/** The same in an execution. Throws InputError. */
export function readFiringForm(context: IExecuteFunctions): CallbackForm {
	const getNodeParameter = (name: string, fallback?: unknown) =>
		context.getNodeParameter(name, 0, fallback);
	return readCallbackForm({ getNodeParameter } as FormContext);
}
