import { onList, pollFor, useTriggers, vendors } from './triggerWorld';
import { sandbox, submit } from './world';

useTriggers();

describe('task list', () => {
	test('fires once for each reference, not for those finished before', async () => {
		const old = String((await submit('minimax', '{{sandbox seconds=0}}')).taskRef);
		const references = [];
		for (const vendor of vendors) {
			references.push(String((await submit(vendor, '{{sandbox seconds=20}}')).taskRef));
		}
		const trigger = await onList([old, ...references].join(', \n')).activate();
		await pollFor(trigger, 4);
		await trigger.restart();
		await trigger.poll();
		expect([...trigger.references].sort()).toEqual([...references].sort());
	});

	test('thousands of references', async () => {
		const ids = sandbox.addTasks({ vendor: 'minimax', key: 'key', count: 1000, seconds: 3600 });
		const references = ids.map((id) => `minimax:v2:${id}`);
		const unknown = Array.from({ length: 1000 }, (_, index) => `minimax:v2:9${index}`);
		const trigger = await onList([...references, ...unknown]).activate();
		sandbox.advance(4_000_000);
		await pollFor(trigger, 1000, 20);
		expect(new Set(trigger.references).size).toBe(1000);
		expect(trigger.items).toHaveLength(1000);
		expect(trigger.saved.length).toBeLessThan(50_000);
	});

	test('what is no reference fails the activation with a sentence', async () => {
		await expect(onList('minimax:v1:1, sora:video:2').activate()).rejects.toThrow(
			/“sora:video:2” is not a task reference/,
		);
		await expect(onList('').activate()).rejects.toThrow(/Tasks is empty/);
	});
});
