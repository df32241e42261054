import fc from 'fast-check';
import type { TaskStatus } from '../../video/task';
import {
	type AccountCursor,
	advanceCursor,
	type ListedTask,
	startAccount,
	stepAccount,
} from '../../video/trigger/accountCursor';
import { mergeCursors, readCursor, type TriggerCursor } from '../../video/trigger/cursor';
import { eventOf, type Sighting, type Step } from '../../video/trigger/events';
import { type ListCursor, startList, stepList } from '../../video/trigger/listCursor';
import {
	type SeenRow,
	startTable,
	stepTable,
	type TableCursor,
} from '../../video/trigger/tableCursor';
import { everyEvent } from '../support/eventWishes';

const hour = 3_600_000;

interface WorldTask {
	readonly number: number;
	readonly created: number;
	status: TaskStatus;
	/** Final when the trigger was switched on for the first time. */
	old: boolean;
}

/** One source, driven as poll.ts drives it. */
interface Machine<State extends TriggerCursor, Seen extends Sighting> {
	see(task: WorldTask): Seen;
	start(seen: Seen[]): State;
	step(state: State, seen: Seen[], all: Seen[]): Step<State, Seen>;
	moveOn?(state: State, seen: Seen[]): State;
}

const sighting = ({ number, status }: WorldTask) => ({ name: `minimax:v2:${number}`, status });

const tableMachine: Machine<TableCursor, SeenRow> = {
	see: (task) => ({ ...sighting(task), row: task.number }),
	start: (seen) =>
		startTable({ id: 't', name: 'Tasks' }, seen, Math.max(0, ...seen.map(({ row }) => row))),
	step: (state, seen) => stepTable(state, seen, everyEvent),
};

const accountMachine: Machine<AccountCursor, ListedTask> = {
	see: (task) => ({ ...sighting(task), created: task.created }),
	start: (seen) => startAccount('minimax 1', seen),
	step: (state, seen) => stepAccount(state, seen, everyEvent),
	moveOn: advanceCursor,
};

const listMachine: Machine<ListCursor, Sighting> = {
	see: sighting,
	start: (seen) => startList(seen),
	step: (state, seen, all) =>
		stepList(
			state,
			seen,
			everyEvent,
			all.map(({ name }) => name),
		),
};

/** What n8n and this process hold of one trigger. */
class Trigger<State extends TriggerCursor, Seen extends Sighting> {
	readonly fired: string[] = [];

	/** Polls that have looked and did not hand over yet; only the newest may. */
	private polls: Array<{ seen: Seen[]; turn: number }> = [];

	private turn = 0;

	private memory?: State;

	private state: State;

	private saved: string;

	constructor(
		private readonly machine: Machine<State, Seen>,
		private readonly world: () => WorldTask[],
	) {
		this.state = machine.start(this.look());
		this.memory = this.state;
		this.saved = JSON.stringify(this.state);
	}

	private look(): Seen[] {
		return this.world().map((task) => this.machine.see(task));
	}

	beginPoll(seen = this.look()) {
		this.turn++;
		this.state = this.memory ? mergeCursors<State>(this.state, this.memory) : this.state;
		this.polls.push({ seen, turn: this.turn });
	}

	/** `most`: how many of the finished tasks have their items ready. */
	endPoll(most = Infinity) {
		const poll = this.polls.shift();
		if (!poll || poll.turn !== this.turn) return;
		const final = poll.seen.filter(({ status }) => eventOf(status));
		// Tasks without an event are done with at once, the others when their items are ready.
		const ready = final.slice(0, most);
		if (this.machine.moveOn && poll.seen.length > 0) {
			this.state = this.machine.moveOn(this.state, poll.seen);
		}
		const { fired, state } = this.machine.step(this.state, ready, this.look());
		this.state = state;
		this.memory = state;
		if (fired.length === 0) return;
		this.fired.push(...fired.map(({ name }) => name));
		this.saved = JSON.stringify(state);
	}

	get isPolling(): boolean {
		return this.polls.length > 0;
	}

	/** The process is gone, and with it what was not saved. */
	crash() {
		this.polls = [];
		this.memory = undefined;
		this.load(this.saved);
	}

