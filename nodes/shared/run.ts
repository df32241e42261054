import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { asError, InputError } from '../../video/failure';
import type { Quote } from '../../video/cost';
import type { Made } from '../../video/outcome';
import { asJobError, JobError } from '../../video/outcome';
import type { Hint } from '../../video/hint';
import { hintText } from '../../video/hint';
import type { StoredFile } from '../../video/host';
import { formatReference } from '../../video/reference';
import type { Attempt, KnownTask } from '../../video/task';
import { isFinal, taskItem } from '../../video/task';
import { dayAndTime, quoted } from '../../video/text';
import type { Said } from './hints';
import { addHints } from './hints';
import { asBinary } from './host';
import { withInputFields } from './inputFields';
import {
	givesOutErrors,
	isTool,
	readDownload,
	readIncludeInputFields,
	readSimplify,
} from './inputs';

/** What became of one item of a node that works on tasks. */
export type ItemResult = Made | JobError | InputError | PlainItem;

/** An item that is no task. */
interface PlainItem {
	readonly json: IDataObject;
	readonly hints?: readonly Hint[];
	/** What it would cost. */
	readonly quote?: Quote;
	readonly notes?: readonly string[];
}

export interface ItemShape {
	readonly simplify: boolean;
	readonly binaryField: string;
	/** Whether the fields of the input go along. */
	readonly includeInput: boolean;
}

/** What the form of an item says of the item that it gets. Throws InputError. */
export function readShape(context: IExecuteFunctions, item: number): ItemShape {
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
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
	const failed = results.findIndex(isFailure);
	if (failed >= 0 && !givesOutErrors(context)) {
		throw asNodeError(context, results[failed] as JobError | InputError, failed, results);
	}
	addHints(context, failureWarnings(results), results.map(saidOf), notes);
	return results.map((result, item) => {
		const { includeInput, ...own } = shape(item);
		const made = toItem(context, result, item, own);
		return includeInput ? { ...made, json: withInputFields(context, item, made.json) } : made;
	});
}

/** More that the person should know of an item. */
export function withHints(result: ItemResult, more: readonly Hint[]): ItemResult {
	if (more.length === 0 || result instanceof InputError) return result;
	const hints = [...(result.hints ?? []), ...more];
	return isFailure(result) ? result.withHints(hints) : { ...result, hints };
}

/** Items of a message at the most. */
const mostListed = 10;

/** Failed items of a hint, which stands above the others, at the most. */
const mostFailuresShown = 3;

/** n8n shows a node that gives its errors out as one that succeeded. */
function failureWarnings(results: readonly ItemResult[]): string[] {
	const failures = results.flatMap((result, item) =>
		isFailure(result) ? [`item ${item + 1}: ${quoted(result.message, 200)}`] : [],
	);
	if (failures.length === 0) return [];
	const more = failures.length - mostFailuresShown;
	const shown = failures.slice(0, mostFailuresShown).join('; ');
	const howMany =
		results.length === 1 ? 'Failed' : `${failures.length} of ${results.length} items failed`;
	return [`${howMany}: ${shown}${more > 0 ? `; and ${more} more` : ''}`];
}

/**
 * One wrong item stops all before anything is sent, unless wrong items are given out: otherwise the
 * run would fail after the others were paid. The message lists every one, counted from 1 as n8n does.
 */
export function refuseRun(context: IExecuteFunctions, items: readonly unknown[]) {
	if (givesOutErrors(context)) return;
	const wrong = items.flatMap((entry, index) =>
		entry instanceof InputError || entry instanceof JobError ? [{ entry, index }] : [],
	);
	if (wrong.length === 0) return;
	const [{ entry: first, index }] = wrong;
	const isOne = new Set(wrong.map(({ entry }) => entry.message)).size === 1;
	if (isOne && wrong.length === items.length) {
		// Of several items n8n would name the first one.
		throw asNodeError(context, first, items.length === 1 ? index : undefined, []);
	}
	const reasons = wrong
		.slice(0, mostListed)
		.map(({ entry, index: number }) => `item ${number + 1}: ${entry.message}`);
	const more = wrong.length > mostListed ? `; and ${wrong.length - mostListed} more` : '';
	const advice = wrong.map(({ entry }) =>
		entry instanceof InputError ? entry.advice : entry.failure.advice,
	);
	const message = `Nothing was sent, because ${wrong.length} of ${items.length} items cannot be made: ${reasons.join('; ')}${more}`;
	const description = [
		...new Set(advice.slice(0, mostListed)),
		'To make the others, set On Error in the tab Settings of this node to Continue: the wrong items then come out with their reason.',
	]
		.filter(Boolean)
		.join(' ');
	throw saying(message, new NodeOperationError(context.getNode(), message, { description }));
}

/** A model takes an unfinished task for a failed one and orders it again, unless it is told. */
const pendingNote =
	'The video is not ready yet and goes on. Ask for it again later by its taskRef; do not order it again.';

