import { onAccount, pollFor, submitListed, useTriggers } from './triggerWorld';
import { sandbox } from './world';

useTriggers();

/** Requests for pages of the vendor's list. */
const pages = () => sandbox.requests({ step: 'list' }).length;

describe.each([
	['apiframe, jobs of other kinds', { vendor: 'apiframe', model: 'midjourney' }],
	['minimax, other H3 tasks', { vendor: 'minimax' }],
])('an account with 10,000 other jobs: %s', (_name, { vendor, ...guests }) => {
	const others = (everySeconds: number, count = 10_000) =>
		sandbox.addTasks({
			vendor,
			key: 'key',
			count,
			everySeconds,
			secondsAgo: 60,
			seconds: 1,
			...guests,
		});
	const ours = async (seconds: number) =>
		String((await submitListed(vendor, `{{sandbox seconds=${seconds}}}`)).taskRef);

	test('fires as soon as an empty one, and reads no further back than its own time', async () => {
		others(60);
		const trigger = onAccount(vendor);
		const long = await ours(1500);
		await trigger.activate();
		// The last day at one a minute.
		expect(pages()).toBeLessThan(40);
		sandbox.clearRequests();
		const short = await ours(40);
		await trigger.poll();
		await trigger.poll();
		expect(trigger.events).toEqual([`completed ${short}`]);
		expect(pages()).toBeLessThan(30);
		sandbox.advance(1_500_000);
		sandbox.clearRequests();
		await pollFor(trigger, 2);
		expect(trigger.events).toEqual([`completed ${short}`, `completed ${long}`]);
		expect(pages()).toBeLessThan(10);
	});

	test('that were all made within minutes: new tasks first, the rest after it, across restarts', async () => {
		const trigger = onAccount(vendor);
		const before = await ours(2000);
		await trigger.activate();
		sandbox.advance(1_200_000);
		others(0.5, 2000);
		await trigger.restart();
		const after = await ours(5);
		sandbox.advance(900_000);
		await pollFor(trigger, 2);
		const own = trigger.references.filter((one) => one === before || one === after);
		expect(own.sort()).toEqual([after, before].sort());
		expect(new Set(trigger.references).size).toBe(trigger.references.length);
		sandbox.clearRequests();
		await trigger.poll();
		expect(pages()).toBeLessThan(60);
	});
});
