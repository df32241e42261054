import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { overMaxCost, type Quote } from '../../video/cost';
import { Generator } from '../../video/generate';
import type { Hint } from '../../video/hint';
import type { Budget, BudgetGuard } from '../../video/ledger/budget';
import { requestDigest } from '../../video/ledger/requestDigest';
import type { Order, Plan } from '../../video/order';
import { JobError } from '../../video/outcome';
import { type Candidate, candidates, dearest, type PlannedChain } from './chain';
import { Connections } from './connections';
import { costNotes, type ItemCost } from './costNotes';
import { readConcurrency, readDownload, readDryRun, readMaxCost, readWait } from './fieldReaders';
import { readCollection } from './formValues';
import { dryRun } from './dryRun';
import { type ItemResult, linkNotes, orFailure, type PlainItem, withHints } from './itemResult';
import { refuseRun } from './nodeErrors';
import { type ItemShape, readableShape, readShape, toItems } from './nodeItems';
import { Budgets } from './taskTable/budgets';
import { TaskRecorder } from './taskTable/recorder';
import { readTableSettings, type TableSettings } from './taskTable/tableSettings';
import { TaskTrail } from './trail';

/** An item that can be sent, with what counts for the run as a whole. */
interface Prepared {
	readonly order: Order;
	/** What it may cost at the most: with a fallback one in each unit. */
	readonly quotes: readonly Quote[];
	readonly hints: readonly Hint[];
	readonly maxCost?: number;
	readonly budget?: Budget;
	readonly concurrency: number;
	readonly shape: ItemShape;
}

interface Tools {
	readonly context: IExecuteFunctions;
	readonly connections: Connections;
	readonly recorder: TaskRecorder;
	readonly budgets: Budgets;
	readonly trail: TaskTrail;
}

/**
 * What Generate Video and Template Video share: read and check every item, check the cost of all,
 * then submit, wait and download. Items keep their order; a failed one touches no other.
 */
export async function createTasks(
	context: IExecuteFunctions,
	plan: (context: IExecuteFunctions, item: number) => Promise<PlannedChain>,
): Promise<INodeExecutionData[]> {
	const connections = new Connections(context);
	const recorder = new TaskRecorder(context, connections.host);
	const budgets = new Budgets(context, connections.host, recorder.tables);
	const tools: Tools = { context, connections, recorder, budgets, trail: new TaskTrail(context) };
	const items: Array<Prepared | ItemResult> = [];
	// One after another: reading a form loads its files, and few should be in memory at once.
	for (const item of context.getInputData().keys()) {
		items.push(await orFailure(async () => await prepare(tools, item, await plan(context, item))));
	}
	checkCost(items);
	await checkOrders(items);
	refuseRun(context, items);
	const results = await run(items);
	const costs = results.flatMap(costOf);
	tools.trail.end(results, costs);
	const unwritten = await recorder.finish();
	return toItems(
		context,
		results.map((result, item) => withHints(result, unwritten(item))),
		(item) => {
			const prepared = items[item];
			return isPrepared(prepared) ? prepared.shape : readableShape(context, item);
		},
		costNotes(costs, results.length),
	);
}

/** Whatever is wrong with the item is found here, before anything is sent for any item. */
async function prepare(
	tools: Tools,
	item: number,
	planned: PlannedChain,
): Promise<Prepared | ItemResult> {
	const { context, connections, budgets, trail } = tools;
	const { able, hints: passedOver } = await candidates(connections, item, planned);
	const [first, ...others] = able;
	const options = readCollection(context, item, 'options');
	const wait = readWait(context, item);
	const download = wait && readDownload(context, item);
	const settings = readTableSettings(context, item);
	const maxCost = readMaxCost(options);
	const concurrency = readConcurrency(options);
	const shape = readShape(context, item);
	const isDryRun = readDryRun(options);
	const hints = [...passedOver, ...planned.hints, ...first.hints];
	const preview = dryRun(first, others);
	if (isDryRun) return { json: preview, hints, ...dryQuote(context, first.quote) };
	const quotes = able.map(({ quote }) => quote);
	const budget = settings && quotes.map((quote) => budgets.of(settings, quote))[0];
	const recorded = settings && recordedAs(tools, item, able, settings, budget);
	const order = ({ plan, connection }: Candidate): Order => ({
		...plan,
		connection,
		memoryKey: memoryKey(context, item, plan),
		wait,
		download,
		onAccepted: (task) => trail.accept(task),
		...recorded,
	});
	const orders = others.map((one) => ({ ...order(one), hints: one.hints }));
	const fallback = planned.wishes && orders.length > 0 && { ...planned.wishes, orders };
	return {
		order: { ...order(first), ...(fallback && { fallback }) },
		quotes: dearest(quotes),
		hints,
		maxCost,
		budget,
		concurrency,
		shape,
	};
}

