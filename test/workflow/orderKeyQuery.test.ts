import type { INodeParameters } from 'n8n-workflow';
import { columns, firstColumns } from '../../nodes/shared/taskTable/rows';
import { type NodeRun, runNode } from '../../harness/engine/runNode';
import { runAndRead } from './labels';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { keys, sandbox, submit, table, useSandbox, useTaskTable } from './world';

/** Query Task by the key under which a video was ordered. */
useSandbox(simulateTime());
useTaskTable();

const order = async (orderKey: string, prompt: string, more: INodeParameters = {}) =>
	await submit('minimax', prompt, { recordTask: true, taskTable: { orderKey }, ...more });

async function query(
	orderKey: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) {
	return await runAndRead({
		type: 'hailuoQueryTask',
		parameters: { taskBy: 'orderKey', orderKey, ...parameters },
		credentials: keys(),
		...more,
	});
}

test('Get asks for the task of the key, and brings its row up to date', async () => {
	const { taskRef } = await order('sku-1', '{{sandbox seconds=5}} A paper boat');
	const [, running] = (await query('sku-1')).outputs;
	expect(running[0].json).toMatchObject({ taskRef, model: 'MiniMax-Hailuo-2.3' });
	sandbox.advance(10_000);
	const [completed] = (await query(' sku-1 ')).outputs;
	expect(completed[0].json).toMatchObject({ taskRef, status: 'completed', cost: { amount: 0.28 } });
	expect(table.rows).toMatchObject([{ taskRef, status: 'completed', orderKey: 'sku-1' }]);
	expect(sandbox.charges('key')).toHaveLength(1);
});

test('Wait and Download take keys too, each item its own', async () => {
	const one = await order('1', '{{sandbox seconds=20}} One');
	const two = await order('2', '{{sandbox seconds=5}} Two', { provider: 'runware' });
	const items = [{ json: { id: 2 } }, { json: { id: 1 } }];
	const byId = '={{ $json.id }}';
	const waited = await query(byId, { operation: 'wait' }, { items });
	expect(waited.items.map(({ json }) => json.taskRef)).toEqual([two.taskRef, one.taskRef]);
	expect(waited.items.map(({ binary }) => binary?.data.mimeType)).toEqual([
		'video/mp4',
		'video/mp4',
	]);
	const downloaded = await query('1', { operation: 'download' });
	expect(downloaded.items[0].binary?.data.mimeType).toBe('video/mp4');
	expect(table.requests.filter((one) => one === 'POST /data-tables')).toHaveLength(1);
});

test('of several orders under a key the one that has not failed is meant', async () => {
	await order('sku-1', '{{sandbox seconds=1 fail=1027}} A paper boat');
	sandbox.advance(5000);
	const failed = await query('sku-1');
	expect(failed.outputs[2][0].json).toMatchObject({ status: 'failed' });
	const again = await order('sku-1', '{{sandbox seconds=1 fail=1027}} A paper boat');
	expect(table.rows).toHaveLength(2);
	expect((await query('sku-1')).outputs.flat()[0].json.taskRef).toBe(again.taskRef);
});

