import { onTable, pollFor, record, useTriggers } from './triggerWorld';
import { accounts, keys, sandbox, table } from './world';

useTriggers();

describe('a vendor in the way of the task table', () => {
	test('a task unknown to the vendor expires after a while, with an event; so does a broken reference at once', async () => {
		const trigger = await onTable().activate();
		table.insert({ taskRef: 'minimax:v1:404404', status: 'processing', provider: 'minimax' });
		table.insert({ taskRef: 'nonsense', status: 'processing', provider: 'minimax' });
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 3, 40);
		expect(trigger.items.map(({ json }) => [json.event, json.status, json.taskRef]).sort()).toEqual(
			[
				['completed', 'completed', good],
				['failed', 'expired', 'minimax:v1:404404'],
				['failed', 'failed', 'nonsense'],
			].sort(),
		);
		expect(table.rows.map(({ status }) => status)).toEqual(['expired', 'failed', 'completed']);
	});

	test('a vendor that is down for a while delays its own events only', async () => {
		const trigger = await onTable().activate();
		const late = await record('toapis', '{{sandbox seconds=5}}');
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		await trigger.poll();
		expect(trigger.references).toEqual([good]);
		sandbox.clearFaults();
		await pollFor(trigger, 2);
		expect(trigger.references).toEqual([good, late]);
	});

	test('a fault that lasts becomes a failed execution, and is not repeated every minute', async () => {
		const trigger = await onTable().activate();
		await record('toapis', '{{sandbox seconds=5}}');
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		const outcomes: string[] = [];
		for (let polls = 0; polls < 7; polls++) {
			await trigger.poll().then(
				() => outcomes.push('fine'),
				(cause: Error) => outcomes.push(cause.message),
			);
		}
		expect(outcomes.slice(0, 2)).toEqual(['fine', 'fine']);
		const [shown, ...more] = outcomes.filter((one) => one !== 'fine');
		expect(shown).toMatch(/ToAPIs/);
		expect(more).toEqual([]);
	});
});

describe('a credential in the way of the task table', () => {
	test('a revoked vendor key fails the activation, and later a single poll', async () => {
		const trigger = await onTable().activate();
		await record('minimax', '{{sandbox seconds=5}}');
		trigger.credentials = accounts({ minimax: 'bad' });
		await expect(trigger.poll()).rejects.toThrow(/MiniMax API key is not valid/);
		await expect(trigger.edit()).rejects.toThrow(/MiniMax API key is not valid/);
		// A start of n8n must not switch the workflow off.
		await trigger.restart();
		trigger.credentials = keys();
		await pollFor(trigger, 1);
		expect(trigger.items).toHaveLength(1);
	});

	test('tasks of a vendor without a credential say so, and hold up no other', async () => {
		const trigger = onTable();
		trigger.credentials = accounts({ runware: undefined });
		await trigger.activate();
		await record('runware', '{{sandbox seconds=5}}');
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await expect(trigger.poll()).rejects.toThrow(/no credential for Runware/);
		expect(trigger.references).toEqual([good]);
	});

	test('a revoked n8n key, and a table that is none of ours, fail with a sentence', async () => {
		const trigger = await onTable().activate();
		table.keys.clear();
		await expect(trigger.poll()).rejects.toThrow(/does not accept the API key of the task table/);
		await expect(trigger.edit()).rejects.toThrow(/does not accept the API key of the task table/);
		table.reset();
		table.create('Other', [{ name: 'taskRef', type: 'string' }]);
		await expect(onTable({ taskTableName: 'Other' }, { id: 'x' }).activate()).rejects.toThrow(
			/is not a task table: it has no columns provider, model/,
		);
	});
});
