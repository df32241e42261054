import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { clock } from '../../nodes/shared/clock';
import { restartAnswers } from '../../harness/fakeTaskTable';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { keys, sandbox, startAfresh, table, useSandbox, useTaskTable } from './world';

/** What the task table promises beyond one execution: keys, budgets, rows that are surely written. */
jest.setTimeout(120_000);
useSandbox(simulateTime());
useTaskTable();

const numbered = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, n) => ({ json: { n } }));

const order = async (
	taskTable: INodeParameters,
	parameters: INodeParameters = {},
	items = numbered(1),
	node: object = {},
) =>
	await runNode({
		parameters: {
			prompt: '{{sandbox seconds=20}} A boat',
			downloadVideo: false,
			recordTask: true,
			taskTable,
			...parameters,
		},
		items,
		credentials: keys(),
		node,
	});

const charges = () => sandbox.charges('key').length;

describe('an order key', () => {
	test('is taken by one of many executions at the same moment; the others get its video', async () => {
		const all = await Promise.all(
			Array.from({ length: 12 }, async () => await order({ orderKey: 'sku-1' })),
		);
		const references = all.map(({ items }) => items[0].json.taskRef);
		expect(new Set(references).size).toBe(1);
		expect(charges()).toBe(1);
		expect(table.rows).toHaveLength(1);
	});

	test('the same key twice in one run is one video', async () => {
		const { items } = await order({ orderKey: 'sku-1' }, { prompt: 'A boat' }, numbered(5));
		expect(new Set(items.map(({ json }) => json.taskRef)).size).toBe(1);
		expect(charges()).toBe(1);
	});

	test('a task that failed is ordered again, in a row of its own', async () => {
		const first = await order({ orderKey: 'sku-1' }, { prompt: '{{sandbox seconds=5 fail=1027}}' });
		expect(first.error).toBeDefined();
		const again = await order({ orderKey: 'sku-1' }, { prompt: 'A calm sea' });
		expect(again.error).toBeUndefined();
		expect(table.rows.map(({ status }) => status)).toEqual(['failed', 'completed']);
	});

	test('an unfinished task is waited for, and found failed it is ordered again', async () => {
		await order({ orderKey: 'a' }, { waitForCompletion: false });
		const waited = await order({ orderKey: 'a' });
		expect(waited.items[0].json.status).toBe('completed');
		expect(waited.hints.join()).toMatch(/went on with .+ Nothing was paid again/);
		expect(charges()).toBe(1);
	});

	test('a file by its content and a link without its signature are the same picture', async () => {
		const image = (signature: string) => ({
			mode: 'imageToVideo',
			prompt: 'It floats',
			firstFrameUrl: `https://files.example.com/boat.png?X-Amz-Signature=${signature}&X-Amz-Date=${signature}`,
		});
		await order({ orderKey: 'sku-1' }, image('a1'));
		const { error } = await order({ orderKey: 'sku-1' }, image('b2'));
		expect(error).toBeUndefined();
		const other = { ...image('a1'), firstFrameUrl: 'https://files.example.com/train.png' };
		const { error: differs } = await order({ orderKey: 'sku-1' }, other);
		expect(differs?.message).toMatch(/First Frame differs/);
		expect(charges()).toBe(1);
	});

	test('a key of an expression that gives nothing is refused, and nothing is sent', async () => {
		const { error } = await order({ orderKey: '={{ $json.none }}' });
		expect(error?.message).toMatch(/Order Key gave no text/);
		expect(charges()).toBe(0);
	});

	test('a video that the vendor has forgotten says so, and how to order anew', async () => {
		await order({ orderKey: 'sku-1' });
		sandbox.reset();
		const { error } = await order({ orderKey: 'sku-1' });
		expect(error?.message).toMatch(/was made on .+ gives no link to it any more/);
		expect(error?.description).toMatch(/delete the row of Order Key “sku-1”/);
		expect(charges()).toBe(0);
	});

	test('without n8n’s API nothing is sent', async () => {
		table.state = 'off';
		const { error } = await order({ orderKey: 'sku-1' });
		expect(error?.message).toMatch(/does not accept the API key/);
		expect(charges()).toBe(0);
	});
});

describe.each(['runware', 'apiframe'])('%s can be asked for an order of a dead execution', (id) => {
	test('its task is found and its row mended', async () => {
		const first = await order({ orderKey: 'sku-1' }, { provider: id, waitForCompletion: false });
		const [row] = table.rows;
		const { taskRef } = first.items[0].json;
		// As kill -9 leaves it between the vendor's answer and the row.
		Object.assign(row, { taskRef: null, status: 'sending', heldBy: 'somebody' });
		startAfreshInMemory();
		const again = await order({ orderKey: 'sku-1' }, { provider: id });
		expect(again.error).toBeUndefined();
		expect(again.items[0].json.taskRef).toBe(taskRef);
		expect(table.rows).toMatchObject([{ taskRef, status: 'completed', heldBy: null }]);
		expect(charges()).toBe(1);
	});
});

test('MiniMax cannot be asked: the error says where to look, what may be, and how to order anew', async () => {
	await order({ orderKey: 'sku-1' }, { waitForCompletion: false });
	Object.assign(table.rows[0], { taskRef: null, status: 'sending', heldBy: 'somebody' });
	const { error } = await order({ orderKey: 'sku-1' });
	expect(error?.message).toMatch(/may have accepted the request and charged for it/);
	expect(error?.description).toMatch(/delete the row/);
	expect(charges()).toBe(1);
});

