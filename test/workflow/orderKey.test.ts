import type { INodeParameters } from 'n8n-workflow';
import { runNode } from './harness';
import { simulateTime } from './time';
import { keys, sandbox, table, useSandbox, useTaskTable } from './world';

useSandbox(simulateTime());
useTaskTable();

const order = async (
	orderKey: string,
	{ taskTable, ...parameters }: INodeParameters & { taskTable?: INodeParameters } = {},
) =>
	await runNode({
		parameters: {
			prompt: '{{sandbox seconds=20}} A paper boat',
			downloadVideo: false,
			recordTask: true,
			taskTable: { orderKey, ...taskTable },
			...parameters,
		},
		credentials: keys(),
	});

test('a video that was made under the key is given out again, and not paid again', async () => {
	const first = await order('sku-1');
	const second = await order('sku-1');
	expect(second.error).toBeUndefined();
	expect(second.items[0].json.taskRef).toBe(first.items[0].json.taskRef);
	expect(second.items[0].json.status).toBe('completed');
	expect(second.hints.join()).toMatch(/Order Key “sku-1” was ordered on .+ Nothing was paid again/);
	expect(sandbox.charges('key')).toHaveLength(1);
	expect(table.rows).toHaveLength(1);
});

test('another request under the same key is refused, and says what differs', async () => {
	await order('sku-1');
	const { error } = await order('sku-1', { prompt: 'A steam train', duration: 10 });
	expect(error?.message).toMatch(/“sku-1” stands for another .+ Prompt and Duration differ/);
	expect(sandbox.charges('key')).toHaveLength(1);
});
