import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { asError } from '../../video/failure';
import { Slots } from '../../video/slots';
import type { Found, Sighting } from '../../video/trigger/events';
import type { TriggerCursor } from '../../video/trigger/cursor';
import { mergeCursors, readCursor } from '../../video/trigger/cursor';
import { Connections } from '../shared/connections';
import { accountSource } from './accountSource';
import { eventItem } from './eventItem';
import { Faults, nodeError } from './faults';
import type { TriggerForm } from './triggerForm';
import { readForm } from './triggerForm';
import type { TriggerMemory } from './triggerMemory';
import { memoryOf } from './triggerMemory';
import type { Round, Source, SourceTools } from './source';
import { taskListSource } from './taskListSource';
import { TaskTableSource } from './taskTableSource';
import { Vendors } from './vendors';
import { Jobs } from './jobs';

/** How long a poll watches unfinished tasks: n8n polls once a minute at the most. */
const watchMs = 40_000;
/** Part of n8n's time for a poll that is left for handing over what was found. */
const margin = 0.1;
const defaultBudgetMs = 300_000;
/** A scheduler with so little time makes a new context for every poll. */
const shortBudgetMs = 60_000;
const tickMs = 1000;
const gatherMs = 100;
const downloadsAtOnce = 3;

/** One poll of the trigger, as n8n calls it. */
export async function pollOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const poll = await orNodeError(context, async () => new Poll(context));
	if (context.getMode() === 'manual')
		return await orNodeError(context, async () => await poll.sample());
	return await poll.run();
}

class Poll {
	private readonly memory: TriggerMemory;

	private readonly form: TriggerForm;

	private readonly connections: Connections;

	private readonly faults = new Faults();

	private readonly jobs = new Jobs((part, cause) => this.faults.note(part, cause));

	private readonly source: Source;

	private readonly slots = new Slots(downloadsAtOnce);

	private readonly budgetMs: number;

	private readonly watchedUntil: number;

	/** A download that is not done by then is given up. */
	private readonly end: number;

	private readonly round: Round<TriggerCursor, Sighting>;

	/** Finished tasks whose items are being made, by name, and those that are ready to fire. */
	private readonly making = new Set<string>();

	private readonly ready: Array<{ found: Found; item: INodeExecutionData }> = [];

	private state!: TriggerCursor;

	private turn = 0;

	private isOver = false;

