import fc from 'fast-check';
import { meets } from '../../harness/rowFilter';
import { readRows } from '../../nodes/shared/taskTable/pages';
import type { TaskRow } from '../../nodes/shared/taskTable/rows';
import type { TaskTable } from '../../nodes/shared/taskTable/taskTable';

/** A table with rows of these numbers, and how many pages were asked for, in all and at one moment. */
function tableOf(numbers: readonly number[], onPage: (asked: number) => void = () => {}) {
	const rows = numbers.map((id) => ({ id }));
	const seen = { asked: 0, underWay: 0, most: 0 };
	const page: TaskTable['page'] = async (filters, { sortBy, limit }) => {
		seen.most = Math.max(seen.most, ++seen.underWay);
		onPage(++seen.asked);
		await new Promise(setImmediate);
		seen.underWay--;
		const found = rows.filter((row) => meets(row, { type: 'and', filters }));
		if (sortBy === 'id:desc') found.reverse();
		return found.slice(0, limit) as unknown as TaskRow[];
	};
	return { table: { page } as TaskTable, seen, rows };
}

async function numbersRead(table: TaskTable): Promise<number[]> {
	const read: number[] = [];
	await readRows(table, [], { from: 0 }, (rows) => read.push(...rows.map(({ id }) => id)));
	return read.sort((one, other) => one - other);
}

test('each row of a table is read once, whatever was deleted between its numbers', async () => {
	const gaps = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })), {
		maxLength: 1500,
		size: 'max',
	});
	await fc.assert(
		fc.asyncProperty(gaps, async (steps) => {
			let number = 0;
			const numbers = steps.map((step) => (number += step));
			expect(await numbersRead(tableOf(numbers).table)).toEqual(numbers);
		}),
		{ numRuns: 50 },
	);
});

test('10,000 rows are read in four parts at one moment, with few requests above one a page', async () => {
	const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1);
	const { table, seen } = tableOf(numbers);
	expect(await numbersRead(table)).toHaveLength(10_000);
	expect(seen.most).toBe(4);
	expect(seen.asked).toBeLessThanOrEqual(10_000 / 250 + 1 + 4);
});

test('a row that is added while a table is read is not lost', async () => {
	const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
	const { table, rows } = tableOf(numbers, (asked) => {
		if (asked === 3) rows.push({ id: 1001 });
	});
	expect(await numbersRead(table)).toHaveLength(1001);
});