	/** A new version of the workflow, whose static data may have been loaded a moment ago. */
	edit(loaded: string) {
		this.load(loaded);
		if (this.memory) this.state = mergeCursors<State>(this.state, this.memory);
		this.turn++;
		this.saved = JSON.stringify(this.state);
	}

	get kept(): string {
		return this.saved;
	}

	private load(text: string) {
		const { source } = this.state;
		this.state = readCursor(JSON.parse(text), source) as unknown as State;
	}
}

/** Something that happens so often, with what it needs. */
const happens = <Name extends string, Facts>(
	weight: number,
	name: Name,
	facts: { [Key in keyof Facts]: fc.Arbitrary<Facts[Key]> },
) => ({
	weight,
	arbitrary: fc.record<Facts>(facts).map((known) => ({ ...known, do: name })),
});

/** One of two triggers. */
const by = fc.nat(1);

const command = fc.oneof(
	happens(4, 'submit', { after: fc.nat(2 * hour) }),
	happens(4, 'finish', { which: fc.nat(), failed: fc.boolean() }),
	happens(3, 'begin', { by }),
	happens(3, 'end', { by, most: fc.nat(3) }),
	happens(2, 'poll', { by }),
	happens(1, 'crash', { by }),
	happens(1, 'edit', { by, stale: fc.boolean() }),
);

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function play<State extends TriggerCursor, Seen extends Sighting>(
	machine: Machine<State, Seen>,
	before: readonly Command[],
	commands: readonly Command[],
) {
	const tasks: WorldTask[] = [];
	let now = Date.parse('2026-01-01T00:00:00Z');
	const change = (one: Command) => {
		if (one.do === 'submit') {
			now += one.after;
			tasks.push({ number: tasks.length + 1, created: now, status: 'queued', old: false });
		}
		const running = tasks.filter(
			({ status, created }) => !eventOf(status) && now - created < 20 * hour,
		);
		if (one.do === 'finish' && running.length > 0) {
			running[one.which % running.length].status = one.failed ? 'failed' : 'completed';
		}
		// No task outlives a day.
		for (const task of tasks) {
			if (!eventOf(task.status) && now - task.created >= 20 * hour) task.status = 'expired';
		}
	};
	before.forEach(change);
	for (const task of tasks) task.old = eventOf(task.status) !== undefined;
	const triggers = [0, 1].map(() => new Trigger(machine, () => tasks));
	const older = triggers.map(({ kept }) => kept);
	for (const one of commands) {
		change(one);
		if (!('by' in one)) continue;
		const trigger = triggers[one.by];
		if (one.do === 'begin') trigger.beginPoll();
		if (one.do === 'end') trigger.endPoll(one.most);
		if (one.do === 'poll') {
			trigger.beginPoll();
			trigger.endPoll();
		}
		if (one.do === 'crash') trigger.crash();
		if (one.do === 'edit') trigger.edit(one.stale ? older[one.by] : trigger.kept);
		older[one.by] = one.do === 'crash' ? trigger.kept : older[one.by];
	}
	for (const task of tasks) if (!eventOf(task.status)) task.status = 'completed';
	for (const trigger of triggers) {
		while (trigger.isPolling) trigger.endPoll();
		trigger.beginPoll();
		trigger.endPoll();
		const wanted = tasks.filter(({ old }) => !old).map((task) => machine.see(task).name);
		expect([...trigger.fired].sort()).toEqual([...wanted].sort());
	}
}

const commands = fc.array(command, { maxLength: 80, size: 'max' });

describe('exactly once, whatever happens between', () => {
	type Play = (before: readonly Command[], after: readonly Command[]) => void;
	const plays: Array<[string, Play]> = [
		['task table', (before, after) => play(tableMachine, before, after)],
		['account', (before, after) => play(accountMachine, before, after)],
		['task list', (before, after) => play(listMachine, before, after)],
	];

	test.each(plays)('%s', (_source, playOne) => {
		fc.assert(fc.property(commands, commands, playOne), { numRuns: 300 });
	});
});
