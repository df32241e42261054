import { onTable, record, useTriggers } from './triggerWorld';
import { accounts, keys, sandbox } from './world';

useTriggers();

describe('Fetch Test Event', () => {
	test('shows the newest finished task and moves nothing', async () => {
		const trigger = onTable();
		await expect(trigger.sample()).rejects.toMatchObject({
			message: expect.stringContaining('no finished task'),
			description: expect.stringContaining('Record Task'),
		});
		const reference = await record('minimax', '{{sandbox seconds=0}}', { status: 'completed' });
		await record('minimax', '{{sandbox seconds=600}}');
		const before = trigger.saved;
		const [item] = await trigger.sample();
		expect(item.json).toMatchObject({ taskRef: reference, event: 'completed' });
		expect(trigger.saved).toBe(before);
	});

	test('asks for tasks whose rows nobody has brought up to date', async () => {
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		const trigger = onTable();
		trigger.credentials = accounts({ minimax: undefined });
		await expect(trigger.sample()).rejects.toThrow(/no credential for MiniMax/);
		trigger.credentials = accounts({ minimax: 'bad-key' });
		await expect(trigger.sample()).rejects.toThrow(/API key/);
		trigger.credentials = keys();
		const [item] = await trigger.sample();
		expect(item.json).toMatchObject({ taskRef: reference, event: 'completed' });
	});
});
