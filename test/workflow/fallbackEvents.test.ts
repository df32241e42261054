import { setImmediate as turn } from 'node:timers/promises';
import { statusQuestions, useCallbackTriggers } from './callbackWorld';
import { after, both, killed, minute, order, pollUntil } from './fallbackWorld';
import { onTable } from './triggerWorld';
import { sandbox, table } from './world';

/** What polling triggers see of an order whose first vendor takes it and gives it up: one end, whoever makes it. */
useCallbackTriggers();

describe('a polling trigger', () => {
	test.each([{}, { options: { callbackUrl: 'http://127.0.0.1:9/webhook' } }])(
		'fires once for the order, however often it looks meanwhile: %j',
		async (parameters) => {
			const trigger = await onTable().activate();
			let isOver = false;
			const made = order(['runware', 'apiframe'], {
				...parameters,
				prompt: 'A paper boat {{sandbox fail=timeoutProvider at=runware}}',
			}).finally(() => (isOver = true));
			await pollUntil(trigger, () => isOver);
			const { items } = await made;
			expect(items[0].json).toMatchObject({ provider: 'apiframe', attempts: [{}] });
			await pollUntil(trigger, after(2));
			expect(trigger.events).toEqual([`completed ${String(items[0].json.taskRef)}`]);
			expect(table.rows).toHaveLength(1);
		},
	);

	test.each([[['completed', 'failed']], [['completed']]])(
		'sees the end that comes before ten minutes are over, and has not taken it for another: %j',
		async (events) => {
			const trigger = await onTable({ events }).activate();
			const former = await killed();
			await pollUntil(trigger, after(8));
			expect(trigger.events).toEqual([]);
			expect(table.rows).toMatchObject([{ taskRef: former, status: 'queued' }]);
			expect(statusQuestions()).toBe(1);
			// The run was alive, and asks the next vendor.
			const next = await order(['minimax'], {
				prompt: 'A paper boat',
				waitForCompletion: false,
				recordTask: false,
			});
			const taskRef = String(next.items[0].json.taskRef);
			Object.assign(table.rows[0], { taskRef, provider: 'minimax', heldBy: null });
			sandbox.advance(minute);
			await pollUntil(trigger, after(15));
			expect(trigger.events).toEqual([`completed ${taskRef}`]);
		},
	);

	test.each([false, true])(
		'fires the failure ten minutes after it has seen it where the run has died; called back: %s',
		async (callsBack) => {
			const trigger = await onTable().activate();
			const other = await onTable({}, { id: 'other' }).activate();
			const options = callsBack ? { callbackUrl: 'http://127.0.0.1:9/webhook' } : {};
			const taskRef = await killed({ options });
			await pollUntil(trigger, after(9));
			expect(trigger.events).toEqual([]);
			await trigger.restart();
			await pollUntil(trigger, after(9));
			expect(trigger.events).toEqual([]);
			await pollUntil(trigger, after(3));
			expect(trigger.events).toEqual([`failed ${taskRef}`]);
			expect(table.rows).toMatchObject([{ taskRef, status: 'failed' }]);
			await other.restart();
			await other.poll();
			expect(other.events).toEqual([`failed ${taskRef}`]);
		},
	);

	test('fires what has become of the task of a stopped run', async () => {
		const trigger = await onTable().activate();
		const stop = new AbortController();
		const running = order(both, {}, { signal: stop.signal });
		while (!table.rows[0]?.taskRef) await turn();
		stop.abort();
		await running;
		const { taskRef } = table.rows[0];
		expect(table.rows).toMatchObject([{ status: 'queued', heldBy: expect.any(String) }]);
		await pollUntil(trigger, after(8));
		expect(trigger.events).toEqual([]);
		await pollUntil(trigger, after(5));
		expect(trigger.events).toEqual([`failed ${String(taskRef)}`]);
	});
});

