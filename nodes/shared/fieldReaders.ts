import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { DownloadWishes, WaitWishes } from '../../video/order';
import { megabyte } from '../../video/size';
import { isTool } from './caller';
import {
	type Fields,
	notUsable,
	readChoice,
	readCollection,
	readField,
	readNumber,
	readOption,
} from './formValues';

const longestWaitMinutes = 7 * 24 * 60;

/** Someone sits before an agent and waits for it; it can look for a pending task again. */
const waitDefaults = {
	node: { minutes: 30, onTimeout: 'fail' },
	tool: { minutes: 4, onTimeout: 'returnPending' },
} as const;

/** The wait that an item asks for; undefined where it does not wait. Throws InputError. */
export function readWait(context: IExecuteFunctions, item: number): WaitWishes | undefined {
	if (!readField(context, item, 'waitForCompletion', 'Wait for Completion', true)) return undefined;
	const wait = readCollection(context, item, 'wait');
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
	const labels = { fail: 'Fail', returnPending: 'Return Pending Task' };
	return readChoice(onTimeout, labels, 'On Timeout', 'Choose');
}

/** The download that an item asks for; undefined where it wants none. Throws InputError. */
export function readDownload(
	context: IExecuteFunctions,
	item: number,
): (DownloadWishes & { binaryField: string }) | undefined {
	if (!readField(context, item, 'downloadVideo', 'Download Video', true)) return undefined;
	// An agent cannot use a file, and n8n cannot pass one to it.
	if (isTool(context)) return undefined;
	const download = readCollection(context, item, 'download');
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
