import type { IExecuteFunctions, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { asError } from '../../video/failure';
import type { TriggerCursor } from '../../video/trigger/cursor';
import { mergeCursors, readCursor } from '../../video/trigger/cursor';
import type { Found, Sighting } from '../../video/trigger/events';
import { Connections } from '../shared/connections';
import type { NodeContext } from '../shared/host';
import { AccountSource } from './accountSource';
import { eventItem } from './eventItem';
import { Faults, nodeError } from './faults';
import { Jobs } from './jobs';
import type { Round, Source, SourceTools } from './source';
import { taskListSource } from './taskListSource';
import { TaskTableSource } from './taskTableSource';
import type { TriggerForm } from './triggerForm';
import { readForm } from './triggerForm';
import type { TriggerMemory } from './triggerMemory';
import { memoryOf } from './triggerMemory';
import { Vendors } from './vendors';

/** How long a poll watches unfinished tasks: n8n polls once a minute at the most. */
const watchMs = 40_000;
/** Part of n8n's time for a poll that is left for handing over what was found. */
const margin = 0.1;
const defaultBudgetMs = 300_000;
/** A scheduler with so little time makes a new context for every poll. */
const shortBudgetMs = 60_000;
const tickMs = 1000;
const gatherMs = 100;

const sources = {
	taskTable: (tools: SourceTools) => new TaskTableSource(tools),
	account: (tools: SourceTools) => new AccountSource(tools),
	taskList: taskListSource,
} as const;

/** One poll of the trigger, as n8n calls it. */
export async function pollOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const poll = await orNodeError(context, async () => new Poll(context));
	return await poll.run();
}

/** The newest finished task, so that people see what an event looks like. Moves no cursor. */
export async function sampleEvent(context: IExecuteFunctions): Promise<INodeExecutionData> {
	return await orNodeError(context, async () => {
		const { form, source } = toolsOf(context);
		const found = await source.newest();
		if (found) return eventItem(found, form.simplify);
		const message = 'There is no finished task yet that this trigger would fire for';
		const description = source.howToMakeOne;
		throw new NodeApiError(context.getNode(), { message }, { message, description });
	});
}

/** Throws InputError for a form that cannot be used. */
function toolsOf(context: NodeContext) {
	const form = readForm(context);
	const memory = memoryOf(context);
	const faults = new Faults();
	const jobs = new Jobs((part, cause) => faults.note(part, cause));
	const vendors = new Vendors(new Connections(context), memory.watchlists, faults, jobs);
	const tools: SourceTools = { context, form, memory, faults, jobs, vendors };
	return { ...tools, source: sources[form.source](tools) as unknown as Source };
}

class Poll {
	private readonly form: TriggerForm;

	private readonly memory: TriggerMemory;

	private readonly faults: Faults;

	private readonly jobs: Jobs;

	private readonly source: Source;

	private readonly round: Round<TriggerCursor, Sighting>;

	private readonly host: Connections['host'];

	private readonly budgetMs: number;

	private cursor!: TriggerCursor;

	/** Tasks that were found since the last execution was started. */
	private found: Found[] = [];

	private turn = 0;

	private hasEnded = false;

	constructor(private readonly context: IPollFunctions) {
		const { form, memory, faults, jobs, vendors, source } = toolsOf(context);
		this.form = form;
		this.memory = memory;
		this.faults = faults;
		this.jobs = jobs;
		this.source = source;
		this.host = vendors.connections.host;
		// n8n before 2.38 has no such method.
		this.budgetMs = context.getPollBudgetMs?.() ?? defaultBudgetMs;
		this.round = {
			until: this.host.elapsed() + Math.min(watchMs, this.budgetMs * (1 - margin)),
			isOver: () => this.isOver,
			cursor: () => this.cursor,
			found: (tasks) => void (this.isOver || this.found.push(...tasks)),
			keep: (cursor) => void (this.isOver || this.keep(cursor)),
		};
	}

