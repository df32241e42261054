import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { InputError, VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import { list } from '../../video/list';
import type { Provider } from '../../video/provider';
import { formatReference, parseReference, type TaskReference } from '../../video/reference';
import type { TaskFacts, VideoTask } from '../../video/task';
import type { Watchers } from '../../video/watcher';
import type { Question } from '../../video/ask';
import { quoted } from '../../video/text';
import type { Connections } from '../shared/connections';
import { readRecordTask } from '../shared/fieldReaders';
import { readText } from '../shared/formValues';
import { type Failed, isFailed, orFailure } from '../shared/itemResult';
import { orderLookup, orderTable } from './orderLookup';

/** Milliseconds for which one question waits out the passing faults of a vendor. */
export const patience = 60_000;

/** A task that an item asks for, with the account that it belongs to. */
export interface AskedTask extends Question {
	readonly provider: Provider;
	readonly connection: Connection;
}

/** The tasks of all items, in order; what could not be read stays in its place. */
export async function readTasks(
	context: IExecuteFunctions,
	connections: Connections,
): Promise<Array<AskedTask | Failed>> {
	const findOrdered = orderLookup(context, connections.host);
	/** By an order key, a reference, or a bare ID with Provider and Task Kind. */
	const readTask = async (item: number): Promise<AskedTask> => {
		const table = orderTable(context, item);
		const named = table ? await findOrdered(item, table) : givenTask(context, item);
		const provider = checkedProvider(named.reference);
		return { ...named, provider, connection: await connections.connection(provider, item) };
	};
	const asked: Array<AskedTask | Failed> = [];
	for (const item of context.getInputData().keys()) {
		asked.push(await orFailure(async () => await readTask(item)));
	}
	return asked;
}

function givenTask(context: IExecuteFunctions, item: number): Question {
	const reference = readReference(context, item);
	readRecordTask(context, item);
	return { reference, facts: knownFacts(context, item, reference) };
}

function readReference(context: IExecuteFunctions, item: number): TaskReference {
	const text = readText(context, item, 'task');
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

/** The task as it is now. Throws VendorError. */
export async function lookAt(task: AskedTask, watchers: Watchers): Promise<VideoTask> {
	const [answer] = await watchers.of(task).answers([task], patience);
	if (answer instanceof VendorError) throw answer;
	return answer;
}

/** Works on every task that could be read; a complaint becomes the item's result. */
export async function each<T>(
	asked: ReadonlyArray<AskedTask | Failed>,
	work: (task: AskedTask, item: number) => Promise<T>,
): Promise<Array<T | Failed>> {
	return await Promise.all(
		asked.map(async (task, item) => {
			if (isFailed(task)) return task;
			const { facts, reference } = task;
			const known = { ...facts, reference, videos: [] };
			return await orFailure(async () => await work(task, item), known);
		}),
	);
}
