import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { InputError, VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import { list } from '../../video/list';
import type { JobError } from '../../video/outcome';
import { asJobError } from '../../video/outcome';
import type { Provider } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { formatReference, parseReference } from '../../video/reference';
import type { TaskFacts, VideoTask } from '../../video/task';
import type { Watchers } from '../../video/watcher';
import type { Question } from '../../video/ask';
import { quoted } from '../../video/text';
import type { Connections } from '../shared/connections';
import { readRecordTask } from '../shared/inputs';
import { orFailure } from '../shared/run';
import { orderTable, OrderedTasks } from './orderedTask';

/** A task that an item asks for, with the account that it belongs to. */
export interface AskedTask extends Question {
	readonly provider: Provider;
	readonly connection: Connection;
}

/** The tasks of all items, in order; what could not be read stays in its place. */
export async function readTasks(
	context: IExecuteFunctions,
	connections: Connections,
): Promise<Array<AskedTask | InputError | JobError>> {
	const ordered = new OrderedTasks(context, connections.host);
	const asked: Array<AskedTask | InputError | JobError> = [];
	for (const item of context.getInputData().keys()) {
		asked.push(await orFailure(async () => await readTask(context, item, connections, ordered)));
	}
	return asked;
}

/** The task of an item: an order key, a reference, or a bare ID with Provider and Task Kind. */
async function readTask(
	context: IExecuteFunctions,
	item: number,
	connections: Connections,
	ordered: OrderedTasks,
): Promise<AskedTask> {
	const table = orderTable(context, item);
	const named = table ? await ordered.find(item, table) : givenTask(context, item);
	const provider = checkedProvider(named.reference);
	return { ...named, provider, connection: await connections.connection(provider, item) };
}

function givenTask(context: IExecuteFunctions, item: number): Question {
	const reference = readReference(context, item);
	readRecordTask(context, item);
	return { reference, facts: knownFacts(context, item, reference) };
}

function readReference(context: IExecuteFunctions, item: number): TaskReference {
	const text = String(context.getNodeParameter('task', item, '') ?? '').trim();
	if (text === '' || text === 'undefined' || text === 'null') {
		throw new InputError(
			'Task is empty: the item has no task reference',
			'Enter a reference such as minimax:v1:106916112212032, or connect a node whose items have a taskRef.',
		);
	}
	const chosen = String(context.getNodeParameter('provider', item, 'auto'));
	const reference = text.includes(':') ? parseReference(text) : bareId(context, item, text, chosen);
	if (!reference) throw notReference(text);
	const provider = checkedProvider(reference);
	if (chosen !== 'auto' && chosen !== reference.provider) {
		throw new InputError(
			`Task ${text} belongs to ${provider.name}, but Provider is set to another vendor`,
			`Set Provider to From Task Reference or ${provider.name}, and choose its credential.`,
		);
	}
	return reference;
}

/** The vendor of a reference. Throws InputError where it is none of ours. */
function checkedProvider(reference: TaskReference): Provider {
	const text = formatReference(reference);
	const provider = findProvider(reference.provider);
	if (!provider) throw notReference(text);
	const kinds = provider.kinds.map(({ kind }) => kind);
	if (kinds.includes(reference.kind)) return provider;
	throw new InputError(
		`Task “${quoted(text, 100)}” has the unknown kind “${reference.kind}”`,
		`${provider.name} has ${list(kinds, 'and')}.`,
	);
}

function notReference(text: string): InputError {
	const ids = providers.map(({ id }) => id);
	return new InputError(
		`Task “${quoted(text, 100)}” is not a task reference`,
		`Use provider:kind:ID, e.g. minimax:v1:106916112212032. Providers are ${list(ids, 'and')}.`,
	);
}

function bareId(
	context: IExecuteFunctions,
	item: number,
	id: string,
	chosen: string,
): TaskReference | undefined {
	const provider = findProvider(chosen);
	if (!provider) {
		throw new InputError(
			`Task “${id.slice(0, 100)}” is a bare ID, which does not say whose it is`,
			'Set Provider, or enter a whole reference such as minimax:v1:106916112212032.',
		);
	}
	const [{ kind: only }] = provider.kinds;
	const kind =
		provider.kinds.length > 1 ? String(context.getNodeParameter('taskKind', item, only)) : only;
	return { provider: provider.id, kind, id };
}

const factNames = [
	...(['model', 'mode', 'prompt', 'resolution', 'durationSeconds'] as const),
	...(['cost', 'createdAt'] as const),
] satisfies Array<keyof TaskFacts>;

/** Vendors do not repeat what was ordered: an item that comes from our nodes still knows it. */
function knownFacts(context: IExecuteFunctions, item: number, reference: TaskReference): TaskFacts {
	const { json } = context.getInputData()[item];
	if (json.taskRef !== formatReference(reference)) return {};
	const facts = Object.fromEntries(
		factNames.filter((name) => json[name] !== undefined).map((name) => [name, json[name]]),
	) as IDataObject & TaskFacts;
	// Only who ordered it knows the mode; such an item names the number of videos unless it is one.
	const isOurs = typeof json.mode === 'string';
	const results = typeof json.numberResults === 'number' ? json.numberResults : 1;
	return isOurs ? { ...facts, results } : facts;
}

/** The tasks as they are now, in order; what could not be read or asked stays in its place. */
export async function askTasks(
	asked: ReadonlyArray<AskedTask | InputError | JobError>,
	watchers: Watchers,
	/** Milliseconds that passing faults of the vendor are waited out. */
	patience: number,
): Promise<Array<VideoTask | InputError | JobError>> {
	return await Promise.all(
		asked.map(async (task) => {
			if (task instanceof Error) return task;
			const { facts, reference } = task;
			try {
				const [answer] = await watchers.of(task).answers([task], patience);
				if (!(answer instanceof VendorError)) return answer;
				return asJobError(answer, { ...facts, reference, videos: [] });
			} catch (cause) {
				return asJobError(cause, { ...facts, reference, videos: [] });
			}
		}),
	);
}

export function isTask(value: VideoTask | AskedTask | InputError | JobError): value is VideoTask {
	return 'videos' in value;
}
