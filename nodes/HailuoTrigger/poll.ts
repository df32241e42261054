import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type IPollFunctions,
	NodeApiError,
} from 'n8n-workflow';
import { mergeCursors, readCursor, type TriggerCursor } from '../../video/trigger/cursor';
import type { Found, Sighting } from '../../video/trigger/events';
import { Connections } from '../shared/connections';
import type { NodeContext } from '../shared/host';
import { AccountSource } from './accountSource';
import { eventItem } from './eventItems';
import { Faults, isByPerson, nodeError, orNodeError } from './faults';
import { Jobs } from './jobs';
import type { Round, Source, SourceTools } from './source';
import { taskListSource } from './taskListSource';
import { TaskTableSource } from './taskTableSource';
import { readForm } from './triggerForm';
import { memories } from './triggerMemory';
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
	const memory = memories.of(context);
	const faults = new Faults();
	const jobs = new Jobs(faults);
	const connections = new Connections(context);
	const vendors = new Vendors(connections, memory.watchlists, faults, jobs);
	const { host } = connections;
	const tools: SourceTools = { context, form, memory, faults, jobs, host, vendors };
	return { ...tools, source: sources[form.source](tools) as unknown as Source };
}

class Poll {
	private readonly round: Round<TriggerCursor, Sighting>;

	private readonly budgetMs: number;

	private cursor!: TriggerCursor;

	/** Tasks that were found since the last execution was started. */
	private found: Found[] = [];

	private turn = 0;

	private hasEnded = false;

	constructor(
		private readonly context: IPollFunctions,
		private readonly tools = toolsOf(context),
	) {
		// n8n before 2.38 has no such method.
		this.budgetMs = context.getPollBudgetMs?.() ?? defaultBudgetMs;
		this.round = {
			until: tools.host.elapsed() + Math.min(watchMs, this.budgetMs * (1 - margin)),
			isOver: () => this.isOver,
			cursor: () => this.cursor,
			report: (tasks) => void (this.isOver || this.found.push(...tasks)),
			saveCursor: (cursor) => void (this.isOver || this.saveCursor(cursor)),
		};
	}

	async run(): Promise<INodeExecutionData[][] | null> {
		const { context } = this;
		const { memory, source } = this.tools;
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
				if (saved && !isByPerson(context)) this.saveCursor(saved);
				else this.saveCursor(await orNodeError(context, async () => await source.start(saved)));
				return null;
			}
			this.saveCursor(saved);
			return await this.watch();
		} finally {
			this.hasEnded = true;
			if (memory.turn === this.turn) memory.running = undefined;
		}
	}

	/** n8n waits for the first poll after an activation: it must be short and fires nothing. */
	private isFirst(): boolean {
		const { context } = this;
		const { memory } = this.tools;
		if (memory.turn === 0) return true;
		return this.budgetMs >= shortBudgetMs && !memory.contexts.has(context);
	}

	private savedCursor(): TriggerCursor | undefined {
		const { form, memory } = this.tools;
		const kept = readCursor(this.context.getWorkflowStaticData('node').state, form.source);
		const fired = memory.cursor?.source === form.source ? memory.cursor : undefined;
		return kept && fired ? mergeCursors(kept, fired) : kept;
	}

	private saveCursor(cursor: TriggerCursor) {
		this.cursor = cursor;
		// n8n may throw away what is given back at the end of a poll.
		if (this.canFire) this.tools.memory.cursor = cursor;
		this.context.getWorkflowStaticData('node').state = cursor as unknown as object;
	}

	/** Looks until nothing is unfinished or the time is over, and fires as soon as something is. */
	private async watch(): Promise<INodeExecutionData[][] | null> {
		const { faults, host, jobs, memory, source } = this.tools;
		const returned: INodeExecutionData[] = [];
		while (!this.isOver) {
			const isInTime = host.elapsed() < this.round.until;
			const unfinished = isInTime && source.tick(this.round);
			returned.push(...this.fire());
			if (!isInTime || (jobs.idle && !unfinished)) break;
			await this.pause();
		}
		this.hasEnded = true;
		const shown = memory.faults.count(faults);
		if (shown.length > 0 && returned.length === 0) throw nodeError(this.context, shown);
		return returned.length > 0 ? [returned] : null;
	}

	/** Until something has happened, but not for long. */
	private async pause() {
		const { host, jobs } = this.tools;
		const awake = new AbortController();
		const sleep = host.sleep(tickMs, awake.signal).catch(() => undefined);
		await Promise.race(jobs.idle ? [sleep] : [sleep, jobs.progress()]);
		awake.abort();
		await sleep;
		// What ends together fires together.
		await host.sleep(gatherMs);
	}

	private get isOver(): boolean {
		return this.hasEnded || this.tools.memory.turn !== this.turn;
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
		const { form, source } = this.tools;
		const { fired, state } = source.step(this.cursor, this.found.splice(0));
		if (state !== this.cursor) this.saveCursor(state);
		const items = fired.map((found) => eventItem(found, form.simplify));
		if (items.length === 0 || !this.canFire) return items;
		this.context.__emit([items]);
		return [];
	}
}
