import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { costText, overMaxCost } from '../../video/cost';
import type { Job, Made } from '../../video/generate';
import { Generator, JobError } from '../../video/generate';
import type { Connection } from '../../video/host';
import type { MediaFile } from '../../video/media';
import type { CreateRequest, MediaWriter, Provider } from '../../video/provider';
import type { Cost, TaskFacts } from '../../video/task';
import { Accounts } from './accounts';
import { readConcurrency, readDownload, readWait } from './inputs';
import type { ItemResult } from './run';
import { linkNotes, orFailure, toItems } from './run';
import { TaskRecorder } from './taskTable/record';

/** One item of a node that makes videos, read and checked; nothing has been sent for it yet. */
export interface PlannedItem {
	readonly provider: Provider;
	readonly kind: string;
	readonly files: readonly MediaFile[];
	readonly facts: TaskFacts;
	readonly ready: Job['ready'];
	readonly estimate?: Cost;
	readonly hints: readonly string[];
	build(write: MediaWriter, id: string): CreateRequest;
}

interface PreparedItem {
	readonly plan: PlannedItem;
	readonly connection: Connection;
	readonly options: IDataObject;
}

/**
 * What Generate Video and Template Video share: read and check every item, check the cost of all,
 * then submit, wait and download. Items keep their order; a failed one touches no other.
 */
export async function createTasks(
	context: IExecuteFunctions,
	plan: (item: number) => Promise<PlannedItem>,
): Promise<INodeExecutionData[]> {
	const accounts = new Accounts(context);
	const items = context.getInputData().map((_, item) => item);
	const prepared: Array<PreparedItem | ItemResult> = [];
	// One after another: reading a form loads its files, and few should be in memory at once.
	for (const item of items) {
		prepared.push(await orFailure(async () => await prepare(context, accounts, item, plan)));
	}
	checkCost(prepared);
	const results = await run(context, prepared, new TaskRecorder(context, accounts.host));
	return toItems(context, results, (item) => ({
		simplify: optionsOf(context, item).simplify !== false,
		binaryField: readDownload(context, item)?.binaryField ?? 'data',
	}));
}

async function prepare(
	context: IExecuteFunctions,
	accounts: Accounts,
	item: number,
	plan: (item: number) => Promise<PlannedItem>,
): Promise<PreparedItem | ItemResult> {
	const planned = await plan(item);
	const connection = await accounts.connection(planned.provider, item);
	const options = optionsOf(context, item);
	// What is wrong with the item is found here, before anything is sent for any item.
	readConcurrency(options);
	readWait(context, item);
	readDownload(context, item);
	planned.build(describe, '');
	if (options.dryRun === true) return { json: dryRun(planned, connection), hints: planned.hints };
	return { plan: planned, connection, options };
}

function optionsOf(context: IExecuteFunctions, item: number): IDataObject {
	return context.getNodeParameter('options', item, {}) as IDataObject;
}

function isPrepared(value: PreparedItem | ItemResult): value is PreparedItem {
	return 'plan' in value;
}

function dryRun({ provider, build, estimate }: PlannedItem, { baseUrl }: Connection): IDataObject {
	const { path, body } = build(describe, 'chosen-when-it-is-sent');
	return {
		dryRun: true,
		provider: provider.id,
		request: { method: 'POST', url: `${baseUrl}${path}`, body: body as IDataObject },
		...(estimate && { estimate: { amount: estimate.amount, unit: estimate.unit } }),
	};
}

/** Maximum Cost counts for each item alone and for the whole run; a run over it sends nothing. */
function checkCost(prepared: Array<PreparedItem | ItemResult>) {
	const maxCost = ({ options }: PreparedItem) => Number(options.maxCost ?? 0);
	const limited = prepared.filter(isPrepared).filter((entry) => maxCost(entry) > 0);
	if (limited.length === 0) return;
	const whole = overMaxCost(
		limited.map(({ plan }) => plan.estimate),
		Math.max(...limited.map(maxCost)),
	);
	for (const [item, entry] of prepared.entries()) {
		if (!isPrepared(entry)) continue;
		const own = maxCost(entry) > 0 ? overMaxCost([entry.plan.estimate], maxCost(entry)) : undefined;
		prepared[item] = own ?? whole ?? entry;
	}
}

async function run(
	context: IExecuteFunctions,
	prepared: readonly (PreparedItem | ItemResult)[],
	recorder: TaskRecorder,
): Promise<ItemResult[]> {
	const results = [...prepared] as ItemResult[];
	const waiting = [...prepared.entries()].filter((entry): entry is [number, PreparedItem] =>
		isPrepared(entry[1]),
	);
	if (waiting.length === 0) return results;
	const concurrency = Math.min(...waiting.map(([, { options }]) => readConcurrency(options)));
	const jobs = waiting.map(([item, entry]) => jobOf(context, item, entry, recorder));
	const made = await new Generator(concurrency).makeAll(jobs);
	waiting.forEach(([item, { plan }], index) => {
		const result = made[index];
		results[item] =
			result instanceof JobError
				? new JobError(result.failure, result.task, [...plan.hints, ...result.hints])
				: { ...result, hints: [...plan.hints, ...result.hints], notes: notesOf(result) };
	});
	return results;
}

function notesOf(made: Made): string[] {
	const { cost } = made.task;
	if (!cost) return linkNotes(made);
	const label = cost.source === 'provider' ? 'Cost' : 'Estimated cost';
	return [`${label}: ${costText(cost)}`, ...linkNotes(made)];
}

function jobOf(
	context: IExecuteFunctions,
	item: number,
	{ plan, connection }: PreparedItem,
	recorder: TaskRecorder,
): Job {
	const { provider, kind, files, facts, ready, build } = plan;
	const wait = readWait(context, item);
	return {
		submission: {
			memoryKey: memoryKey(context, item, plan),
			provider,
			connection,
			kind,
			files,
			facts,
			build,
		},
		ready,
		wait,
		download: wait && readDownload(context, item),
		onAccepted: async (task) =>
			await recorder.accepted(item, task, connection.host.now() + ready.earliest * 1000),
		onFinal: async (task) => await recorder.update(item, task),
	};
}

/** Names a create across Retry On Fail and the retry of an execution: run, item and request. */
function memoryKey(
	context: IExecuteFunctions,
	item: number,
	{ provider, build }: PlannedItem,
): string {
	const { $runIndex: run } = context.getWorkflowDataProxy(item);
	const request = JSON.stringify([provider.id, build(describe, '')]);
	return `hailuo:${String(run)}:${item}:${createHash('sha256').update(request).digest('hex')}`;
}

/** For the dry run and the digest: a file as a line that names its content. */
const describe: MediaWriter = (media) =>
	'url' in media
		? media.url.trim()
		: `(file ${media.file.name}, ${media.file.mimeType}, ${media.file.size} bytes, SHA-256 ${media.file.digest})`;
