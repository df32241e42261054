import { onTable, pollFor, record, useTriggers } from './triggerWorld';
import { sandbox, table } from './world';

useTriggers();

/** Rows of tasks that have ended, as an older table is full of them. */
function fill(count: number, tag: string) {
	for (let index = 0; index < count; index++) {
		const taskRef = `runware:video:${tag}-${index}`;
		table.insert({ taskRef, provider: 'runware', status: 'failed', failure: 'old' });
	}
}

/** An older table of the same name, with 300 old rows; gives the younger one back. */
function withOlderTable() {
	const [mine] = table.tables.splice(0);
	table.create();
	fill(300, 'other');
	return mine;
}

describe('the trigger holds on to the table that it has begun with', () => {
	test('a key that also sees an older table of the name: goes on with its own, and says so', async () => {
		fill(40, 'mine');
		const trigger = await onTable().activate();
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		table.tables.push(withOlderTable());
		sandbox.advance(60_000);
		// What fires comes first; the sentence is not lost with it.
		await expect(trigger.poll()).rejects.toMatchObject({
			message: expect.stringMatching(/two data tables called “Hailuo Tasks”/),
			description: expect.stringMatching(/Rename or delete/),
		});
		await trigger.poll();
		await trigger.poll();
		expect(trigger.events).toEqual([`completed ${reference}`]);
	});

	test('a key that sees another table of the name only: a sentence, and not its 300 rows', async () => {
		const trigger = await onTable().activate();
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		const mine = withOlderTable();
		const shown: Error[] = [];
		for (let polls = 0; polls < 5; polls++) {
			await trigger.poll().catch((cause: Error) => void shown.push(cause));
		}
		await trigger.restart();
		expect(shown).toHaveLength(1);
		expect(shown[0]).toMatchObject({
			message: expect.stringContaining('another one than the trigger has begun with'),
			description: expect.stringContaining('deactivate and activate the workflow'),
		});
		expect(trigger.events).toEqual([]);
		// Back to the key that sees its own: nothing was lost.
		table.tables.splice(0, Infinity, mine);
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		expect(trigger.events).toEqual([`completed ${reference}`]);
	});

	test('a table that was deleted and made anew: a sentence, then it begins with the new one', async () => {
		const trigger = await onTable().activate();
		table.drop();
		await expect(trigger.poll()).rejects.toThrow(/“Hailuo Tasks” does not exist/);
		table.create();
		fill(3, 'anew');
		await expect(trigger.poll()).rejects.toThrow(/another one than the trigger has begun with/);
		await trigger.edit();
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		expect(trigger.events).toEqual([`completed ${reference}`]);
	});

	test.each([
		['edited in a running n8n', undefined, 'update'],
		['edited before a restart', undefined, 'init'],
		['edited under the durable scheduler', 36_000, 'update'],
	] as const)('another name, %s, begins from now', async (_name, budgetMs, mode) => {
		table.create('B');
		fill(60, 'b');
		const trigger = await onTable({ taskTableName: 'Hailuo Tasks' }, { budgetMs }).activate();
		trigger.change({ taskTableName: 'B' });
		if (mode === 'init') await trigger.restart();
		else await trigger.edit();
		await trigger.poll();
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		expect(trigger.events).toEqual([`completed ${reference}`]);
	});
});

describe('rows of orders that are on their way', () => {
	const sending = { status: 'sending', provider: 'minimax', model: 'MiniMax-Hailuo-2.3' };

	test.each([null, '', ' '])(
		'with the reference %j: never asked, never fired, until they have one',
		async (taskRef) => {
			table.insert({ ...sending, taskRef });
			const trigger = await onTable().activate();
			table.insert({ ...sending, taskRef });
			table.insert({ ...sending, taskRef, status: 'failed', failure: 'refused by the vendor' });
			for (let polls = 0; polls < 20; polls++) await trigger.poll();
			await trigger.restart();
			await trigger.poll();
			expect(trigger.events).toEqual([]);
			expect(sandbox.requests({ step: 'status', vendor: 'minimax' }).length).toBeLessThan(4);
			expect(table.rows.map(({ status }) => status)).toEqual(['sending', 'sending', 'failed']);
			const references: string[] = [];
			for (const row of table.rows.slice(0, 2)) {
				const reference = await record('minimax', '{{sandbox seconds=5}}');
				// The row that `record` has made is the order's own.
				table.rows.pop();
				Object.assign(row, { taskRef: reference, status: 'queued' });
				references.push(`completed ${reference}`);
			}
			sandbox.advance(60_000);
			await pollFor(trigger, 2);
			expect([...trigger.events].sort()).toEqual(references.sort());
		},
	);
});
