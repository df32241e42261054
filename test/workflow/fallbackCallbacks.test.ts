import { forgetCallbacks } from '../../nodes/HailuoCallbackTrigger/callbackMemory';
import { forgetAccounts } from '../../video/account';
import { type CallbackProcess, untilTrue } from './callbackProcess';
import { startProcess, useCallbackTriggers } from './callbackWorld';
import { after, both, killed, minute, order, pollUntil } from './fallbackWorld';
import { onTable, time } from './triggerWorld';
import { sandbox, table } from './world';

/** The same end as polling triggers see, where the vendors call a callback trigger meanwhile. */
useCallbackTriggers();

describe('a callback trigger', () => {
	const calls = (n8n: CallbackProcess) => ({ options: { callbackUrl: n8n.url } });
	const ends = () => sandbox.callbacks().filter(({ final }) => final);

	test('is called for each task, and fires once for the order', async () => {
		const n8n = await startProcess();
		const { items } = await order(both, calls(n8n));
		await untilTrue(() => n8n.items.length > 0);
		await sandbox.repeatCallbacks();
		// What it remembers is gone, and not what the order says.
		forgetCallbacks();
		forgetAccounts();
		await sandbox.repeatCallbacks();
		expect(ends().some(({ vendor }) => vendor === 'minimax')).toBe(true);
		expect(n8n.references).toEqual([items[0].json.taskRef]);
		expect(n8n.items.map(({ json }) => json.event)).toEqual(['completed']);
		expect(table.rows).toMatchObject([{ status: 'completed', firedBy: expect.any(String) }]);
	});

	test('fires the failure where the run has died, after ten minutes', async () => {
		const n8n = await startProcess();
		const taskRef = await killed(calls(n8n));
		const begun = time.now();
		await untilTrue(() => n8n.items.length > 0);
		expect(time.now() - begun).toBeGreaterThanOrEqual(10 * minute);
		expect(n8n.items.map(({ json }) => [json.event, json.taskRef])).toEqual([['failed', taskRef]]);
		expect(table.rows).toMatchObject([{ taskRef, status: 'failed' }]);
	});

	test('fires the failure of the last task where nobody could make it after that', async () => {
		const n8n = await startProcess();
		await order(both, calls(n8n), { poor: 'hailuoRunwareApi' });
		await untilTrue(() => n8n.items.length > 0);
		expect(n8n.items.map(({ json }) => [json.event, json.taskRef])).toEqual([
			['failed', table.rows[0].taskRef],
		]);
	});

	test('and a polling trigger fire once together', async () => {
		sandbox.configure({ callbacks: { dropEvery: 2 } });
		const polling = await onTable().activate();
		const n8n = await startProcess();
		let isOver = false;
		const made = order(both, { ...calls(n8n), taskTable: { orderKey: 'a' } }).finally(
			() => (isOver = true),
		);
		await pollUntil(polling, () => isOver);
		const { items } = await made;
		await pollUntil(polling, after(12));
		expect([...n8n.references, ...polling.references]).toEqual([items[0].json.taskRef]);
	});
});
