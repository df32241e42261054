import { providers } from '../../providers';
import { onAccount, pollFor, submitListed, useTriggers } from './triggerWorld';
import { accounts, runRows, sandbox } from './world';

useTriggers();

describe('account', () => {
	const listed = providers.filter(({ list }) => list).map(({ id }) => id);

	test.each(listed)(
		'%s: fires for every task of the key, once, also across a restart',
		async (provider) => {
			const old = await submitListed(provider, '{{sandbox seconds=1}}');
			const running = await submitListed(provider, '{{sandbox seconds=300}}');
			sandbox.advance(5000);
			const trigger = await onAccount(provider).activate();
			const references = [running.taskRef];
			for (let index = 0; index < 4; index++) {
				const marker = `{{sandbox seconds=${10 + index * 10}}}`;
				references.push((await submitListed(provider, marker)).taskRef);
			}
			await pollFor(trigger, 4);
			expect(trigger.references).not.toContain(running.taskRef);
			const dying = trigger.poll();
			await trigger.restart();
			await dying;
			sandbox.advance(600_000);
			await pollFor(trigger, 5);
			await trigger.restart();
			await trigger.poll();
			expect([...trigger.references].sort()).toEqual([...references].sort());
			expect(trigger.references).not.toContain(old.taskRef);
			expect(trigger.items[0].json).toMatchObject({ provider, event: 'completed' });
		},
	);

	test('more tasks than one page holds, finished while n8n was down', async () => {
		const trigger = await onAccount('minimax').activate();
		await runRows(
			{ waitForCompletion: false, model: 'MiniMax-H3', duration: 5 },
			{
				items: Array.from({ length: 120 }, (_, index) => ({ json: { prompt: `Scene ${index}` } })),
			},
		);
		sandbox.advance(60_000);
		await trigger.restart();
		await pollFor(trigger, 120);
		expect(new Set(trigger.references).size).toBe(120);
		expect(trigger.items).toHaveLength(120);
	});

	test('a bad key fails the activation', async () => {
		const trigger = onAccount('apiframe');
		trigger.credentials = accounts({ apiframe: 'bad' });
		await expect(trigger.activate()).rejects.toThrow(/Apiframe/);
	});

	test('a vendor without a list is refused with a sentence', async () => {
		await expect(onAccount('runware').activate()).rejects.toThrow(/Runware has no list/);
	});
});
