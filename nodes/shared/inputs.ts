import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { DownloadWishes, WaitWishes } from '../../video/order';
import { megabyte } from '../../video/size';
import { quoted } from '../../video/text';

const longestWaitMinutes = 7 * 24 * 60;

/** Someone sits before an agent and waits for it; it can look for a pending task again. */
const waitDefaults = {
	node: { minutes: 30, onTimeout: 'fail' },
	tool: { minutes: 4, onTimeout: 'returnPending' },
} as const;

/** The fields of a collection by their names; one that the person has not added is absent. */
type Fields = Readonly<Record<string, unknown>>;

/** The wait that an item asks for; undefined where it does not wait. Throws InputError. */
export function readWait(context: IExecuteFunctions, item: number): WaitWishes | undefined {
	if (!readField(context, item, 'waitForCompletion', 'Wait for Completion', true)) return undefined;
	const wait = context.getNodeParameter('wait', item, {}) as Fields;
	const defaults = isTool(context) ? waitDefaults.tool : waitDefaults.node;
	const minutes = readNumber(wait, 'timeoutMinutes', defaults.minutes, {
		label: 'Timeout (Minutes)',
		allows: (number) => number > 0 && number <= longestWaitMinutes,
		advice: `Enter a number above 0 and up to ${longestWaitMinutes}.`,
	});
	const seconds = readNumber(wait, 'pollIntervalSeconds', 0, {
		label: 'Poll Interval (Seconds)',
		allows: (number) => number === 0 || (number >= 1 && number <= 3600),
		advice: 'Enter 0 for automatic, or 1 to 3600 seconds.',
	});
	return {
		timeout: minutes * 60_000,
		...(seconds > 0 && { fixedInterval: seconds * 1000 }),
		onTimeout: readOnTimeout(wait, defaults.onTimeout),
	};
}

function readOnTimeout(wait: Fields, fallback: WaitWishes['onTimeout']): WaitWishes['onTimeout'] {
	const { onTimeout } = 'onTimeout' in wait ? wait : { onTimeout: fallback };
	const chosen = asChoice(onTimeout, { fail: 'Fail', returnPending: 'Return Pending Task' });
	if (chosen) return chosen;
	throw notUsable('On Timeout', onTimeout, 'Choose Fail or Return Pending Task.');
}

/** The download that an item asks for; undefined where it wants none. Throws InputError. */
export function readDownload(
	context: IExecuteFunctions,
	item: number,
): (DownloadWishes & { binaryField: string }) | undefined {
	if (!readField(context, item, 'downloadVideo', 'Download Video', true)) return undefined;
	// An agent cannot use a file, and n8n cannot pass one to it.
	if (isTool(context)) return undefined;
	const download = context.getNodeParameter('download', item, {}) as Fields;
	const megabytes = readNumber(download, 'maxSizeMb', 512, {
		label: 'Maximum Size (MB)',
		allows: (number) => number > 0,
		advice: 'Enter a number above 0.',
	});
	const binaryField = String(download.binaryField ?? 'data').trim();
	if (binaryField === '') {
		throw new InputError('Put Output in Field is empty', 'Enter a name such as data.');
	}
	const fileName = readFileName(download);
	return { maxBytes: megabytes * megabyte, binaryField, ...(fileName && { fileName }) };
}

/** Undefined where it is empty, or an expression gives nothing: the file is then called by its task. */
function readFileName({ fileName = '' }: Fields): string | undefined {
	if (typeof fileName === 'object' && fileName !== null) {
		throw notUsable('File Name', fileName, 'Use a text, e.g. {{ $json.productId }}.');
	}
	return String(fileName ?? '').trim() || undefined;
}

/** Whether the task goes into the task table. Throws InputError, also where nothing opens the table. */
export function readRecordTask(context: IExecuteFunctions, item: number): boolean {
	const records = readField(context, item, 'recordTask', 'Record Task', false);
	if (records && !context.getNode().credentials?.hailuoTaskTableApi) {
		throw new InputError(
			'Record Task is on, but the node has no credential for the task table',
			'Choose one under Credential for the Task Table, or switch Record Task off.',
		);
	}
	return records;
}

/** Requests on the way at the same time, 1 to 100. Throws InputError. */
export function readConcurrency(options: Fields): number {
	return readNumber(options, 'concurrency', 5, {
		label: 'Concurrency',
		allows: (number) => Number.isInteger(number) && number >= 1 && number <= 100,
		advice: 'Enter a whole number from 1 to 100.',
	});
}

/**
 * The most that the items of a run may cost together, in the vendor's unit; undefined for no
 * limit: absent, empty or 0. Throws InputError for all else, so that a limit is never lost.
 */
export function readMaxCost(options: Fields): number | undefined {
	const { maxCost } = options;
	const isEmpty = maxCost === null || (typeof maxCost === 'string' && maxCost.trim() === '');
	if (isEmpty) return undefined;
	const limit = readNumber(options, 'maxCost', 0, {
		label: 'Maximum Cost',
		allows: (number) => number >= 0,
		advice: 'Enter the amount as a plain number such as 0.50, without a currency. 0 is no limit.',
	});
	return limit === 0 ? undefined : limit;
}