/** What a dry run says of the price beside its request; a single item says it itself. */
function dryQuote(context: IExecuteFunctions, quote: Quote): Pick<PlainItem, 'quote' | 'notes'> {
	if (context.getInputData().length === 1) return {};
	return { quote, notes: quote.unknown ? [withCapital(quote.unknown)] : [] };
}

/** The row of an item's order, one for all vendors that may make it. */
function recordedAs(
	{ recorder }: Tools,
	item: number,
	able: readonly Candidate[],
	settings: TableSettings,
	budget: Budget | undefined,
): Pick<Order, 'entry' | 'claimed'> {
	const vendors = able.map(({ plan: { provider, facts, content, ready } }) => ({
		provider: provider.id,
		request: requestDigest(provider.id, content),
		facts,
		earliest: ready.earliest,
	}));
	const callsBack = able.some(({ callbackUrl }) => callbackUrl !== undefined);
	const newRow = { vendors, callsBack };
	return {
		entry: recorder.entry(item, settings, newRow, budget && guard(budget, able)),
		claimed: async (references) => await recorder.recorded(settings, references),
	};
}

const guard = (budget: Budget, able: readonly Candidate[]): BudgetGuard => ({
	judge: async (row, asked) => {
		const { quote } = able.find(({ plan }) => plan.provider.id === asked) ?? able[0];
		return await budget.judge(row, quote);
	},
});

function isPrepared(value: Prepared | ItemResult): value is Prepared {
	return 'order' in value;
}

const withCapital = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** Names an order across Retry On Fail and the retry of an execution: run, item and what is made. */
function memoryKey(context: IExecuteFunctions, item: number, plan: Plan): string {
	const { $runIndex: run } = context.getWorkflowDataProxy(item);
	return `hailuo:${String(run)}:${item}:${requestDigest(plan.provider.id, plan.content)}`;
}

/** Maximum Cost counts for each item alone and for the whole run; a run over it sends nothing. */
function checkCost(items: Array<Prepared | ItemResult>) {
	const limited = items.filter(isPrepared).filter(({ maxCost }) => maxCost !== undefined);
	if (limited.length === 0) return;
	const whole = overMaxCost(
		limited.flatMap(({ quotes }) => quotes),
		Math.max(...limited.map(({ maxCost = 0 }) => maxCost)),
	);
	for (const [item, entry] of items.entries()) {
		if (!isPrepared(entry)) continue;
		const { maxCost, quotes } = entry;
		items[item] = (maxCost !== undefined && overMaxCost(quotes, maxCost)) || whole || entry;
	}
}

/** Order keys that stand for another video, and budgets that are spent, are found before anything is sent. */
async function checkOrders(items: Array<Prepared | ItemResult>) {
	const planned = new Map<Budget, Map<string | number, Quote>>();
	// A table that does not answer is waited for once, and not by each item.
	let away: JobError | undefined;
	for (const [item, entry] of items.entries()) {
		if (!isPrepared(entry)) continue;
		const { budget, quotes, order } = entry;
		const known =
			(order.entry?.isNeeded ? away : undefined) ??
			(await orFailure(async () => await order.entry?.earlier()));
		if (known instanceof JobError) away = known;
		if (known instanceof Error) items[item] = known;
		if (known || !budget) continue;
		const ofBudget = planned.get(budget) ?? new Map<string | number, Quote>();
		planned.set(budget, ofBudget.set(order.entry?.key ?? item, budget.dearest(quotes)));
	}
	for (const [budget, quotes] of planned) {
		const refusal = await orFailure(async () => await budget.refusal([...quotes.values()]));
		if (!refusal) continue;
		for (const [item, entry] of items.entries()) {
			if (isPrepared(entry) && entry.budget === budget) items[item] = refusal;
		}
	}
}

async function run(items: ReadonlyArray<Prepared | ItemResult>): Promise<ItemResult[]> {
	const prepared = items.filter(isPrepared);
	const generator = new Generator(Math.min(...prepared.map(({ concurrency }) => concurrency)));
	const made = await generator.makeAll(prepared.map(({ order }) => order));
	return items.map((entry) => {
		if (!isPrepared(entry)) return entry;
		const result = made[prepared.indexOf(entry)];
		const hints = [...entry.hints, ...result.hints];
		if (result instanceof JobError) return result.withHints(hints);
		return { ...result, hints, notes: linkNotes(result) };
	});
}

/** What an item costs, or would; nothing where it was paid for before, or failed. */
function costOf(result: ItemResult, item: number): ItemCost[] {
	if (result instanceof Error) return [];
	if ('json' in result) {
		const { cost, videos = 1 } = result.quote ?? {};
		return cost ? [{ item, cost, videos }] : [];
	}
	const { task, isPaidBefore } = result;
	const { cost, videos, results = 1 } = task;
	if (!cost || isPaidBefore) return [];
	return [{ item, cost, videos: videos.length || results }];
}
