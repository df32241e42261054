import type { IDataObject, IExecuteFunctions, IPollFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { list } from '../../video/list';
import type { EventName, EventWishes } from '../../video/trigger/events';
import { eventNames } from '../../video/trigger/events';
import type { TriggerCursor } from '../../video/trigger/cursor';
import { readDownload, readSimplify } from '../shared/inputs';

const sourceNames = ['taskTable', 'account', 'taskList'] as const;

export interface TriggerForm {
	readonly source: TriggerCursor['source'];
	readonly wishes: EventWishes;
	readonly download: ReturnType<typeof readDownload>;
	readonly simplify: boolean;
}

/** Throws InputError. */
export function readForm(context: IPollFunctions): TriggerForm {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return {
		source: readSource(context.getNodeParameter('source', 'taskTable')),
		wishes: {
			events: readEvents(context.getNodeParameter('events', [...eventNames])),
			label: text(context.getNodeParameter('label', '')),
			model: text(context.getNodeParameter('model', '')),
		},
		download: readDownload(withoutItems(context), 0),
		simplify: readSimplify(options),
	};
}

export const text = (value: unknown) => String(value ?? '').trim();

function readSource(value: unknown): TriggerCursor['source'] {
	const source = sourceNames.find((name) => name === value);
	if (source) return source;
	throw new InputError(`Source is “${String(value)}”`, `Use ${list(sourceNames)}.`);
}

/** Throws InputError. */
export function readEvents(value: unknown): EventName[] {
	const given = (Array.isArray(value) ? value : [value]).map(text).filter((name) => name !== '');
	const events = eventNames.filter((name) => given.includes(name));
	if (events.length > 0 && events.length === new Set(given).size) return events;
	throw new InputError(
		given.length === 0
			? 'Events is empty: the trigger would never fire'
			: `Events is ${list(given)}`,
		`Choose ${list(eventNames, 'and')}, or one of them.`,
	);
}

/** A poll has no items: the readers that nodes share ask for item 0. */
function withoutItems(context: IPollFunctions): IExecuteFunctions {
	const getNodeParameter = (name: string, _item: number, fallback?: unknown) =>
		context.getNodeParameter(name, fallback);
	return Object.create(context, {
		getNodeParameter: { value: getNodeParameter },
	}) as IExecuteFunctions;
}
