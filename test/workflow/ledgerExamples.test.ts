import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { readExample } from '../../harness/n8n/examples';
import { type NodeOutcome, runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { keys, sandbox, table, useSandbox, useTaskTable } from './world';

/** What the examples promise that live on the task table, over days that a real n8n has no time for. */
jest.setTimeout(60_000);
const time = simulateTime();
useSandbox(time);
useTaskTable();

const day = 86_400_000;

/** No day, week or month ends while a test runs. */
beforeEach(async () => {
	const today = new Date(time.now());
	const noon = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 10, 16);
	await time.sleep(noon - time.now());
});

function nodeOf(example: string, name: string) {
	const node = readExample(example, {}).nodes.find((one) => one.name === name);
	if (!node) throw new Error(`${example} has no node ${name}`);
	const { parameters, type, onError } = node;
	return {
		parameters: parameters as INodeParameters & { taskTable: INodeParameters },
		type: type.replace('n8n-nodes-hailuo.', ''),
		...(onError !== undefined && { node: { onError: 'continueErrorOutput' as const } }),
	};
}

async function run(
	{ parameters, ...node }: ReturnType<typeof nodeOf>,
	taskTable: INodeParameters = {},
	items: INodeExecutionData[] = [{ json: {} }],
): Promise<NodeOutcome> {
	const all = { ...parameters, taskTable: { ...parameters.taskTable, ...taskTable } };
	return await runNode({ ...node, parameters: all, items, credentials: keys() });
}

const paid = () => sandbox.charges('key').length;

describe('catalogue', () => {
	const example = nodeOf('catalogue', 'Generate Video');
	const product = (productId: string) => ({
		json: { productId, picture: `https://example.com/${productId}.jpg`, prompt: productId },
	});

	test('pays for new products only, a week later as well', async () => {
		const first = await run(example, {}, ['lamp', 'chair'].map(product));
		await time.sleep(7 * day);
		const items = ['lamp', 'chair', 'vase'].map(product);
		const later = await run(example, {}, items);
		expect(later.error).toBeUndefined();
		expect(paid()).toBe(3);
		expect(later.items.slice(0, 2).map(({ json }) => json.taskRef)).toEqual(
			first.items.map(({ json }) => json.taskRef),
		);
		expect(later.items.map(({ binary }) => binary?.data.mimeType)).toEqual(
			items.map(() => 'video/mp4'),
		);
	});

	test('two runs at the same moment pay once for each product', async () => {
		const items = ['lamp', 'chair'].map(product);
		const runs = await Promise.all([run(example, {}, items), run(example, {}, items)]);
		for (const { error } of runs) expect(error).toBeUndefined();
		expect(paid()).toBe(2);
	});
});

describe('daily clip', () => {
	const example = nodeOf('daily-clip', 'Generate Video');

	test('a day is paid for once', async () => {
		await run(example);
		const { items } = await run(example);
		expect(items).toMatchObject([{ json: { status: 'completed' } }]);
		expect(paid()).toBe(1);
	});

	test('what goes over the budget of the month is not sent, and the next month goes on', async () => {
		// Enough for three clips of $0.28.
		const clip = { budget: 1, orderKey: '={{ $json.key }}' };
		const outcomes: Array<[number, number]> = [];
		for (const key of ['1', '2', '3', '4']) {
			const { outputs } = await run(example, clip, [{ json: { key } }]);
			outcomes.push([outputs[0].length, outputs[1].length]);
			if (key === '4') {
				expect(outputs[1][0].json.error).toMatch(
					/This would cost about \$0\.28, .+ of this month: \$0\.84 of \$1\.00 is spent/,
				);
			}
		}
		expect(outcomes).toEqual([
			[1, 0],
			[1, 0],
			[1, 0],
			[0, 1],
		]);
		expect(paid()).toBe(3);
		await time.sleep(32 * day);
		const { outputs } = await run(example, clip, [{ json: { key: '5' } }]);
		expect(outputs[0]).toHaveLength(1);
		expect(paid()).toBe(4);
	});
});

test('weekly costs are those of the week before', async () => {
	await run(nodeOf('daily-clip', 'Generate Video'));
	const example = nodeOf('weekly-costs', 'Sum Up Costs');
	const { items: same } = await runNode({ ...example, credentials: keys() });
	expect(same).toMatchObject([{ json: { count: 0, spentUsd: 0 } }]);
	await time.sleep(7 * day);
	const { items } = await runNode({ ...example, credentials: keys() });
	expect(items).toMatchObject([{ json: { completed: 1, spentUsd: 0.28, unknownCosts: 0 } }]);
	expect(table.rows).toHaveLength(1);
});
