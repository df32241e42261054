import { providers } from '../../providers';
import { runNode } from '../../harness/engine/runNode';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { pollFor, useTriggers } from './triggerWorld';
import { keys, sandbox, submit } from './world';

useTriggers();

describe('account', () => {
	const onAccount = (provider: string) =>
		new TriggerWorkflow({
			parameters: { source: 'account', provider, downloadVideo: false },
			credentials: keys(),
		});
	const h3 = { model: 'MiniMax-H3', duration: 5 };

	const listed = providers.filter(({ list }) => list).map(({ id }) => id);

	test.each(listed)(
		'%s: fires for every task of the key, once, also across a restart',
		async (provider) => {
			const more = provider === 'minimax' ? h3 : {};
			const old = await submit(provider, '{{sandbox seconds=1}}', more);
			const running = await submit(provider, '{{sandbox seconds=300}}', more);
			sandbox.advance(5000);
			const trigger = onAccount(provider);
			await trigger.activate();
			const references = [running.taskRef];
			for (let index = 0; index < 4; index++) {
				const marker = `{{sandbox seconds=${10 + index * 10}}}`;
				references.push((await submit(provider, marker, more)).taskRef);
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
		const trigger = onAccount('minimax');
		await trigger.activate();
		await runNode({
			parameters: { prompt: '={{ $json.prompt }}', waitForCompletion: false, ...h3 },
			items: Array.from({ length: 120 }, (_, index) => ({ json: { prompt: `Scene ${index}` } })),
			credentials: keys(),
		});
		sandbox.advance(60_000);
		await trigger.restart();
		await pollFor(trigger, 120);
		expect(new Set(trigger.references).size).toBe(120);
		expect(trigger.items).toHaveLength(120);
	});

	test('a bad key fails the activation', async () => {
		const trigger = onAccount('apiframe');
		trigger.credentials = {
			...keys(),
			hailuoApiframeApi: { ...keys().hailuoApiframeApi, apiKey: 'bad' },
		};
		await expect(trigger.activate()).rejects.toThrow(/Apiframe/);
	});

	test('a vendor without a list is refused with a sentence', async () => {
		await expect(onAccount('runware').activate()).rejects.toThrow(/Runware has no list/);
	});
});
