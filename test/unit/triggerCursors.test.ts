import fc from 'fast-check';
import type { TaskStatus } from '../../video/task';
import {
	type AccountCursor,
	advanceCursor,
	type ListedTask,
	startAccount,
	stepAccount,
} from '../../video/trigger/accountCursor';
import { readCursor, type TriggerCursor } from '../../video/trigger/cursor';
import { type EventWishes, isWanted, type Sighting } from '../../video/trigger/events';
import { startList, stepList } from '../../video/trigger/listCursor';
import { type SeenRow, startTable, stepTable } from '../../video/trigger/tableCursor';
import { everyEvent } from '../support/eventWishes';

const hour = 3_600_000;
const empty = startTable({ id: 't', name: 'Tasks' }, [], 0);

describe('the filters', () => {
	const rows: SeenRow[] = [
		{ row: 1, name: 'minimax:v1:1', status: 'completed', label: 'a', model: 'MiniMax-H3' },
		{ row: 2, name: 'minimax:v1:2', status: 'expired', label: 'a' },
		{ row: 3, name: 'minimax:v1:3', status: 'completed', label: 'b' },
		{ row: 4, name: 'minimax:v1:4', status: 'processing', label: 'a' },
	];

	test('expired and cancelled tasks have failed; unwanted ones are done with, too', () => {
		const wishes: EventWishes = { events: ['failed'], label: 'a', model: '' };
		const { fired, state } = stepTable(empty, rows, wishes);
		expect(fired.map(({ row }) => row)).toEqual([2]);
		expect(state.handled).toEqual([1, 3]);
		expect(stepTable(state, rows, everyEvent).fired).toEqual([]);
	});

	test('a model filter minds no capitals', () => {
		expect(isWanted({ ...everyEvent, model: 'minimax-h3' }, rows[0])).toBe(true);
		expect(isWanted({ ...everyEvent, model: 'minimax-h3' }, rows[2])).toBe(false);
	});

	test('a task that is in the table twice fires once', () => {
		const twice = [rows[0], { ...rows[0], row: 9 }];
		expect(stepTable(empty, twice, everyEvent).fired).toHaveLength(1);
	});
});

describe('the state', () => {
	const perDay = 10_000;
	const days = 30;
	const completed = (row: number): SeenRow => ({
		row,
		name: `minimax:v1:${row}`,
		status: 'completed',
	});
	const kilobytes = (state: TriggerCursor) => JSON.stringify(state).length / 1024;

	test('of a table stays small for a month of 10,000 tasks a day, a tenth of them out of order', () => {
		let state = empty;
		let late: SeenRow[] = [];
		let most = 0;
		for (let from = 1; from <= perDay * days; from += 500) {
			const rows = Array.from({ length: 500 }, (_, index) => completed(from + index));
			const inOrder = rows.filter(({ row }) => row % 10 > 0);
			state = stepTable(state, [...late, ...inOrder], everyEvent).state;
			late = rows.filter(({ row }) => row % 10 === 0);
			most = Math.max(most, kilobytes(state));
		}
		expect(state.handled.length).toBeLessThan(200);
		expect(most).toBeLessThan(200);
	});

	test('of a table is bounded even when every other row never ends', () => {
		let state = empty;
		for (let from = 1; from <= perDay * days; from += 10_000) {
			const rows = Array.from({ length: 5000 }, (_, index) => completed(from + index * 2));
			state = stepTable(state, rows, everyEvent).state;
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
			state = stepAccount(state, listed, everyEvent).state;
			state = advanceCursor(state, [...listed, stuck]);
			if (batch % 50 === 0) most = Math.max(most, kilobytes(state));
		}
		expect(most).toBeLessThan(200);
		expect(most).toBeGreaterThan(1);
	});

	test('of a task list is bounded, and never forgets what is still listed', () => {
		const names = Array.from({ length: 5000 }, (_, index) => `minimax:v1:${index}`);
		const seen = (all: string[]): Sighting[] => all.map((name) => ({ name, status: 'completed' }));
		let state = stepList(startList([]), seen(names), everyEvent, names).state;
		for (let batch = 0; batch < 60; batch++) {
			const others = Array.from({ length: 500 }, (_, index) => `minimax:v1:x${batch}-${index}`);
			state = stepList(state, seen(others), everyEvent, [...names, ...others]).state;
		}
		expect(kilobytes(state)).toBeLessThan(200);
		expect(stepList(state, seen(names), everyEvent, names).fired).toEqual([]);
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
		const moved = advanceCursor(stepAccount(state, listed.slice(0, 1), everyEvent).state, listed);
		expect(moved.from).toBeLessThanOrEqual(at(0));
		const waiting = [task('b', 600, 'completed'), task('a', 0, 'completed')];
		const held = advanceCursor(moved, waiting);
		expect(stepAccount(held, waiting, everyEvent).fired.map(({ name }) => name)).toEqual(['a']);
	});

	test('looks back one hour', () => {
		const listed = [task('a', 600, 'completed')];
		const state = advanceCursor(startAccount('minimax 1', listed), listed);
		expect(state.from).toBe(at(540));
		expect(stepAccount(state, [task('late', 545, 'completed')], everyEvent).fired).toHaveLength(1);
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
					const step = stepAccount(state, [...read.values()], everyEvent);
					fired.push(...step.fired.map(({ name }) => name));
					state = advanceCursor(step.state, [...read.values()]);
				}
				const last = stepAccount(state, all(), everyEvent);
				fired.push(...last.fired.map(({ name }) => name));
				expect(new Set(fired).size).toBe(fired.length);
				expect(fired).toHaveLength(made);
			}),
			{ numRuns: 30 },
		);
	});
});
