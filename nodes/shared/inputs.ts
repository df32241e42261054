import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { InputError } from '../../video/failure';
import type { DownloadWishes, WaitWishes } from '../../video/generate';
import type { Media } from '../../video/media';
import { mimeTypeOf, readImage } from '../../video/media';
import { megabyte } from '../../video/size';

const longestWaitMinutes = 7 * 24 * 60;

/** Someone sits before an agent and waits for it; it can look for a pending task again. */
const waitDefaults = {
	node: { minutes: 30, onTimeout: 'fail' },
	tool: { minutes: 4, onTimeout: 'returnPending' },
} as const;

/** The wait that an item asks for; undefined where it does not wait. Throws InputError. */
export function readWait(context: IExecuteFunctions, item: number): WaitWishes | undefined {
	if (!(context.getNodeParameter('waitForCompletion', item, true) as boolean)) return undefined;
	const wait = context.getNodeParameter('wait', item, {}) as Record<string, unknown>;
	const defaults = isTool(context) ? waitDefaults.tool : waitDefaults.node;
	const minutes = Number(wait.timeoutMinutes ?? defaults.minutes);
	if (!(minutes > 0 && minutes <= longestWaitMinutes)) {
		throw new InputError(
			`Timeout (Minutes) is ${String(wait.timeoutMinutes)}`,
			`Enter a number above 0 and up to ${longestWaitMinutes}.`,
		);
	}
	const seconds = Number(wait.pollIntervalSeconds ?? 0);
	if (!(seconds === 0 || (seconds >= 1 && seconds <= 3600))) {
		throw new InputError(
			`Poll Interval (Seconds) is ${String(wait.pollIntervalSeconds)}`,
			'Enter 0 for automatic, or 1 to 3600 seconds.',
		);
	}
	return {
		timeout: minutes * 60_000,
		...(seconds > 0 && { fixedInterval: seconds * 1000 }),
		onTimeout:
			(wait.onTimeout ?? defaults.onTimeout) === 'returnPending' ? 'returnPending' : 'fail',
	};
}

/** The download that an item asks for; undefined where it wants none. Throws InputError. */
export function readDownload(
	context: IExecuteFunctions,
	item: number,
): (DownloadWishes & { binaryField: string }) | undefined {
	if (!(context.getNodeParameter('downloadVideo', item, true) as boolean)) return undefined;
	// An agent cannot use a file, and n8n cannot pass one to it.
	if (isTool(context)) return undefined;
	const download = context.getNodeParameter('download', item, {}) as Record<string, unknown>;
	const megabytes = Number(download.maxSizeMb ?? 512);
	if (!(megabytes > 0)) {
		throw new InputError(
			`Maximum Size (MB) is ${String(download.maxSizeMb)}`,
			'Enter a number above 0.',
		);
	}
	const binaryField = String(download.binaryField ?? 'data').trim();
	if (binaryField === '') {
		throw new InputError('Put Output in Field is empty', 'Enter a name such as data.');
	}
	return { maxBytes: megabytes * megabyte, binaryField };
}

export function readConcurrency(options: Readonly<Record<string, unknown>>): number {
	const concurrency = Number(options.concurrency ?? 5);
	if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 100)) {
		throw new InputError(
			`Concurrency is ${String(options.concurrency)}`,
			'Enter a whole number from 1 to 100.',
		);
	}
	return concurrency;
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

export interface MediaFields {
	/** The field's label, for messages. */
	readonly label: string;
	readonly source: unknown;
	readonly url: unknown;
	readonly binaryField: unknown;
}

/** A picture, video or sound of the form; undefined where nothing was given. Throws InputError. */
export async function readMedia(
	context: IExecuteFunctions,
	item: number,
	{ label, source, url, binaryField }: MediaFields,
): Promise<Media | undefined> {
	if (source !== 'binary') {
		const text = String(url ?? '').trim();
		return text === '' ? undefined : { url: text };
	}
	const field = String(binaryField ?? '').trim();
	if (field === '') return undefined;
	const binary = context.getInputData()[item].binary?.[field];
	if (!binary) {
		const present = Object.keys(context.getInputData()[item].binary ?? {});
		throw new InputError(
			`${label}: the item has no binary field “${field}”`,
			present.length > 0
				? `It has ${present.map((name) => `“${name}”`).join(', ')}. Enter one of them.`
				: 'It has no binary data at all. Connect a node that reads a file, or use a URL.',
		);
	}
	const read = async () => await context.helpers.getBinaryDataBuffer(item, field);
	const bytes = await read();
	return {
		file: {
			name: binary.fileName ?? field,
			mimeType: mimeTypeOf(bytes) ?? binary.mimeType,
			size: bytes.byteLength,
			digest: createHash('sha256').update(bytes).digest('hex'),
			image: readImage(bytes),
			read,
		},
	};
}
