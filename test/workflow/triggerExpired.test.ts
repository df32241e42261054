import type { Fault } from '../../sandbox/faults';
import { onList, onTable, pollFor, record, time, useTriggers, vendors } from './triggerWorld';
import type { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { sandbox, submit, table } from './world';

useTriggers();

/** Polls once a minute, as n8n does. Gives what was shown as failed executions. */
async function pollFor13Minutes(trigger: TriggerWorkflow): Promise<string[]> {
	const shown: string[] = [];
	for (const end = time.now() + 13 * 60_000; time.now() < end; ) {
		const next = time.now() + 60_000;
		await trigger.poll().catch((cause: Error) => void shown.push(cause.message));
		await time.sleep(Math.max(1, next - time.now()));
	}
	return shown;
}

const always = (vendor: Fault['vendor'], fault: Partial<Fault>): Fault =>
	({ vendor, step: 'status', times: 'always', ...fault }) as Fault;

const notTheVendors: Array<[name: string, fault: Partial<Fault>]> = [
	['a page of a firewall', { kind: 'custom', status: 403, body: '<!DOCTYPE html>Just a moment' }],
	[
		'a framework’s own JSON',
		{
			kind: 'custom',
			status: 404,
			body: { statusCode: 404, error: 'Not Found', message: 'Route GET not found' },
		},
	],
	[
		'a code that nobody knows',
		{ kind: 'custom', status: 418, body: { error: { code: 'x-9', message: 'short and stout' } } },
	],
];

describe('only the vendor’s own word expires a task', () => {
	test.each(notTheVendors)('%s, for 13 minutes, at every vendor', async (_name, fault) => {
		const trigger = await onTable().activate();
		const references: string[] = [];
		for (const vendor of vendors) references.push(await record(vendor, '{{sandbox seconds=5}}'));
		for (const vendor of vendors) sandbox.inject(always(vendor as Fault['vendor'], fault));
		const shown = await pollFor13Minutes(trigger);
		expect(trigger.events).toEqual([]);
		expect(table.rows.map(({ status }) => status)).not.toContain('expired');
		// It lasts: somebody is told, and not every minute.
		expect(shown.length).toBeGreaterThan(0);
		expect(shown.length).toBeLessThan(5);
		sandbox.clearFaults();
		await pollFor(trigger, vendors.length);
		expect([...trigger.events].sort()).toEqual(references.map((one) => `completed ${one}`).sort());
	});

	test('it must say so for ten minutes, and four times', async () => {
		const trigger = await onTable().activate();
		await record('minimax', '{{sandbox seconds=900}}');
		sandbox.inject(always('minimax', { kind: 'taskUnknown' }));
		const start = time.now();
		while (time.now() - start < 9 * 60_000) await trigger.poll();
		expect(trigger.events).toEqual([]);
		await pollFor(trigger, 1, 20);
		expect(trigger.items.map(({ json }) => json.status)).toEqual(['expired']);
		expect(sandbox.requests({ vendor: 'minimax', step: 'status' }).length).toBeGreaterThan(3);
	});
});

/** A trigger that took a task for lost, which the vendor knows again now. */
async function takenForLost(trigger: TriggerWorkflow, reference: string) {
	sandbox.inject(always('minimax', { kind: 'taskUnknown' }));
	await pollFor(trigger, 1, 40);
	expect(trigger.events).toEqual([`failed ${reference}`]);
	sandbox.clearFaults();
	return { trigger, reference, both: [`failed ${reference}`, `completed ${reference}`] };
}

async function lostTask() {
	const trigger = await onTable().activate();
	return await takenForLost(trigger, await record('minimax', '{{sandbox seconds=1500}}'));
}

describe('a task that was taken for lost and is completed after all', () => {
	test('fires, once, and its row says so', async () => {
		const { trigger, both } = await lostTask();
		for (let hours = 0; hours < 3; hours++) {
			await time.sleep(3_600_000);
			await trigger.poll();
		}
		expect(trigger.events).toEqual(both);
		expect(table.rows).toMatchObject([{ status: 'completed', failure: null }]);
		await trigger.restart();
		await trigger.poll();
		expect(trigger.events).toEqual(both);
	});

	test('is watched again when it only runs again', async () => {
		const { trigger, both, reference } = await lostTask();
		table.update(reference, { status: 'processing' });
		await pollFor(trigger, 2, 60);
		expect(trigger.events).toEqual(both);
	});

	test('fires also across restarts, and when another node brings the row up to date', async () => {
		const { trigger, both, reference } = await lostTask();
		await trigger.restart();
		await trigger.poll();
		sandbox.advance(2_000_000);
		table.update(reference, { status: 'completed', videoUrl: 'https://cdn.example/v.mp4' });
		await trigger.restart();
		await trigger.poll();
		await trigger.poll();
		expect(trigger.events).toEqual(both);
	});

	test('fires where version 0.1 had marked it, whose memory knows nothing of lost tasks', async () => {
		const { trigger, both } = await lostTask();
		trigger.saved = trigger.saved.replace(/"lost":\{[^}]*\}/, '"old":0');
		await trigger.restart();
		await time.sleep(4_000_000);
		await pollFor(trigger, 2, 3);
		expect(trigger.events).toEqual(both);
	});

	test('is given up after seven days', async () => {
		const { trigger } = await lostTask();
		await time.sleep(8 * 24 * 3_600_000);
		sandbox.clearRequests();
		await trigger.poll();
		await trigger.poll();
		expect(trigger.events).toHaveLength(1);
		expect(sandbox.requests({ vendor: 'minimax' })).toEqual([]);
	});

	test('fires from a task list, too', async () => {
		const reference = String((await submit('minimax', '{{sandbox seconds=1500}}')).taskRef);
		const { trigger, both } = await takenForLost(await onList(reference).activate(), reference);
		await time.sleep(7_200_000);
		await trigger.poll();
		await trigger.restart();
		await trigger.poll();
		expect(trigger.events).toEqual(both);
	});
});