	async run(): Promise<INodeExecutionData[][] | null> {
		const { memory, context } = this;
		const isFirst = this.isFirst();
		// An earlier poll of this version is still busy, and does what this one would do.
		if (memory.running === context) return null;
		memory.contexts.add(context);
		this.turn = ++memory.turn;
		memory.running = context;
		try {
			const saved = this.savedCursor();
			if (isFirst || !saved) {
				// At a start of n8n a known cursor needs no check: a fault must not keep the workflow off.
				if (saved && !isByPerson(context)) this.keep(saved);
				else this.keep(await orNodeError(context, async () => await this.source.start(saved)));
				return null;
			}
			this.keep(saved);
			return await this.watch();
		} finally {
			this.hasEnded = true;
			if (memory.turn === this.turn) memory.running = undefined;
		}
	}

	/** n8n waits for the first poll after an activation: it must be short and fires nothing. */
	private isFirst(): boolean {
		const { memory, context } = this;
		if (memory.turn === 0) return true;
		return this.budgetMs >= shortBudgetMs && !memory.contexts.has(context);
	}

	private savedCursor(): TriggerCursor | undefined {
		const { source } = this.form;
		const kept = readCursor(this.context.getWorkflowStaticData('node').state, source);
		const fired = this.memory.cursor?.source === source ? this.memory.cursor : undefined;
		return kept && fired ? mergeCursors(kept, fired) : kept;
	}

	private keep(cursor: TriggerCursor) {
		this.cursor = cursor;
		// n8n may throw away what is given back at the end of a poll.
		if (this.canFire) this.memory.cursor = cursor;
		this.context.getWorkflowStaticData('node').state = cursor as unknown as object;
	}

	/** Looks until nothing is unfinished or the time is over, and fires as soon as something is. */
	private async watch(): Promise<INodeExecutionData[][] | null> {
		const returned: INodeExecutionData[] = [];
		while (!this.isOver) {
			const isInTime = this.host.elapsed() < this.round.until;
			const unfinished = isInTime && this.source.tick(this.round);
			returned.push(...this.fire());
			if (!isInTime || (this.jobs.idle && !unfinished)) break;
			await this.pause();
		}
		this.hasEnded = true;
		const shown = this.memory.faults.count(this.faults);
		if (shown.length > 0 && returned.length === 0) throw nodeError(this.context, shown);
		return returned.length > 0 ? [returned] : null;
	}

	/** Until something has happened, but not for long. */
	private async pause() {
		const awake = new AbortController();
		const sleep = this.host.sleep(tickMs, awake.signal).catch(() => undefined);
		await Promise.race(this.jobs.idle ? [sleep] : [sleep, this.jobs.progress()]);
		awake.abort();
		await sleep;
		// What ends together fires together.
		await this.host.sleep(gatherMs);
	}

	private get isOver(): boolean {
		return this.hasEnded || this.memory.turn !== this.turn;
	}

	private get canFire(): boolean {
		return typeof this.context.__emit === 'function';
	}

	/**
	 * Starts an execution with what is new. Cursor and items move together; where n8n has no way to
	 * start one in the middle of a poll, the items are given back for the end of it.
	 */
	private fire(): INodeExecutionData[] {
		if (this.found.length === 0 || this.isOver) return [];
		const { fired, state } = this.source.step(this.cursor, this.found.splice(0));
		if (state !== this.cursor) this.keep(state);
		const items = fired.map((found) => eventItem(found, this.form.simplify));
		if (items.length === 0 || !this.canFire) return items;
		this.context.__emit([items]);
		return [];
	}
}

/** Whether somebody is there to mend what is wrong, and not only n8n starting up. */
function isByPerson(context: IPollFunctions): boolean {
	return !['init', 'leadershipChange'].includes(context.getActivationMode());
}

async function orNodeError<T>(context: NodeContext, job: () => Promise<T>): Promise<T> {
	try {
		return await job();
	} catch (cause) {
		throw asNodeError(context, cause);
	}
}

function asNodeError(context: NodeContext, cause: unknown): Error {
	if (cause instanceof NodeOperationError || cause instanceof NodeApiError) return cause;
	return nodeError(context, [asError(cause)]);
}
