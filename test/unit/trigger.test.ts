import fc from 'fast-check';
import type { TaskStatus } from '../../video/task';
import type { AccountCursor, ListedTask } from '../../video/trigger/accountCursor';
import { advanceCursor, startAccount, stepAccount } from '../../video/trigger/accountCursor';
import type { EventWishes, Sighting, Step } from '../../video/trigger/events';
import { eventOf, isWanted } from '../../video/trigger/events';
import type { ListCursor } from '../../video/trigger/listCursor';
import { startList, stepList } from '../../video/trigger/listCursor';
import type { TriggerCursor } from '../../video/trigger/cursor';
import { mergeCursors, readCursor } from '../../video/trigger/cursor';
import type { SeenRow, TableCursor } from '../../video/trigger/tableCursor';
import { restartTable, startTable, stepTable } from '../../video/trigger/tableCursor';

const both: EventWishes = { events: ['completed', 'failed'], label: '', model: '' };
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
	step: (state, seen) => stepTable(state, seen, both),
};

const accountMachine: Machine<AccountCursor, ListedTask> = {
	see: (task) => ({ ...sighting(task), created: task.created }),
	start: (seen) => startAccount('minimax 1', seen),
	step: (state, seen) => stepAccount(state, seen, both),
	moveOn: advanceCursor,
};

const listMachine: Machine<ListCursor, Sighting> = {
	see: sighting,
	start: (seen) => startList(seen),
	step: (state, seen, all) =>
		stepList(
			state,
			seen,
			both,
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

const command = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({ do: fc.constant('submit' as const), after: fc.nat(2 * hour) }),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant('finish' as const),
			which: fc.nat(),
			failed: fc.boolean(),
		}),
	},
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), by: fc.nat(1) }) },
	{
		weight: 3,
		arbitrary: fc.record({ do: fc.constant('end' as const), by: fc.nat(1), most: fc.nat(3) }),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('poll' as const), by: fc.nat(1) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), by: fc.nat(1) }) },
	{
		weight: 1,
		arbitrary: fc.record({ do: fc.constant('edit' as const), by: fc.nat(1), stale: fc.boolean() }),
	},
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
	test('task table', () => {
		fc.assert(
			fc.property(commands, commands, (before, after) => play(tableMachine, before, after)),
			{
				numRuns: 300,
			},
		);
	});

	test('account', () => {
		fc.assert(
			fc.property(commands, commands, (before, after) => play(accountMachine, before, after)),
			{ numRuns: 300 },
		);
	});

	test('task list', () => {
		fc.assert(
			fc.property(commands, commands, (before, after) => play(listMachine, before, after)),
			{
				numRuns: 300,
			},
		);
	});
});

describe('the filters', () => {
	const rows: SeenRow[] = [
		{ row: 1, name: 'minimax:v1:1', status: 'completed', label: 'a', model: 'MiniMax-H3' },
		{ row: 2, name: 'minimax:v1:2', status: 'expired', label: 'a' },
		{ row: 3, name: 'minimax:v1:3', status: 'completed', label: 'b' },
		{ row: 4, name: 'minimax:v1:4', status: 'processing', label: 'a' },
	];

	test('expired and cancelled tasks have failed; unwanted ones are done with, too', () => {
		const wishes: EventWishes = { events: ['failed'], label: 'a', model: '' };
		const { fired, state } = stepTable(restartTable({ id: 't', name: 'T' }), rows, wishes);
		expect(fired.map(({ row }) => row)).toEqual([2]);
		expect(state.handled).toEqual([1, 3]);
		expect(stepTable(state, rows, both).fired).toEqual([]);
	});

	test('a model filter minds no capitals', () => {
		expect(isWanted({ ...both, model: 'minimax-h3' }, rows[0])).toBe(true);
		expect(isWanted({ ...both, model: 'minimax-h3' }, rows[2])).toBe(false);
	});

	test('a task that is in the table twice fires once', () => {
		const twice = [rows[0], { ...rows[0], row: 9 }];
		expect(stepTable(restartTable({ id: 't', name: 'T' }), twice, both).fired).toHaveLength(1);
	});
});