function isFailure(result: ItemResult): result is JobError | InputError {
	return result instanceof Error;
}

function toItem(
	context: IExecuteFunctions,
	result: ItemResult,
	item: number,
	{ simplify, binaryField }: Omit<ItemShape, 'includeInput'>,
): INodeExecutionData {
	const pairedItem = { item };
	if (isFailure(result)) {
		const error = asNodeError(context, result, item, []);
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
			asBinary(handle),
		]),
	);
}

function details(
	result: JobError | InputError,
	description: string | null | undefined,
): IDataObject {
	const task = 'failure' in result ? result.task : undefined;
	const facts = task ? (taskItem(task) as IDataObject) : {};
	const failure = 'failure' in result ? { failure: { ...result.failure } } : {};
	const attempts = 'failure' in result ? attemptsOf(result.origin.attempts) : {};
	return { ...facts, ...failure, ...attempts, ...(description && { description }) };
}

function attemptsOf(attempts: readonly Attempt[] = []): IDataObject {
	return attempts.length === 0 ? {} : { attempts: attempts as unknown as IDataObject[] };
}

/**
 * The error that people see: what happened, with the task's reference; below it what to do, and
 * where the tasks of the other items are, so that none is lost with this run.
 */
export function asNodeError(
	context: IExecuteFunctions,
	result: JobError | InputError,
	itemIndex: number | undefined,
	all: readonly ItemResult[],
): NodeApiError | NodeOperationError {
	const node = context.getNode();
	if (result instanceof InputError) {
		const description = [result.advice, otherTasks(all, itemIndex)].filter(Boolean).join(' ');
		const message = forReader(context, result.message, description);
		const options = { description, itemIndex };
		return saying(message, new NodeOperationError(node, message, options));
	}
	const { failure, task } = result;
	const taskRef = task && formatReference(task.reference);
	const isNamed = taskRef === undefined || failure.message.includes(taskRef);
	const named = isNamed ? failure.message : `${failure.message} [${taskRef}]`;
	const ofVendors = result.hints.filter((hint) => typeof hint !== 'string').map(hintText);
	const message = forReader(context, named, [failure.advice, ...ofVendors].join(' '));
	const said = [failure.advice, ...result.hints.map(hintText)].filter(Boolean);
	const description = [
		...said,
		taskRef && !said.some((sentence) => sentence.includes(taskRef)) && `Task: ${taskRef}.`,
		otherTasks(all, itemIndex),
	]
		.filter(Boolean)
		.join(' ');
	return saying(
		message,
		new NodeApiError(
			node,
			{ message, ...(failure.code !== undefined && { code: failure.code }) },
			{ message, description, itemIndex },
		),
	);
}

/** A complaint about a field that counts for the whole run, as n8n shows errors; all else as it is. */
export function nodeErrorOf(context: IExecuteFunctions, cause: unknown): Error {
	return cause instanceof InputError ? asNodeError(context, cause, 0, []) : asError(cause);
}

/** n8n replaces a message that names a system code such as ENOENT, and the reference would be lost. */
function saying<E extends NodeApiError | NodeOperationError>(message: string, error: E): E {
	error.message = message;
	return error;
}

/** n8n gives an agent the message of an error and not its description. */
function forReader(
	context: IExecuteFunctions,
	message: string,
	advice: string | undefined,
): string {
	return advice && isTool(context) ? `${message}. ${advice}` : message;
}

function otherTasks(all: readonly ItemResult[], except?: number): string | undefined {
	const references = all
		.map((result, item) => (item === except ? undefined : taskOf(result)))
		.filter((task) => task !== undefined)
		.map(({ reference }) => formatReference(reference));
	return references.length > 0
		? `Tasks of the other items: ${references.join(', ')}. To get them without paying again, set On Error in the tab Settings of this node to Continue and retry this execution with the current workflow.`
		: undefined;
}

function taskOf(result: ItemResult): KnownTask | undefined {
	return 'task' in result ? result.task : undefined;
}

/** How long the link of a video works that was not downloaded. */
export function linkNotes({ task: { videos }, files }: Made): string[] {
	const expiresAt = files.length === 0 ? videos[0]?.expiresAt : undefined;
	if (expiresAt === undefined) return [];
	return [`The link of the video works until ${dayAndTime(expiresAt)}. Download it before that.`];
}

function saidOf(result: ItemResult): Said {
	return {
		hints: ('hints' in result && result.hints) || [],
		notes: ('notes' in result && result.notes) || [],
	};
}

/** Runs a reader of the form; its complaint becomes the item's result. */
export async function orFailure<T>(read: () => Promise<T>): Promise<T | InputError | JobError> {
	try {
		return await read();
	} catch (cause) {
		return cause instanceof InputError ? cause : asJobError(cause);
	}
}
