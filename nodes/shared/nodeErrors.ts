import { type IExecuteFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { asError, InputError } from '../../video/failure';
import { hintText } from '../../video/hint';
import { formatReference } from '../../video/reference';
import { givesOutErrors, isTool } from './caller';
import { type Failed, isFailed, type ItemResult, taskOf } from './itemResult';

/** Items that a message lists at the most. */
const mostListed = 10;

/**
 * One wrong item stops all before anything is sent, unless wrong items are given out: otherwise the
 * run would fail after the others were paid. The message lists every one, counted from 1 as n8n does.
 */
export function refuseRun(context: IExecuteFunctions, items: readonly unknown[]) {
	if (givesOutErrors(context)) return;
	const wrong = items.flatMap((entry, index) => (isFailed(entry) ? [{ entry, index }] : []));
	if (wrong.length === 0) return;
	const [{ entry: first, index }] = wrong;
	const isOne = new Set(wrong.map(({ entry }) => entry.message)).size === 1;
	if (isOne && wrong.length === items.length) {
		// Of several items n8n would name the first one.
		throw asNodeError(context, first, items.length === 1 ? index : undefined);
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

/**
 * The error that people see: what happened, with the task's reference; below it what to do, and
 * where the tasks of the other items are, so that none is lost with this run.
 */
export function asNodeError(
	context: IExecuteFunctions,
	result: Failed,
	itemIndex: number | undefined,
	all: readonly ItemResult[] = [],
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
	return cause instanceof InputError ? asNodeError(context, cause, 0) : asError(cause);
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
