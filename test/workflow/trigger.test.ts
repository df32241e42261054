import type { INodeParameters } from 'n8n-workflow';
import { HailuoTrigger } from '../../nodes/HailuoTrigger/HailuoTrigger.node';
import { forgetEverything } from '../../nodes/HailuoTrigger/triggerMemory';
import { clock } from '../../nodes/shared/clock';
import { providers } from '../../providers';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { FakeTaskTable } from '../support/fakeTaskTable';
import { runNode } from './harness';
import { TriggerWorkflow } from './triggerHarness';
import { speedUpTime } from './time';
import type { Credentials } from './additionalData';
import { sandboxKeys } from './additionalData';

let sandbox: Sandbox;
let table: FakeTaskTable;
const time = speedUpTime(40);

const keys = (): Credentials => ({
	...sandboxKeys(sandbox),
	hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
});

beforeAll(async () => {
	sandbox = await startSandbox({ clock: time });
	table = await FakeTaskTable.start();
});

afterAll(async () => {
	await sandbox.close();
	await table.close();
});

beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ rateLimits: false });
	forgetEverything();
	table.reset();
	table.create();
});

const vendors = providers.map(({ id }) => id);

async function submit(provider: string, prompt: string, parameters: INodeParameters = {}) {
	const { items, error } = await runNode({
		parameters: { provider, prompt, waitForCompletion: false, ...parameters },
		credentials: keys(),
	});
	if (error) throw new Error(error.message);
	return items[0].json;
}

async function record(provider: string, prompt: string, row: Record<string, unknown> = {}) {
	const { taskRef, model, status } = await submit(provider, prompt);
	table.insert({
		taskRef: String(taskRef),
		provider,
		model: String(model),
		status: String(status),
		createdAt: new Date(time.now()).toISOString(),
		workflowId: 'maker',
		executionId: '7',
		...row,
	});
	return String(taskRef);
}

const onTable = (parameters: INodeParameters = {}, id?: string) =>
	new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false, ...parameters },
		credentials: keys(),
		...(id && { id }),
	});

/** Polls until there are so many events, and once more for one too many. */
async function pollFor(trigger: TriggerWorkflow, count: number, most = 12) {
	for (let polls = 0; polls < most && trigger.items.length < count; polls++) await trigger.poll();
	await trigger.poll();
}