describe('a polling trigger, while others work on the same row,', () => {
	test('fires for the next vendor’s task whoever has fired for the first one', async () => {
		const trigger = await onTable().activate();
		const running = order(both);
		while (!table.rows[0]?.taskRef) await turn();
		// It had been taken for lost, and runs again.
		Object.assign(table.rows[0], { firedBy: 'callback 7' });
		const { items } = await running;
		await pollUntil(trigger, after(2));
		expect(trigger.events).toEqual([`completed ${String(items[0].json.taskRef)}`]);
	});

	test('fires for each task where somebody has settled the first one before its run', async () => {
		const trigger = await onTable().activate();
		const running = order(both);
		while (!table.rows[0]?.taskRef) await turn();
		const { taskRef } = table.rows[0];
		Object.assign(table.rows[0], { status: 'failed' });
		const { items } = await running;
		const made = String(items[0].json.taskRef);
		await pollUntil(trigger, after(2));
		expect(trigger.events).toEqual([`failed ${String(taskRef)}`, `completed ${made}`]);
		expect(table.rows).toMatchObject([
			{ taskRef, status: 'failed', attempts: null },
			{ taskRef: made, attempts: JSON.stringify(items[0].json.attempts) },
		]);
	});

	test('leaves a row alone that its run has taken back in the moment in which it fires', async () => {
		const trigger = await onTable().activate();
		await killed();
		await pollUntil(trigger, after(9));
		// The trigger has read the row, and asks the vendor, while the run takes it back.
		const change = table.rows[0];
		const polling = pollUntil(trigger, after(3));
		while (statusQuestions() < 2) await turn();
		Object.assign(change, { taskRef: null, status: 'reserved' });
		await polling;
		expect(trigger.events).toEqual([]);
		expect(table.rows).toMatchObject([{ taskRef: null, status: 'reserved' }]);
	});

	test('fires the failure of the last task where nobody could make it after that', async () => {
		const trigger = await onTable().activate();
		const { items } = await order(both, {}, { poor: 'hailuoRunwareApi' });
		const details = items[0].json.details as { attempts: Array<{ taskRef: string }> };
		const [{ taskRef }] = details.attempts;
		expect(table.rows).toMatchObject([{ taskRef, status: 'failed', heldBy: null }]);
		await pollUntil(trigger, after(2));
		expect(trigger.events).toEqual([`failed ${taskRef}`]);
	});

	test('fires it, too, where the next vendor costs more than is left of a budget', async () => {
		const trigger = await onTable().activate();
		const budget = { taskTable: { budget: 0.3 } };
		const running = order(both, budget);
		while (sandbox.charges().length === 0) await turn();
		table.insert({ status: 'completed', cost: 0.2, costUnit: 'USD', taskRef: 'minimax:v1:1' });
		const { items } = await running;
		expect(items[0].json.error).toMatch(/is left of the Budget/);
		const [{ taskRef }] = table.rows;
		await pollUntil(trigger, after(2));
		expect(trigger.events).toContain(`failed ${String(taskRef)}`);
		expect(table.rows[0]).toMatchObject({ status: 'failed', taskRef: expect.any(String) });
	});
});

test('a retry of the node goes on in the row of the try before', async () => {
	const trigger = await onTable().activate();
	const { items } = await order(
		both,
		{
			prompt: 'A paper boat {{sandbox seconds=90 fail=1033 at=minimax}}',
			wait: { timeoutMinutes: 1 },
		},
		{ node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
	);
	await pollUntil(trigger, after(12));
	expect(items[0].json).toMatchObject({ provider: 'runware', attempts: [{ provider: 'minimax' }] });
	expect(trigger.events).toEqual([`completed ${String(items[0].json.taskRef)}`]);
	expect(table.rows).toMatchObject([{ status: 'completed', heldBy: null }]);
});

describe('an order key', () => {
	test('that several runs have at once is one order with one end', async () => {
		const trigger = await onTable().activate();
		const taskTable = { orderKey: 'a' };
		const runs = Promise.all([1, 2, 3].map(async () => await order(both, { taskTable })));
		let isOver = false;
		void runs.finally(() => (isOver = true));
		await pollUntil(trigger, () => isOver);
		const made = (await runs).map(({ items }) => items[0].json);
		const references = new Set(made.map(({ taskRef }) => taskRef));
		expect(references.size).toBe(1);
		await pollUntil(trigger, after(12));
		expect(trigger.events).toEqual([`completed ${String(made[0].taskRef)}`]);
		expect(table.rows).toHaveLength(1);
		expect(sandbox.charges().filter(({ kind }) => kind === 'charge')).toHaveLength(2);
	});
});