describe('the state', () => {
	const perDay = 10_000;
	const days = 30;
	const kilobytes = (state: TriggerCursor) => JSON.stringify(state).length / 1024;

	test('of a table stays small for a month of 10,000 tasks a day, a tenth of them out of order', () => {
		let state = startTable({ id: 't', name: 'Tasks' }, [], 0);
		let late: SeenRow[] = [];
		let most = 0;
		for (let from = 1; from <= perDay * days; from += 500) {
			const rows = Array.from({ length: 500 }, (_, index): SeenRow => {
				const row = from + index;
				return { row, name: `minimax:v1:${row}`, status: 'completed' };
			});
			state = stepTable(state, [...late, ...rows.filter(({ row }) => row % 10 > 0)], both).state;
			late = rows.filter(({ row }) => row % 10 === 0);
			most = Math.max(most, kilobytes(state));
		}
		expect(state.handled.length).toBeLessThan(200);
		expect(most).toBeLessThan(200);
	});

	test('of a table is bounded even when every other row never ends', () => {
		let state = restartTable({ id: 't', name: 'Tasks' });
		for (let from = 1; from <= perDay * days; from += 10_000) {
			const rows = Array.from({ length: 5000 }, (_, index): SeenRow => {
				const row = from + index * 2;
				return { row, name: `minimax:v1:${row}`, status: 'completed' };
			});
			state = stepTable(state, rows, both).state;
		}
		expect(kilobytes(state)).toBeLessThan(200);
	});

	test('of an account stays small, with a task that never ends', () => {
		let state = startAccount('minimax 1', []);
		let most = 0;
		const step = (24 * hour) / 100;
		const first = Date.parse('2026-01-01T00:00:00Z');
		const stuck: ListedTask = { name: 'minimax:v2:stuck', status: 'processing', created: first };
		for (let batch = 0; batch < days * 100; batch++) {
			const created = first + batch * step;
			const listed = Array.from({ length: perDay / 100 }, (_, index): ListedTask => {
				return { name: `minimax:v2:${batch}-${index}`, status: 'completed', created };
			});
			state = stepAccount(state, listed, both).state;
			state = advanceCursor(state, [...listed, stuck]);
			if (batch % 50 === 0) most = Math.max(most, kilobytes(state));
		}
		expect(most).toBeLessThan(200);
		expect(most).toBeGreaterThan(1);
	});

	test('of a task list is bounded, and never forgets what is still listed', () => {
		const names = Array.from({ length: 5000 }, (_, index) => `minimax:v1:${index}`);
		const seen = (all: string[]): Sighting[] => all.map((name) => ({ name, status: 'completed' }));
		let state = stepList(startList([]), seen(names), both, names).state;
		for (let batch = 0; batch < 60; batch++) {
			const others = Array.from({ length: 500 }, (_, index) => `minimax:v1:x${batch}-${index}`);
			state = stepList(state, seen(others), both, [...names, ...others]).state;
		}
		expect(kilobytes(state)).toBeLessThan(200);
		expect(stepList(state, seen(names), both, names).fired).toEqual([]);
	});

	test('that nobody can read counts as none', () => {
		expect(readCursor(undefined, 'taskTable')).toBeUndefined();
		expect(readCursor({ source: 'taskTable', handled: 'x' }, 'taskTable')).toBeUndefined();
		expect(readCursor({ source: 'taskList', handled: '' }, 'taskTable')).toBeUndefined();
	});
});

describe('the window of an account', () => {
	const at = (minutes: number) => Date.parse('2026-01-01T00:00:00Z') + minutes * 60_000;
	const task = (name: string, minutes: number, status: TaskStatus): ListedTask => ({
		name,
		status,
		created: at(minutes),
	});

	test('never passes a task that runs, or that is finished and did not fire yet', () => {
		const state = startAccount('minimax 1', [task('a', 0, 'processing')]);
		const listed = [task('b', 600, 'completed'), task('a', 0, 'processing')];
		const moved = advanceCursor(stepAccount(state, listed.slice(0, 1), both).state, listed);
		expect(moved.from).toBeLessThanOrEqual(at(0));
		const waiting = [task('b', 600, 'completed'), task('a', 0, 'completed')];
		const held = advanceCursor(moved, waiting);
		expect(stepAccount(held, waiting, both).fired.map(({ name }) => name)).toEqual(['a']);
	});

	test('looks back one hour', () => {
		const listed = [task('a', 600, 'completed')];
		const state = advanceCursor(startAccount('minimax 1', listed), listed);
		expect(state.from).toBe(at(540));
		expect(stepAccount(state, [task('late', 545, 'completed')], both).fired).toHaveLength(1);
	});

	test('a list whose pages shift while they are read gives every task once', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(4), { maxLength: 40 }), (arrivals) => {
				let made = 200;
				const all = () =>
					Array.from({ length: made }, (_, index) =>
						task(`t${made - index}`, made - index, 'completed'),
					);
				let state: AccountCursor = { source: 'account', account: 'x', from: at(0), handled: {} };
				const fired: string[] = [];
				for (const arriving of arrivals) {
					const read = new Map<string, ListedTask>();
					for (let page = 0; page * 50 < made; page++) {
						for (const one of all().slice(page * 50, page * 50 + 50)) read.set(one.name, one);
						made += arriving;
					}
					const step = stepAccount(state, [...read.values()], both);
					fired.push(...step.fired.map(({ name }) => name));
					state = advanceCursor(step.state, [...read.values()]);
				}
				const last = stepAccount(state, all(), both);
				fired.push(...last.fired.map(({ name }) => name));
				expect(new Set(fired).size).toBe(fired.length);
				expect(fired).toHaveLength(made);
			}),
			{ numRuns: 30 },
		);
	});
});
