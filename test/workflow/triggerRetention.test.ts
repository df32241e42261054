import type { FakeRow } from '../../harness/fakeTaskTable';
import { onTable, pollFor, record, time, useTriggers } from './triggerWorld';
import { sandbox, table } from './world';

useTriggers();

const day = 86_400_000;

/** A row that was made and touched so many days ago. */
function row(label: string, days: number, more: Partial<FakeRow> = {}) {
	const at = new Date(time.now() - days * day).toISOString();
	const taskRef = `runware:video:${table.rows.length}`;
	table.insert({ taskRef, provider: 'runware', status: 'completed', label, createdAt: at });
	Object.assign(table.rows.at(-1) ?? {}, { updatedAt: at, ...more });
}

const left = () => table.rows.map(({ label }) => label);

describe('Delete Finished Rows After (Days)', () => {
	beforeEach(() => {
		table.allow('dataTableRow:delete');
		// The 25th of a month, at noon.
		const now = new Date(time.now());
		const then = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 25, 12);
		sandbox.advance(then - time.now());
		return time.sleep(then - time.now());
	});

	const clean = async (deleteAfterDays: number | string | undefined) => {
		const trigger = await onTable(
			deleteAfterDays === undefined ? {} : { options: { deleteAfterDays } },
		).activate();
		await trigger.poll();
		await trigger.poll();
		return trigger;
	};

	test('deletes what has ended long ago, and nothing else', async () => {
		row('old', 60);
		row('old failed', 60, { status: 'failed' });
		row('old expired', 60, { status: 'expired' });
		row('old cancelled', 60, { status: 'cancelled' });
		row('old, running', 60, { status: 'processing' });
		row('old, on its way', 60, { status: 'sending', taskRef: null });
		row('old, a word of yours', 60, { status: 'archived' });
		row('made long ago, ended now', 60, { updatedAt: new Date(time.now()).toISOString() });
		row('young', 29);
		await clean(30);
		expect(left()).toEqual([
			'old, running',
			'old, on its way',
			'old, a word of yours',
			'made long ago, ended now',
			'young',
		]);
	});

	test('keeps the current month for budgets, however few the days', async () => {
		row('last month', 40);
		row('on the first', 24);
		row('a week ago', 7);
		await clean(3);
		expect(left()).toEqual(['on the first', 'a week ago']);
	});

	test.each([undefined, 0])('is off with %j', async (days) => {
		row('old', 400);
		await clean(days);
		expect(left()).toEqual(['old']);
	});

	test('first lets fire what has finished while n8n was down', async () => {
		const trigger = await onTable({ options: { deleteAfterDays: 1 } }).activate();
		row('finished meanwhile', 60, { status: 'failed', failure: 'x' });
		await trigger.restart();
		await trigger.poll();
		expect(trigger.items.map(({ json }) => json.label)).toEqual(['finished meanwhile']);
		await trigger.poll();
		expect(left()).toEqual([]);
	});

	test('a key without the scope: a sentence, once, and the events go on', async () => {
		table.keys.clear();
		table.reset();
		table.create();
		row('old', 60);
		const trigger = await onTable({ options: { deleteAfterDays: 30 } }).activate();
		await trigger.poll();
		await expect(trigger.poll()).rejects.toMatchObject({
			message: 'The API key of the task table lacks the scope dataTableRow:delete',
		});
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		expect(trigger.references).toEqual([reference]);
		expect(left()).toContain('old');
	});

	test('a number that is none fails the activation', async () => {
		await expect(clean('soon')).rejects.toThrow(/Delete Finished Rows After \(Days\) is “soon”/);
		await expect(clean(-1)).rejects.toThrow(/Delete Finished Rows After \(Days\) is “-1”/);
	});
});

test('data tables that are full: events fire once, a sentence says what to do, rows follow later', async () => {
	const trigger = await onTable().activate();
	const reference = await record('minimax', '{{sandbox seconds=5}}');
	table.isFull = true;
	const shown: Error[] = [];
	sandbox.advance(60_000);
	for (let polls = 0; polls < 6; polls++) {
		await trigger.poll().catch((cause: Error) => void shown.push(cause));
	}
	expect(trigger.events).toEqual([`completed ${reference}`]);
	expect(shown).toHaveLength(1);
	expect(shown[0]).toMatchObject({
		message: expect.stringMatching(/have reached their size limit.*limit is 200MB/),
		description: expect.stringContaining('N8N_DATA_TABLES_MAX_SIZE_BYTES'),
	});
	expect(table.rows[0].status).toBe('queued');
	// Even a vendor that has forgotten the task by now does not make it an expired one.
	sandbox.inject({ vendor: 'minimax', step: 'status', kind: 'taskUnknown', times: 'always' });
	for (const end = time.now() + 13 * 60_000; time.now() < end; )
		await trigger.poll().catch(() => undefined);
	table.isFull = false;
	await trigger.poll();
	expect(table.rows[0].status).toBe('queued');
	sandbox.clearFaults();
	await time.sleep(600_000);
	await trigger.poll();
	expect(table.rows[0].status).toBe('completed');
	expect(trigger.events).toHaveLength(1);
});