	constructor(private readonly context: IPollFunctions) {
		this.memory = memoryOf(context);
		this.form = readForm(context);
		this.connections = new Connections(context);
		// n8n before 2.38 has no such method.
		this.budgetMs = context.getPollBudgetMs?.() ?? defaultBudgetMs;
		const started = this.connections.host.elapsed();
		this.end = started + this.budgetMs * (1 - margin);
		this.watchedUntil = Math.min(started + watchMs, this.end);
		this.round = {
			until: this.watchedUntil,
			state: () => this.state,
			keep: (state) => this.keep(state),
			found: (tasks) => this.take(tasks),
		};
		const { memory, faults, jobs, connections, form } = this;
		const vendors = new Vendors(connections, memory.watchlists, faults, jobs);
		const tools = { context, form, memory, faults, jobs, vendors };
		this.source = sources[form.source](tools) as unknown as Source;
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
			const saved = this.savedState();
			if (isFirst || !saved) {
				// At a start of n8n a known state needs no check: a fault must not keep the workflow off.
				if (saved && !isByPerson(context)) this.keep(saved);
				else this.keep(await orNodeError(context, async () => await this.source.start(saved)));
				return null;
			}
			this.keep(saved);
			return await this.watch();
		} finally {
			this.isOver = true;
			if (memory.turn === this.turn) memory.running = undefined;
		}
	}

	/** The newest finished task, so that people see what an event looks like. Moves no state. */
	async sample(): Promise<INodeExecutionData[][]> {
		const found = await this.source.newest();
		if (found) return [[await this.itemOf(found)]];
		throw new NodeApiError(
			this.context.getNode(),
			{ message: 'There is no finished task yet that this trigger would fire for' },
			{
				message: 'There is no finished task yet that this trigger would fire for',
				description: this.source.howToMakeOne,
			},
		);
	}

	/** n8n waits for the first poll after an activation: it must be short and fires nothing. */
	private isFirst(): boolean {
		const { memory, context } = this;
		if (memory.turn === 0) return true;
		return this.budgetMs >= shortBudgetMs && !memory.contexts.has(context);
	}

	private savedState(): TriggerCursor | undefined {
		const { source } = this.form;
		const kept = readCursor(this.context.getWorkflowStaticData('node').state, source);
		const fired = this.memory.state?.source === source ? this.memory.state : undefined;
		return kept && fired ? mergeCursors(kept, fired) : kept;
	}

	private keep(state: TriggerCursor) {
		this.state = state;
		// n8n may throw away what is given back at the end of a poll.
		if (this.canFire) this.memory.state = state;
		this.context.getWorkflowStaticData('node').state = state as unknown as object;
	}

	private async watch(): Promise<INodeExecutionData[][] | null> {
		const { host } = this.connections;
		const returned: INodeExecutionData[] = [];
		while (this.isNewest()) {
			const now = host.elapsed();
			// While a video is still downloading the others are watched on: no other poll does it.
			const until = this.making.size > 0 ? this.end : this.watchedUntil;
			const round = { ...this.round, until };
			const unfinished = now < until && this.source.tick(round);
			returned.push(...this.fire());
			const isDone = this.jobs.idle ? !unfinished : now >= until;
			if (isDone && this.making.size === 0) break;
			if (now >= this.end + this.budgetMs * (margin / 2)) break;
			await this.pause();
		}
		const shown = this.memory.faults.count(this.faults);
		if (shown.length > 0 && returned.length === 0) throw nodeError(this.context, shown);
		return returned.length > 0 ? [returned] : null;
	}

	/** Until something has happened, but not for long. */
	private async pause() {
		const awake = new AbortController();
		const sleep = this.connections.host.sleep(tickMs, awake.signal).catch(() => undefined);
		await Promise.race(this.jobs.idle ? [sleep] : [sleep, this.jobs.progress()]);
		awake.abort();
		await sleep;
		// What ends together is handled together.
		await this.connections.host.sleep(gatherMs);
	}

	private isNewest(): boolean {
		return this.memory.turn === this.turn && !this.isOver;
	}

	private get canFire(): boolean {
		return typeof this.context.__emit === 'function';
	}

	private take(tasks: readonly Found[]) {
		if (!this.isNewest()) return;
		const open = tasks.filter(({ name }) => !this.making.has(name));
		const { fired } = this.source.step(this.state, open);
		const silent = open.filter((one) => !fired.includes(one));
		if (silent.length > 0) this.keep(this.source.step(this.state, silent).state);
		for (const found of fired) {
			this.making.add(found.name);
			this.jobs.start(`item ${found.name}`, async () => {
				this.ready.push({ found, item: await this.itemOf(found) });
			});
		}
	}

	/**
	 * Starts an execution with what is ready. State and items move together; where n8n has no way
	 * to start one in the middle of a poll, the items are given back for the end of it.
	 */
	private fire(): INodeExecutionData[] {
		if (this.ready.length === 0 || !this.isNewest()) return [];
		const ready = this.ready.splice(0);
		const { fired, state } = this.source.step(
			this.state,
			ready.map(({ found }) => found),
		);
		this.keep(state);
		for (const { found } of ready) this.making.delete(found.name);
		const items = ready.filter(({ found }) => fired.includes(found)).map(({ item }) => item);
		if (items.length === 0 || !this.canFire) return items;
		this.context.__emit([items]);
		return [];
	}

	private async itemOf(found: Found): Promise<INodeExecutionData> {
		const { connections, slots, end } = this;
		return await eventItem(found, this.form, { connections, slots, until: end });
	}
}

const sources = {
	taskTable: (tools: SourceTools) => new TaskTableSource(tools),
	account: accountSource,
	taskList: taskListSource,
} as const;

/** Whether somebody is there to mend what is wrong, and not only n8n starting up. */
function isByPerson(context: IPollFunctions): boolean {
	return !['init', 'leadershipChange'].includes(context.getActivationMode());
}

async function orNodeError<T>(context: IPollFunctions, job: () => Promise<T>): Promise<T> {
	try {
		return await job();
	} catch (cause) {
		throw asNodeError(context, cause);
	}
}

function asNodeError(context: IPollFunctions, cause: unknown): Error {
	if (cause instanceof NodeOperationError || cause instanceof NodeApiError) return cause;
	return nodeError(context, [asError(cause)]);
}
