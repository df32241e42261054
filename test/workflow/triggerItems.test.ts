import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { VENDORS } from '../../sandbox/config';
import { runNode } from '../../harness/engine/runNode';
import type { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { onAccount, onTable, pollFor, useTriggers } from './triggerWorld';
import { keys, sandbox } from './world';

/** The event of a task says all that its item says. */
useTriggers();

async function generate(parameters: INodeParameters) {
	const { items, error } = await runNode({
		parameters: { recordTask: true, downloadVideo: false, ...parameters },
		credentials: keys(),
		node: { onError: 'continueRegularOutput' },
	});
	if (error) throw new Error(error.message);
	return items[0].json;
}

async function query(item: IDataObject) {
	const { items } = await runNode({
		type: 'hailuoQueryTask',
		parameters: { task: '={{ $json.taskRef }}', routeByStatus: false },
		items: [{ json: item }],
		credentials: keys(),
	});
	return items[0].json;
}

/** Links are signed anew for each look. */
const comparable = ({ videoUrl, expiresAt, videos, ...json }: IDataObject) => ({
	...json,
	links: [videoUrl, videos, expiresAt].map((link) => link !== undefined),
});

async function eventOf(trigger: TriggerWorkflow) {
	await pollFor(trigger, 1);
	expect(trigger.items).toHaveLength(1);
	return trigger.items[0].json;
}

describe.each(VENDORS)('from the task table: %s', (provider) => {
	test('a video that Generate Video has waited for', async () => {
		const trigger = await onTable().activate();
		const item = await generate({ provider, prompt: 'A boat', taskTable: { label: 'spring' } });
		const { event, label, workflowId, executionId, ...said } = await eventOf(trigger);
		expect([event, label, workflowId, executionId]).toEqual([
			'completed',
			'spring',
			'workflow',
			'1',
		]);
		expect(comparable(said)).toEqual(comparable(item));
		expect(Object.keys(item)).toEqual(
			expect.arrayContaining(['prompt', 'model', 'mode', 'resolution', 'durationSeconds']),
		);
	});

	test('a video that nobody has waited for, ordered in a queue', async () => {
		const trigger = await onTable().activate();
		sandbox.inject({ vendor: provider, step: 'create', kind: 'rateLimited' });
		const submitted = await generate({
			provider,
			prompt: '{{sandbox seconds=20}}',
			waitForCompletion: false,
		});
		sandbox.advance(60_000);
		const { event, workflowId, executionId, ...said } = await eventOf(trigger);
		expect([event, workflowId, executionId]).toEqual(['completed', 'workflow', '1']);
		expect(comparable(said)).toEqual(comparable(await query(submitted)));
	});

	test('a video that has failed', async () => {
		const trigger = await onTable().activate();
		const { details } = await generate({ provider, prompt: '{{sandbox seconds=5 fail=1027}}' });
		const { event, workflowId, executionId, ...said } = await eventOf(trigger);
		expect([event, workflowId, executionId]).toEqual(['failed', 'workflow', '1']);
		const { description, ...facts } = details as IDataObject;
		expect(description).toBeDefined();
		expect(comparable(said)).toEqual(comparable(facts));
	});
});

test('by the row alone, where the vendor is away, the times are there as well', async () => {
	const trigger = await onTable().activate();
	const item = await generate({ provider: 'toapis', prompt: 'A boat' });
	sandbox.inject({ vendor: 'toapis', step: 'status', kind: 'serverError', times: 'always' });
	const { event, workflowId, executionId, ...said } = await eventOf(trigger);
	expect([event, workflowId, executionId]).toEqual(['completed', 'workflow', '1']);
	// When it was made the row knows by our own clock.
	const { createdAt } = said;
	expect(createdAt).toBeDefined();
	expect(comparable(said)).toEqual(comparable({ ...item, createdAt }));
});

test.each(['minimax', 'apiframe'])(
	'from the account of %s, as far as it lists',
	async (provider) => {
		const trigger = await onAccount(provider).activate();
		const order = provider === 'minimax' ? { model: 'MiniMax-H3' } : {};
		const item = await generate({ provider, prompt: 'A boat', recordTask: false, ...order });
		const said = await eventOf(trigger);
		const bare = await query({ taskRef: item.taskRef });
		expect(Object.keys(said).sort()).toEqual(['event', ...Object.keys(bare)].sort());
	},
);

test('the execution that an event starts says in its custom data which video it is about', async () => {
	const trigger = await onTable().activate();
	const { taskRef } = await generate({ prompt: 'A boat' });
	await eventOf(trigger);
	const [{ json }] = await trigger.execution(trigger.items);
	expect(trigger.customData).toEqual({ hailuoTasks: taskRef, hailuoVideos: json.videoUrl });
});

describe('elapsedSeconds', () => {
	const order = (provider: string) => ({
		provider,
		prompt: '{{sandbox seconds=90}}',
		...(provider === 'minimax' && { model: 'MiniMax-H3' }),
	});

	test.each(['minimax', 'toapis', 'apiframe'])(
		'is how long the vendor took where it says both times: %s',
		async (provider) => {
			const { createdAt, completedAt, elapsedSeconds } = await generate(order(provider));
			const took = Date.parse(String(completedAt)) - Date.parse(String(createdAt));
			expect(elapsedSeconds).toBe(Math.round(took / 1000));
			expect(Math.abs(Number(elapsedSeconds) - 90)).toBeLessThanOrEqual(1);
		},
	);

	test.each([
		['runware', {}],
		['minimax', { model: 'MiniMax-Hailuo-2.3' }],
	])('is left out where a vendor says no time of the end: %s', async (provider, more) => {
		const item = await generate({ ...order(provider), ...more });
		expect(item.status).toBe('completed');
		expect(item).not.toHaveProperty('completedAt');
		expect(item).not.toHaveProperty('elapsedSeconds');
	});

	test('is left out of a video that is not finished', async () => {
		const pending = await generate({ ...order('toapis'), waitForCompletion: false });
		expect(pending).not.toHaveProperty('elapsedSeconds');
	});
});