describe('what has no task is a sentence that says what to do', () => {
	const sent = { provider: 'toapis', orderKey: 'sku-1', taskRef: null, executionId: '77' };

	test.each([
		[
			'reserved',
			{ status: 'reserved' },
			/“sku-1” is reserved by execution 77, and nothing was sent/,
		],
		[
			'between two vendors',
			{ status: 'reserved', attempts: '[{"provider":"minimax","failure":"Its balance is empty"}]' },
			/“sku-1” is reserved by execution 77, and the next vendor was not asked yet/,
		],
		[
			'sending',
			{ status: 'sending', sentAt: '2026-03-04T16:00:00.000Z' },
			/“sku-1” was sent to ToAPIs on 2026-03-04 16:00 UTC by execution 77, and the answer is not/,
		],
		[
			'failed',
			{ status: 'failed', failure: 'money was short' },
			/before there was a task: money was short/,
		],
	])('%s', async (_, row, sentence) => {
		table.create();
		table.insert({ ...sent, ...row });
		for (const operation of ['get', 'wait', 'download']) {
			const { error } = await query('sku-1', { operation });
			expect(error?.message).toMatch(sentence);
			expect(error?.description).toMatch(/run the node that makes the video again/i);
		}
		expect(sandbox.requests()).toEqual([]);
		expect(table.rows).toMatchObject([row]);
	});

	test('a key that is ordered anew just now is not taken for its failed order', async () => {
		table.create();
		table.insert({ ...sent, status: 'failed', taskRef: 'toapis:video:1' });
		table.insert({ ...sent, status: 'reserved' });
		expect((await query('sku-1')).error?.message).toMatch(/“sku-1” is reserved/);
	});

	test('an unknown key, an empty one, a missing table', async () => {
		const missing = await query('sku-1');
		expect(missing.error?.message).toMatch(/“Hailuo Tasks” does not exist/);
		table.create();
		const unknown = await query('sku-1');
		expect(unknown.error?.message).toBe('The task table “Hailuo Tasks” has no Order Key “sku-1”');
		expect(unknown.error?.description).toMatch(/Check the key and Task Table Name/);
		const empty = await query('={{ $json.absent }}');
		expect(empty.error?.message).toBe('Order Key is empty');
		expect(sandbox.requests()).toEqual([]);
	});

	test('a table without keys, a reference of nobody', async () => {
		table.create(
			'Old',
			columns.filter(({ name }) => firstColumns.includes(name)),
		);
		const old = await query('sku-1', { taskTableName: 'Old' });
		expect(old.error?.message).toMatch(/made by an older version and has no column orderKey/);
		table.create();
		table.insert({ ...sent, taskRef: 'sora:video:1', status: 'completed' });
		expect((await query('sku-1')).error?.message).toMatch(/“sora:video:1” is not a task reference/);
	});

	test('wrong keys stop no other item', async () => {
		await order('1', '{{sandbox seconds=1}} One');
		sandbox.advance(5000);
		const items = [{ json: { id: 'x' } }, { json: { id: 1 } }];
		const node = { onError: 'continueRegularOutput' } as const;
		const { outputs } = await query('={{ $json.id }}', {}, { items, node });
		expect(outputs[0][0].json.status).toBe('completed');
		expect(outputs[2][0].json.error).toMatch(/has no Order Key “x”/);
	});
});

test('a workflow that was saved before there were keys goes on with references', async () => {
	const { taskRef } = await order('sku-1', '{{sandbox seconds=1}} One');
	sandbox.advance(5000);
	table.requests.length = 0;
	const { outputs } = await runNode({
		type: 'hailuoQueryTask',
		parameters: { task: String(taskRef) },
		credentials: keys(),
	});
	expect(outputs[0][0].json.taskRef).toBe(taskRef);
	expect(table.requests).toEqual([]);
});

test('a reference that a person writes into a row whose answer was lost is gone on with', async () => {
	sandbox.inject({ vendor: 'toapis', step: 'create', kind: 'resetAfterRead' });
	const ordering = {
		parameters: {
			provider: 'toapis',
			prompt: '{{sandbox seconds=5}} A paper boat',
			downloadVideo: false,
			recordTask: true,
			taskTable: { orderKey: 'sku-1' },
		},
		credentials: keys(),
	};
	expect((await runNode(ordering)).error?.description).toMatch(/Look at the task log/);
	expect((await query('sku-1')).error?.message).toMatch(/was sent to ToAPIs on/);
	expect((await runNode(ordering)).error?.description).toMatch(
		/delete the row of Order Key “sku-1”/,
	);
	const { taskRef } = await submit('toapis', '{{sandbox seconds=5}} A paper boat');
	Object.assign(table.rows[0], { taskRef, status: 'processing' });
	const { items } = await runNode(ordering);
	expect(items).toMatchObject([{ json: { taskRef, status: 'completed' } }]);
	expect(sandbox.requests({ vendor: 'toapis', step: 'create' })).toHaveLength(2);
});
