import type { IDataObject, IHookFunctions, INode, IPollFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { list } from '../../video/list';
import type { TriggerCursor } from '../../video/trigger/cursor';
import { type EventName, eventNames, type EventWishes } from '../../video/trigger/events';
import { readSimplify } from '../shared/fieldReaders';
import { asNumber, notUsable } from '../shared/formValues';
import { defaultTableName } from '../shared/taskTable/recordFields';
import type { NodeContext } from '../shared/host';

const sourceNames = ['taskTable', 'account', 'taskList'] as const;

export interface TriggerForm {
	readonly node: INode;
	readonly source: TriggerCursor['source'];
	readonly wishes: EventWishes;
	readonly simplify: boolean;
	/** Of the source that needs it; the others' are what they were left at. */
	readonly tableName: string;
	readonly provider: string;
	readonly tasks: unknown;
	/** Days after which finished rows are deleted; undefined for never. */
	readonly deleteAfterDays?: number;
	/** IANA name. */
	readonly timezone: string;
}

/** Throws InputError. */
export function readForm(context: NodeContext): TriggerForm {
	const read = fieldReader(context);
	const options = read('options', {}) as IDataObject;
	return {
		node: context.getNode(),
		source: readSource(read('source', 'taskTable')),
		wishes: {
			events: readEvents(read('events', [...eventNames])),
			label: text(read('label', '')),
			model: text(read('model', '')),
		},
		simplify: readSimplify(options),
		tableName: text(read('taskTableName', defaultTableName)),
		provider: text(read('provider', 'minimax')),
		tasks: read('tasks', ''),
		deleteAfterDays: readDeleteAfterDays(options),
		timezone: context.getTimezone(),
	};
}

/** Polls and calls have no items: n8n reads their parameters without an index. */
export function fieldReader(context: NodeContext | IHookFunctions) {
	return (name: string, fallback: unknown): unknown =>
		'getInputData' in context
			? context.getNodeParameter(name, 0, fallback)
			: (context as IPollFunctions).getNodeParameter(name, fallback);
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

function readDeleteAfterDays({ deleteAfterDays = 0 }: IDataObject): number | undefined {
	const days = asNumber(deleteAfterDays);
	if (days === undefined || days < 0) {
		throw notUsable(
			'Delete Finished Rows After (Days)',
			deleteAfterDays,
			'Enter a number of days, or 0 to keep all rows.',
		);
	}
	return days === 0 ? undefined : days;
}
