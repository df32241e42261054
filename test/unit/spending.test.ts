import { meets } from '../../harness/rowFilter';
import type { TaskRow } from '../../nodes/shared/taskTable/rows';
import { Spending } from '../../nodes/shared/taskTable/spending';
import type { TaskTable } from '../../nodes/shared/taskTable/taskTable';

const start = Date.parse('2026-03-04T16:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

test('a read of the table that breaks off leaves no row out of the next one', async () => {
	const rows = Array.from({ length: 600 }, (_, index) => ({
		id: index + 1,
		status: 'completed',
		cost: 1,
		costUnit: 'USD',
		createdAt: at(0),
		updatedAt: at(0),
	}));
	let answersLeft = Infinity;
	const page: TaskTable['page'] = async (filters, { sortBy, limit }) => {
		if (answersLeft-- === 0) throw new Error('n8n is away');
		const found = rows.filter((row) => meets(row, { type: 'and', filters }));
		if (sortBy === 'id:desc') found.reverse();
		if (sortBy === 'updatedAt:desc') {
			found.sort((one, other) => other.updatedAt.localeCompare(one.updatedAt));
		}
		return found.slice(0, limit) as unknown as TaskRow[];
	};
	const table = { page } as TaskTable;
	const spending = new Spending([], () => 0);
	expect(await spending.since(table, 0)).toHaveLength(600);

	// More has changed than one page holds, over five minutes: all is read again, and that fails.
	for (const [index, row] of rows.slice(300).entries()) row.updatedAt = at(index + 1);
	answersLeft = 2;
	await expect(spending.since(table, 0)).rejects.toThrow('n8n is away');
	answersLeft = Infinity;
	expect(await spending.since(table, 0)).toHaveLength(600);
});
