import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { StoredFile } from '../../video/host';
import { type Attempt, isFinal, taskFields, taskItem } from '../../video/task';
import { quoted } from '../../video/text';
import { addHints, type Said } from './hints';
import { givesOutErrors, isTool } from './caller';
import { readDownload, readIncludeInputFields, readSimplify } from './fieldReaders';
import { readCollection } from './formValues';
import { type Failed, isFailed, type ItemResult } from './itemResult';
import { asNodeError } from './nodeErrors';

export interface ItemShape {
	readonly simplify: boolean;
	readonly binaryField: string;
	/** Whether the fields of the input go along. */
	readonly includeInput: boolean;
}

/** What the form of an item says of the item that it gets. Throws InputError. */
export function readShape(context: IExecuteFunctions, item: number): ItemShape {
	const options = readCollection(context, item, 'options');
	return {
		simplify: readSimplify(options),
		binaryField: readDownload(context, item)?.binaryField ?? 'data',
		includeInput: readIncludeInputFields(options),
	};
}

/** The same, and a plain item where the form is what is wrong. */
export function readableShape(context: IExecuteFunctions, item: number): ItemShape {
	try {
		return readShape(context, item);
	} catch {
		return { simplify: true, binaryField: 'data', includeInput: false };
	}
}

/**
 * Results as n8n items, in order; `notes` are about the run as a whole. Throws for the first failed
 * item unless errors are given out.
 */
export function toItems(
	context: IExecuteFunctions,
	results: readonly ItemResult[],
	shape: (item: number) => ItemShape,
	notes: readonly string[] = [],
): INodeExecutionData[] {
	const failed = results.findIndex(isFailed);
	if (failed >= 0 && !givesOutErrors(context)) {
		throw asNodeError(context, results[failed] as Failed, failed, results);
	}
	addHints(context, failureWarnings(results), results.map(saidOf), notes);
	return results.map((result, item) => {
		const { includeInput, ...own } = shape(item);
		const made = toItem(context, result, item, own);
		return includeInput ? { ...made, json: withInputFields(context, item, made.json) } : made;
	});
}

/** Failed items of a hint, which stands above the others, at the most. */
const mostFailuresShown = 3;

/** n8n shows a node that gives its errors out as one that succeeded. */
function failureWarnings(results: readonly ItemResult[]): string[] {
	const failures = results.flatMap((result, item) =>
		isFailed(result) ? [`item ${item + 1}: ${quoted(result.message, 200)}`] : [],
	);
	if (failures.length === 0) return [];
	const more = failures.length - mostFailuresShown;
	const shown = failures.slice(0, mostFailuresShown).join('; ');
	const howMany =
		results.length === 1 ? 'Failed' : `${failures.length} of ${results.length} items failed`;
	return [`${howMany}: ${shown}${more > 0 ? `; and ${more} more` : ''}`];
}

/** A model takes an unfinished task for a failed one and orders it again, unless it is told. */
const pendingNote =
	'The video is not ready yet and goes on. Ask for it again later by its taskRef; do not order it again.';

function toItem(
	context: IExecuteFunctions,
	result: ItemResult,
	item: number,
	{ simplify, binaryField }: Omit<ItemShape, 'includeInput'>,
): INodeExecutionData {
	const pairedItem = { item };
	if (isFailed(result)) {
		const error = asNodeError(context, result, item);
		// A tool's message says it all, and briefly.
		const more = isTool(context) ? {} : { details: details(result, error.description) };
		return { json: { error: error.message, ...more }, pairedItem };
	}
	if ('json' in result) return { json: result.json, pairedItem };
	const { task, files, downloadSkipped, attempts } = result;
	return {
		json: {
			...(taskItem(task, { simplify }) as IDataObject),
			...(downloadSkipped !== undefined && { downloadSkipped }),
			...attemptsOf(attempts),
			...(isTool(context) && !isFinal(task.status) && { note: pendingNote }),
		},
		...(files.length > 0 && { binary: binaryOf(files, binaryField) }),
		pairedItem,
	};
}

export function binaryOf(files: readonly StoredFile[], field: string) {
	return Object.fromEntries(
		files.map(({ handle }, index) => [
			index === 0 ? field : `${field}_${index + 1}`,
			handle as IBinaryData,
		]),
	);
}

function details(result: Failed, description: string | null | undefined): IDataObject {
	const advice = description ? { description } : {};
	if (result instanceof InputError) return advice;
	const { task, failure, origin } = result;
	const facts = task && (taskItem(task) as IDataObject);
	return { ...facts, failure: { ...failure }, ...attemptsOf(origin.attempts), ...advice };
}

function attemptsOf(attempts: readonly Attempt[] = []): IDataObject {
	return attempts.length === 0 ? {} : { attempts: attempts as unknown as IDataObject[] };
}

function saidOf(result: ItemResult): Said {
	return {
		hints: ('hints' in result && result.hints) || [],
		notes: ('notes' in result && result.notes) || [],
	};
}

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
function withInputFields(context: IExecuteFunctions, item: number, json: IDataObject): IDataObject {
	// n8n adds them itself, and takes an item for a failed one only while it has no other fields.
	if ('error' in json && context.getNode().onError === 'continueErrorOutput') return json;
	const input = Object.entries(context.getInputData()[item]?.json ?? {});
	const others = input.filter(([name]) => !ownFields.has(name) && !(name in json));
	return { ...Object.fromEntries(others), ...json };
}