test('a row that was only reserved by a dead execution is taken over', async () => {
	await order({ orderKey: 'sku-1' }, { waitForCompletion: false });
	sandbox.reset();
	Object.assign(table.rows[0], { taskRef: null, status: 'reserved', heldBy: 'somebody' });
	const { error } = await order({ orderKey: 'sku-1' });
	expect(error).toBeUndefined();
	expect(table.rows).toMatchObject([{ status: 'completed' }]);
	expect(charges()).toBe(1);
});

describe('a budget', () => {
	test('lets exactly as many through as it has money for, of many executions at once', async () => {
		const all = await Promise.all(
			Array.from(
				{ length: 9 },
				async () => await order({ budget: 1 }, { waitForCompletion: false }),
			),
		);
		// $0.28 each.
		expect(charges()).toBe(3);
		const refused = all.filter(({ error }) => error);
		expect(refused).toHaveLength(6);
		for (const { error } of refused)
			expect(error?.message).toMatch(/is left of the Budget|of Budget/);
	});

	test('counts the whole run before anything is sent', async () => {
		const { error } = await order({ budget: 1 }, {}, numbered(4));
		expect(error?.message).toMatch(
			/about \$1\.12, more than is left .+ \$0\.00 of \$1\.00 is spent/,
		);
		expect(charges()).toBe(0);
	});

	test('counts nothing for what was ordered under its key before', async () => {
		await order({ orderKey: '={{ "sku " + $json.n }}', budget: 1 }, {}, numbered(3));
		const again = await order({ orderKey: '={{ "sku " + $json.n }}', budget: 1 }, {}, numbered(3));
		expect(again.error).toBeUndefined();
		expect(charges()).toBe(3);
	});

	test('of a label counts that label', async () => {
		const budget = { budget: 0.3, budgetScope: 'label' };
		await order({ ...budget, label: 'spring' });
		expect((await order({ ...budget, label: 'autumn' })).error).toBeUndefined();
		expect((await order({ ...budget, label: 'spring' })).error).toBeDefined();
		expect((await order(budget)).error?.message).toMatch(/Budget Scope is Label/);
	});

	test.each(['five', '$5', -1, true])('that is %s is refused', async (budget) => {
		const { error } = await order({ budget } as INodeParameters);
		expect(error?.message).toMatch(/^Budget/);
		expect(charges()).toBe(0);
	});
});

test.each([
	['faults', [503]],
	['the answers of a restart', restartAnswers],
])('n8n’s API gives %s while 20 tasks are submitted: every row is written', async (_, answers) => {
	table.create();
	table.faults = Array.from({ length: 60 }, (__, index) => answers[index % answers.length]);
	const { hints } = await order({}, { waitForCompletion: false }, numbered(20));
	expect(table.rows.filter(({ taskRef }) => taskRef !== null)).toHaveLength(20);
	expect(hints.join()).not.toContain('task table');
	expect(charges()).toBe(20);
});

test.each(Array.from({ length: 12 }, (_, index) => index))(
	'n8n’s main process restarts after %i of an order’s requests to the table: it is made once, and recorded',
	async (before) => {
		table.create();
		table.faults = [...Array.from({ length: before }, () => 0), ...restartAnswers];
		const { items, error } = await order({ orderKey: 'sku 1' });
		expect(error).toBeUndefined();
		expect(charges()).toBe(1);
		const made = table.rows.filter(({ taskRef }) => taskRef !== null);
		expect(made).toEqual([expect.objectContaining({ taskRef: items[0].json.taskRef })]);
	},
);

test('the same unrecorded task twice in one Query Task run: one row', async () => {
	const { items } = await order({}, { recordTask: false, waitForCompletion: false });
	const { taskRef } = items[0].json;
	await runNode({
		type: 'hailuoQueryTask',
		parameters: { task: String(taskRef), recordTask: true },
		items: numbered(4),
		credentials: keys(),
	});
	expect(table.rows).toHaveLength(1);
});

test('a table that does not answer is waited for once by all items that need it', async () => {
	table.create();
	table.faults = Array.from({ length: 500 }, () => 503);
	const began = clock.elapsed();
	const { error } = await order({ orderKey: '={{ "sku " + $json.n }}' }, {}, numbered(20));
	expect(error?.message).toMatch(/HTTP 503/);
	expect(clock.elapsed() - began).toBeLessThan(3 * 60_000);
	expect(charges()).toBe(0);
});

test('one wrong row of a batch sends nothing, and all wrong ones are listed', async () => {
	const prompt = '={{ $json.n % 2 ? "" : "A boat" }}';
	const { error } = await order({}, { prompt }, numbered(5));
	expect(error?.message).toMatch(
		/Nothing was sent, because 2 of 5 items cannot be made: item 2: Prompt .+; item 4: Prompt/,
	);
	expect(charges()).toBe(0);
	const given = await order({}, { prompt }, numbered(5), { onError: 'continueRegularOutput' });
	expect(given.items.map(({ json }) => json.status ?? 'error')).toEqual([
		'completed',
		'error',
		'completed',
		'error',
		'completed',
	]);
	expect(charges()).toBe(3);
	expect(given.hints).toContain(
		'2 of 5 items failed: item 2: Prompt is empty; item 4: Prompt is empty',
	);
});

/** As a restart of n8n does: the vendors go on. */
function startAfreshInMemory() {
	const { reset } = sandbox;
	sandbox.reset = () => undefined;
	startAfresh();
	sandbox.reset = reset;
}
