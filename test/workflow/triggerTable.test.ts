import { HailuoTrigger } from '../../nodes/HailuoTrigger/HailuoTrigger.node';
import { clock } from '../../nodes/shared/clock';
import { providers } from '../../providers';
import { expectLabels } from './labels';
import { onTable, pollFor, record, useTriggers, vendors } from './triggerWorld';
import { sandbox, table } from './world';

useTriggers();

describe('every task of the table fires once', () => {
	test('20 tasks of four vendors fire once each, with row facts; rows are brought up to date', async () => {
		const old = await record('minimax', '{{sandbox seconds=0}}', { status: 'completed' });
		const trigger = await onTable().activate();
		const references: string[] = [];
		for (let index = 0; index < 20; index++) {
			const marker = index % 5 === 4 ? 'seconds=20 fail=1027' : `seconds=${5 + index}`;
			const failing = vendors[index % 4] === 'minimax' ? marker : marker.replace(' fail=1027', '');
			references.push(await record(vendors[index % 4], `{{sandbox ${failing}}}`, { label: 'x' }));
		}
		await pollFor(trigger, 20);
		expect([...trigger.references].sort()).toEqual([...references].sort());
		expect(trigger.references).not.toContain(old);
		const completed = trigger.items.filter(({ json }) => json.event === 'completed');
		for (const { json } of completed) {
			expect(json).toMatchObject({
				status: 'completed',
				videoUrl: expect.stringContaining('http'),
				label: 'x',
				workflowId: 'maker',
				executionId: '7',
			});
		}
		expect(table.rows.every(({ status }) => status === 'completed' || status === 'failed')).toBe(
			true,
		);
	});

	test('rows that a wait finishes between two polls fire once, from the row when the vendor is down', async () => {
		const trigger = await onTable().activate();
		const reference = await record('toapis', '{{sandbox seconds=1000}}');
		await trigger.poll();
		table.update(reference, { status: 'completed', videoUrl: 'https://cdn.example/v.mp4' });
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		await trigger.poll();
		await trigger.poll();
		expect(trigger.items.map(({ json }) => [json.event, json.taskRef, json.videoUrl])).toEqual([
			['completed', reference, 'https://cdn.example/v.mp4'],
		]);
	});

	test('polls that overlap leave the work to the first', async () => {
		const trigger = await onTable().activate();
		await record('minimax', '{{sandbox seconds=30}}');
		await Promise.all([trigger.poll(), trigger.poll(), trigger.poll()]);
		await pollFor(trigger, 1);
		expect(trigger.items).toHaveLength(1);
	});

	test('two triggers on one table both fire, each by its own filters', async () => {
		const all = await onTable().activate();
		const labelled = onTable({ label: 'mine', events: ['completed'] }, { id: 'other' });
		await labelled.activate();
		const mine = await record('minimax', '{{sandbox seconds=5}}', { label: 'mine' });
		const failed = await record('minimax', '{{sandbox seconds=5 fail=1027}}', { label: 'mine' });
		const other = await record('minimax', '{{sandbox seconds=5}}', { label: 'other' });
		sandbox.advance(60_000);
		await Promise.all([pollFor(all, 3), pollFor(labelled, 1)]);
		await Promise.all([all.poll(), labelled.poll()]);
		expect([...all.references].sort()).toEqual([mine, failed, other].sort());
		expect(labelled.references).toEqual([mine]);
	});
});

describe('nothing is lost or doubled', () => {
	test('a restart between submitting and finishing loses and doubles nothing', async () => {
		const trigger = await onTable().activate();
		const references = [];
		for (const vendor of vendors) references.push(await record(vendor, '{{sandbox seconds=5}}'));
		sandbox.advance(10_000);
		await pollFor(trigger, 4);
		for (const vendor of vendors) references.push(await record(vendor, '{{sandbox seconds=600}}'));
		const dying = trigger.poll();
		await trigger.restart();
		sandbox.advance(600_000);
		await pollFor(trigger, 8);
		await dying;
		await trigger.restart();
		await trigger.poll();
		expect([...trigger.references].sort()).toEqual([...references].sort());
	});

	test('a clock that jumps back and forth loses and doubles nothing', async () => {
		const trigger = await onTable().activate();
		const { now } = clock;
		const references = [];
		try {
			for (const hours of [-48, 72, -1, 24 * 365]) {
				clock.now = () => now() + hours * 3_600_000;
				for (const vendor of vendors) {
					references.push(await record(vendor, '{{sandbox seconds=5}}'));
				}
				sandbox.advance(10_000);
				await pollFor(trigger, references.length);
			}
		} finally {
			clock.now = now;
		}
		await trigger.poll();
		expect([...trigger.references].sort()).toEqual([...references].sort());
	});

	test('a task that finishes while n8n is down fires after the start, also when others write its row', async () => {
		const trigger = await onTable().activate();
		const byVendor = await record('minimax', '{{sandbox seconds=5}}');
		const byWait = await record('runware', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		table.update(byWait, { status: 'completed', videoUrl: 'https://old.example/video.mp4' });
		await trigger.restart();
		await pollFor(trigger, 2);
		expect([...trigger.references].sort()).toEqual([byVendor, byWait].sort());
		const other = trigger.items.find(({ json }) => json.taskRef === byWait);
		expect(other?.json.videoUrl).not.toContain('old.example');
	});

	test('an edit supersedes the poll under way; its static data may be a moment old', async () => {
		const trigger = await onTable().activate();
		const first = await record('minimax', '{{sandbox seconds=5}}');
		const early = trigger.saved;
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		const second = await record('minimax', '{{sandbox seconds=40}}');
		const superseded = trigger.poll();
		await trigger.edit({ downloadVideo: false, model: '' }, early);
		await superseded;
		sandbox.advance(60_000);
		await pollFor(trigger, 2);
		expect(trigger.references).toEqual([first, second]);
		await trigger.restart();
		await trigger.poll();
		expect(trigger.items).toHaveLength(2);
	});

	test('the durable scheduler of n8n gives every poll a new context and little time', async () => {
		const trigger = await onTable({}, { budgetMs: 36_000 }).activate();
		const references = [];
		for (const vendor of vendors) references.push(await record(vendor, '{{sandbox seconds=45}}'));
		for (let ticks = 0; ticks < 8 && trigger.items.length < 4; ticks++) {
			await trigger.activate('update');
		}
		await trigger.activate('update');
		expect([...trigger.references].sort()).toEqual([...references].sort());
	});
});

const reasonOf = async (work: Promise<unknown>) =>
	await work.then(
		() => new Error('It was not refused'),
		(cause: Error) => cause,
	);

test.each([
	[{ events: [] }, /Events is empty/],
	[{ source: 'moon' }, /Source is “moon”/],
])('the form says what is wrong: %j', async (parameters, sentence) => {
	const error = await reasonOf(onTable(parameters).activate());
	expect(error.message).toMatch(sentence);
	await expectLabels('hailuoTrigger', { error });
});

test('the node takes a credential of every vendor', () => {
	const taken = new HailuoTrigger().description.credentials?.map(({ name }) => name);
	expect(taken).toEqual(expect.arrayContaining(providers.map(({ credential }) => credential)));
});