describe('task table', () => {
	test('20 tasks of four vendors fire once each, with row facts; rows are brought up to date', async () => {
		const old = await record('minimax', '{{sandbox seconds=0}}', { status: 'completed' });
		const trigger = onTable();
		await trigger.activate();
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
	}, 60_000);

	test('a restart between submitting and finishing loses and doubles nothing', async () => {
		const trigger = onTable();
		await trigger.activate();
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
	}, 60_000);

	test('a clock that jumps back and forth loses and doubles nothing', async () => {
		const trigger = onTable();
		await trigger.activate();
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
	}, 60_000);

	test('a task that finishes while n8n is down fires after the start, also when others write its row', async () => {
		const trigger = onTable();
		await trigger.activate();
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

	test('rows that a wait finishes between two polls fire once, from the row when the vendor is down', async () => {
		const trigger = onTable();
		await trigger.activate();
		const reference = await record('toapis', '{{sandbox seconds=1000}}');
		await trigger.poll();
		table.update(reference, { status: 'completed', videoUrl: 'https://cdn.example/v.mp4' });
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		await trigger.poll();
		await trigger.poll();
		expect(trigger.items.map(({ json }) => [json.event, json.taskRef, json.videoUrl])).toEqual([
			['completed', reference, 'https://cdn.example/v.mp4'],
		]);
	}, 20_000);

	test('an edit supersedes the poll under way; its static data may be a moment old', async () => {
		const trigger = onTable();
		await trigger.activate();
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
	}, 20_000);

	test('polls that overlap leave the work to the first', async () => {
		const trigger = onTable();
		await trigger.activate();
		await record('minimax', '{{sandbox seconds=30}}');
		await Promise.all([trigger.poll(), trigger.poll(), trigger.poll()]);
		await pollFor(trigger, 1);
		expect(trigger.items).toHaveLength(1);
	}, 20_000);

	test('two triggers on one table both fire, each by its own filters', async () => {
		const all = onTable();
		const labelled = onTable({ label: 'mine', events: ['completed'] }, 'other');
		await all.activate();
		await labelled.activate();
		const mine = await record('minimax', '{{sandbox seconds=5}}', { label: 'mine' });
		const failed = await record('minimax', '{{sandbox seconds=5 fail=1027}}', { label: 'mine' });
		const other = await record('minimax', '{{sandbox seconds=5}}', { label: 'other' });
		sandbox.advance(60_000);
		await Promise.all([pollFor(all, 3), pollFor(labelled, 1)]);
		await Promise.all([all.poll(), labelled.poll()]);
		expect([...all.references].sort()).toEqual([mine, failed, other].sort());
		expect(labelled.references).toEqual([mine]);
	}, 20_000);

	test('a task unknown to the vendor expires after a while, with an event; so does a broken reference at once', async () => {
		const trigger = onTable();
		await trigger.activate();
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
	}, 60_000);

	test('a vendor that is down for a while delays its own events only', async () => {
		const trigger = onTable();
		await trigger.activate();
		const late = await record('toapis', '{{sandbox seconds=5}}');
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		await trigger.poll();
		expect(trigger.references).toEqual([good]);
		sandbox.clearFaults();
		await pollFor(trigger, 2);
		expect(trigger.references).toEqual([good, late]);
	}, 30_000);

	test('a fault that lasts becomes a failed execution, and is not repeated every minute', async () => {
		const trigger = onTable();
		await trigger.activate();
		await record('toapis', '{{sandbox seconds=5}}');
		sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
		const outcomes = [];
		for (let polls = 0; polls < 7; polls++) {
			outcomes.push(
				await trigger.poll().then(
					() => 'fine',
					(cause: Error) => cause.message,
				),
			);
		}
		expect(outcomes.slice(0, 2)).toEqual(['fine', 'fine']);
		const [shown, ...more] = outcomes.filter((one) => one !== 'fine');
		expect(shown).toMatch(/ToAPIs/);
		expect(more).toEqual([]);
	}, 60_000);

	test('a revoked vendor key fails the activation, and later a single poll', async () => {
		const trigger = onTable();
		await trigger.activate();
		await record('minimax', '{{sandbox seconds=5}}');
		trigger.credentials = {
			...keys(),
			hailuoMiniMaxApi: { ...keys().hailuoMiniMaxApi, apiKey: 'bad' },
		};
		await expect(trigger.poll()).rejects.toThrow(/MiniMax API key is not valid/);
		await expect(trigger.edit()).rejects.toThrow(/MiniMax API key is not valid/);
		// A start of n8n must not switch the workflow off.
		await trigger.restart();
		trigger.credentials = keys();
		await pollFor(trigger, 1);
		expect(trigger.items).toHaveLength(1);
	}, 20_000);

	test('tasks of a vendor without a credential say so, and hold up no other', async () => {
		const trigger = onTable();
		const chosen = Object.entries(keys()).filter(([name]) => name !== 'hailuoRunwareApi');
		trigger.credentials = Object.fromEntries(chosen);
		await trigger.activate();
		await record('runware', '{{sandbox seconds=5}}');
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await expect(trigger.poll()).rejects.toThrow(/no credential for Runware/);
		expect(trigger.references).toEqual([good]);
	}, 20_000);

	test('a download that fails does not lose the event', async () => {
		const trigger = onTable({ downloadVideo: true, download: { binaryField: 'clip' } });
		await trigger.activate();
		const bad = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		sandbox.inject({ vendor: 'minimax', step: 'download', kind: 'serverError', times: 'always' });
		await pollFor(trigger, 1);
		sandbox.clearFaults();
		const good = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 2);
		expect(trigger.references).toEqual([bad, good]);
		const [skipped, whole] = trigger.items;
		expect(skipped.json.downloadSkipped).toEqual(expect.any(String));
		expect(skipped.json.videoUrl).toContain('http');
		expect(whole.binary?.clip.mimeType).toBe('video/mp4');
	}, 30_000);

	test('the durable scheduler of n8n gives every poll a new context and little time', async () => {
		const trigger = new TriggerWorkflow({
			parameters: { source: 'taskTable', downloadVideo: false },
			credentials: keys(),
			budgetMs: 36_000,
		});
		await trigger.activate();
		const references = [];
		for (const vendor of vendors) references.push(await record(vendor, '{{sandbox seconds=45}}'));
		for (let ticks = 0; ticks < 8 && trigger.items.length < 4; ticks++) {
			await trigger.activate('update');
		}
		await trigger.activate('update');
		expect([...trigger.references].sort()).toEqual([...references].sort());
	}, 20_000);

	test('Fetch Test Event shows the newest finished task and moves nothing', async () => {
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

	test('Fetch Test Event asks for tasks whose rows nobody has brought up to date', async () => {
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		const trigger = onTable();
		const { hailuoMiniMaxApi: vendor, ...others } = keys();
		trigger.credentials = others;
		await expect(trigger.sample()).rejects.toThrow(/no credential for MiniMax/);
		trigger.credentials = { ...others, hailuoMiniMaxApi: { ...vendor, apiKey: 'bad-key' } };
		await expect(trigger.sample()).rejects.toThrow(/API key/);
		trigger.credentials = keys();
		const [item] = await trigger.sample();
		expect(item.json).toMatchObject({ taskRef: reference, event: 'completed' });
	});

	test('a table that was made anew holds nothing old', async () => {
		const trigger = onTable();
		await trigger.activate();
		await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		table.drop();
		await expect(trigger.poll()).rejects.toThrow(/“Hailuo Tasks” does not exist/);
		table.create('Hailuo Tasks');
		const reference = await record('minimax', '{{sandbox seconds=5}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 2);
		expect(trigger.references[1]).toBe(reference);
	}, 20_000);

	test('a revoked n8n key, and a table that is none of ours, fail with a sentence', async () => {
		const trigger = onTable();
		await trigger.activate();
		table.keys.clear();
		await expect(trigger.poll()).rejects.toThrow(/does not accept the API key of the task table/);
		await expect(trigger.edit()).rejects.toThrow(/does not accept the API key of the task table/);
		table.reset();
		table.create('Other', [{ name: 'taskRef', type: 'string' }]);
		await expect(onTable({ taskTableName: 'Other' }, 'x').activate()).rejects.toThrow(
			/is not a task table: it has no columns provider, model/,
		);
	}, 20_000);
});

describe('account', () => {
	const onAccount = (provider: string) =>
		new TriggerWorkflow({
			parameters: { source: 'account', provider, downloadVideo: false },
			credentials: keys(),
		});
	const h3 = { model: 'MiniMax-H3', duration: 5 };

	test.each([
		['minimax', h3],
		['apiframe', {}],
	])(
		'%s: fires for every task of the key, once, also across a restart',
		async (provider, more) => {
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
		60_000,
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
	}, 60_000);

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

describe('task list', () => {
	const onList = (tasks: unknown) =>
		new TriggerWorkflow({
			parameters: { source: 'taskList', tasks: tasks as string, downloadVideo: false },
			credentials: keys(),
		});

	test('fires once for each reference, not for those finished before', async () => {
		const old = String((await submit('minimax', '{{sandbox seconds=0}}')).taskRef);
		const references = [];
		for (const vendor of vendors) {
			references.push(String((await submit(vendor, '{{sandbox seconds=20}}')).taskRef));
		}
		const trigger = onList([old, ...references].join(', \n'));
		await trigger.activate();
		await pollFor(trigger, 4);
		await trigger.restart();
		await trigger.poll();
		expect([...trigger.references].sort()).toEqual([...references].sort());
	}, 60_000);

	test('thousands of references', async () => {
		const ids = sandbox.addTasks({ vendor: 'minimax', key: 'key', count: 1000, seconds: 3600 });
		const references = ids.map((id) => `minimax:v2:${id}`);
		const unknown = Array.from({ length: 1000 }, (_, index) => `minimax:v2:9${index}`);
		const trigger = onList([...references, ...unknown]);
		await trigger.activate();
		sandbox.advance(4_000_000);
		await pollFor(trigger, 1000, 20);
		expect(new Set(trigger.references).size).toBe(1000);
		expect(trigger.items).toHaveLength(1000);
		expect(trigger.saved.length).toBeLessThan(50_000);
	}, 120_000);

	test('what is no reference fails the activation with a sentence', async () => {
		await expect(onList('minimax:v1:1, sora:video:2').activate()).rejects.toThrow(
			/“sora:video:2” is not a task reference/,
		);
		await expect(onList('').activate()).rejects.toThrow(/Tasks is empty/);
	});
});

test('the form says what is wrong', async () => {
	await expect(onTable({ events: [] }).activate()).rejects.toThrow(/Events is empty/);
	await expect(onTable({ source: 'moon' }).activate()).rejects.toThrow(/Source is “moon”/);
});

test('the node takes a credential of every vendor', () => {
	const taken = new HailuoTrigger().description.credentials?.map(({ name }) => name);
	expect(taken).toEqual(expect.arrayContaining(providers.map(({ credential }) => credential)));
});