/** Milliseconds that a vendor has to take an order before the next one is asked. Throws InputError. */
export function readFallbackAfter(options: Fields): number {
	const minutes = readNumber(options, 'fallbackAfterMinutes', 5, {
		label: 'Fallback After (Minutes)',
		allows: (number) => number > 0 && number <= longestWaitMinutes,
		advice: `Enter a number above 0 and up to ${longestWaitMinutes}.`,
	});
	return minutes * 60_000;
}

/** Whether to show the request and send nothing. Throws InputError. */
export function readDryRun(options: Fields): boolean {
	return readOption(options, 'dryRun', 'Dry Run', false);
}

/** Whether the item gets the few fields that people need. Throws InputError. */
export function readSimplify(options: Fields): boolean {
	return readOption(options, 'simplify', 'Simplify', true);
}

/** Whether the item also gets the fields of its input. Throws InputError. */
export function readIncludeInputFields(options: Fields): boolean {
	return readOption(options, 'includeInputFields', 'Include Input Fields', false);
}

/** A switch of the form, also as the word of an expression. Throws InputError. */
export function readSwitch(value: unknown, label: string): boolean {
	const on = asSwitch(value);
	if (on === undefined) throw notUsable(label, value, 'Use true or false.');
	return on;
}

/** A switch of a collection. An expression that gives nothing is not the same as no option. */
function readOption(options: Fields, name: string, label: string, fallback: boolean): boolean {
	return name in options ? readSwitch(options[name], label) : fallback;
}

/** A switch of the node itself. n8n gives `fallback` for one that is absent, never for undefined. */
function readField(
	context: IExecuteFunctions,
	item: number,
	name: string,
	label: string,
	fallback: boolean,
): boolean {
	return readSwitch(context.getNodeParameter(name, item, fallback), label);
}

interface NumberRules {
	readonly label: string;
	readonly advice: string;
	allows(number: number): boolean;
}

function readNumber(
	fields: Fields,
	name: string,
	fallback: number,
	{ label, advice, allows }: NumberRules,
): number {
	if (!(name in fields)) return fallback;
	const number = asNumber(fields[name]);
	if (number === undefined || !allows(number)) throw notUsable(label, fields[name], advice);
	return number;
}

/**
 * The choice that a value means, by its value or its label, in any case: expressions often give what
 * people read. Undefined where it means none.
 */
export function asChoice<T extends string>(
	value: unknown,
	labels: Readonly<Record<T, string>>,
): T | undefined {
	if (typeof value !== 'string') return undefined;
	const choices = Object.keys(labels) as T[];
	return choices.find((choice) => [choice, labels[choice]].some((name) => isSame(name, value)));
}

/** The same word but for case, spaces and dashes, e.g. “Text to Video” and textToVideo. */
export function isSame(one: string, other: string): boolean {
	return plain(one) === plain(other);
}

/** What a field holds that leaves the choice to the node or the vendor, by value or label. */
export function isAutomatic(text: string): boolean {
	return text === '' || /^auto(matic( \(.*\))?)?$/i.test(text);
}

const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '');

/** Says what a field holds that cannot be used. */
export function notUsable(label: string, value: unknown, advice: string): InputError {
	return new InputError(`${label} is ${shown(value)}`, advice);
}

function shown(value: unknown): string {
	if (typeof value === 'object' && value !== null) return 'a list or an object';
	const text = quoted(String(value ?? ''));
	return text === '' ? 'empty' : `“${text}”`;
}

/** A finite number, also one that an expression gives as text. */
export function asNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && isPlainNumber(value.trim()) ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function isPlainNumber(text: string): boolean {
	return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text);
}

const switchWords = new Map([
	...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
	...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

export function asSwitch(value: unknown): boolean | undefined {
	if (typeof value !== 'boolean' && typeof value !== 'string' && typeof value !== 'number') {
		return undefined;
	}
	return switchWords.get(String(value).trim().toLowerCase());
}

/** Whether an agent, or another caller of tools, runs the node. */
export function isTool(context: IExecuteFunctions): boolean {
	// Agents since version 3 let n8n run the tool like any node: only its type tells it then.
	return isCalledByAgent(context) || context.getNode().type.endsWith('Tool');
}

/** Whether the caller runs the node itself: agents before version 3, sub-agents, MCP Server Trigger. */
function isCalledByAgent(context: IExecuteFunctions): boolean {
	// n8n before 1.100 has no such method.
	return context.isToolExecution?.() ?? false;
}

/**
 * Whether failed items are given out instead of thrown: of an error that is thrown, a caller that
 * runs the node itself tells its model nothing.
 */
export function givesOutErrors(context: IExecuteFunctions): boolean {
	return context.continueOnFail() || isCalledByAgent(context);
}

/** One of the values of a drop-down. Throws InputError. */
export function oneOf<Word extends string>(
	value: unknown,
	words: readonly Word[],
	fallback: Word,
	label: string,
): Word {
	const chosen = value === undefined ? fallback : words.find((word) => word === value);
	if (chosen !== undefined) return chosen;
	throw notUsable(label, value, `Use ${words.join(', ')}.`);
}
