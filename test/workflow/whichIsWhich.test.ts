import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { NodeOutcome, NodeRun } from '../../harness/engine/runNode';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { keys, sandbox, useSandbox, useTaskTable } from './world';

/** What a person needs to know which video is which, in the item and beside it. */
jest.setTimeout(120_000);
useSandbox(simulateTime(), { rateLimits: false });
useTaskTable();

async function run(parameters: INodeParameters, more: Partial<NodeRun> = {}) {
	return await runNode({
		parameters: { prompt: '={{ $json.prompt }}', ...parameters },
		credentials: keys(),
		...more,
	});
}

const rows = (...all: IDataObject[]) => all.map((json) => ({ json }));

const include: INodeParameters = { options: { includeInputFields: true } };
const quick: INodeParameters = { downloadVideo: false };

describe('File Name', () => {
	const namesOf = (items: readonly INodeExecutionData[]) =>
		items.map(({ binary = {} }) => Object.values(binary).map(({ fileName }) => fileName));
	const named: INodeParameters = { download: { fileName: '={{ $json.sku }}' } };

	test('each file is called by its row, or by its task where the row has no name', async () => {
		const { items, error } = await run(named, {
			items: rows(
				{ prompt: 'A boat', sku: 'Red: boat/2.mp4' },
				{ prompt: 'A kite', sku: 4711 },
				{ prompt: 'A shoe' },
			),
		});
		expect(error).toBeUndefined();
		const task = String(items[2].json.taskId);
		expect(namesOf(items)).toEqual([['Red boat 2.mp4'], ['4711.mp4'], [`hailuo-${task}.mp4`]]);
	});

	test('several videos of one order are numbered', async () => {
		const { items } = await run(
			{ ...named, provider: 'runware', options: { numberResults: 3 } },
			{ items: rows({ prompt: 'A boat', sku: 'boat' }) },
		);
		expect(namesOf(items)).toEqual([['boat.mp4', 'boat-2.mp4', 'boat-3.mp4']]);
	});

	test.each(['wait', 'download'])('Query Task, %s, gives the same name', async (operation) => {
		const submitted = await run(
			{ ...include, waitForCompletion: false },
			{ items: rows({ prompt: '{{sandbox seconds=1}}', sku: 'boat' }) },
		);
		sandbox.advance(10_000);
		const { items } = await run(
			{ ...named, operation, task: '={{ $json.taskRef }}' },
			{ type: 'hailuoQueryTask', items: submitted.items },
		);
		expect(namesOf(items)).toEqual([['boat.mp4']]);
	});

	test('what is no text is refused before anything is sent', async () => {
		const { error } = await run(
			{ download: { fileName: '={{ ["boat"] }}' } },
			{ items: rows({ prompt: 'A boat' }) },
		);
		expect(error?.message).toBe('File Name is a list or an object');
		expect(sandbox.requests()).toHaveLength(0);
	});
});

describe('what a run costs is said once, for all', () => {
	const costs = (hints: readonly string[]) => hints.filter((one) => /cost|\$|credits/i.test(one));
	const four = rows(...['one', 'two', 'three', 'four'].map((prompt) => ({ prompt })));
	const submit = { waitForCompletion: false };

	test('equal videos are multiplied', async () => {
		const { hints } = await run(submit, { items: four });
		expect(costs(hints)).toEqual(['Estimated cost: 4 videos x $0.28 = $1.12 (items 1, 2, 3, 4)']);
	});

	test('one video has its price', async () => {
		const { hints } = await run(submit, { items: four.slice(0, 1) });
		expect(costs(hints)).toEqual(['Estimated cost: $0.28']);
	});

	test('several videos of one order are counted as such, by the vendor’s own figure', async () => {
		const options = { numberResults: 2 };
		const { hints } = await run({ ...quick, provider: 'runware', options }, { items: four });
		expect(costs(hints)).toEqual(['Cost: 8 videos x $0.28 = $2.24 (items 1, 2, 3, 4)']);
	});

	test('of other prices and units the sum comes first; a failed video costs nothing', async () => {
		const items = rows(
			{ prompt: 'one' },
			{ prompt: 'two', duration: 10 },
			{ prompt: 'three {{sandbox fail=1027}}' },
			{ prompt: 'four', provider: 'apiframe' },
			{ prompt: 'five' },
		);
		const { hints } = await run(
			{
				...quick,
				provider: '={{ $json.provider ?? "minimax" }}',
				duration: '={{ $json.duration ?? 0 }}',
			},
			{ items, node: { onError: 'continueRegularOutput' } },
		);
		expect(costs(hints)).toEqual([
			'Estimated cost of items 1, 2, 4, 5: $1.12 and 5 credits. 2 videos x $0.28 = $0.56 (items 1, 5); $0.56 (item 2); 5 credits (item 4)',
		]);
	});

	test('what another run has paid is not counted again', async () => {
		const keyed = {
			...submit,
			recordTask: true,
			taskTable: { orderKey: '={{ $json.prompt }}' },
		};
		await run(keyed, { items: four.slice(0, 3) });
		const { hints } = await run(keyed, { items: four });
		expect(costs(hints)).toEqual(['Estimated cost: $0.28 (item 4)']);
		const again = await run(keyed, { items: four });
		expect(costs(again.hints)).toEqual([]);
	});

	test('a dry run has a sum, and says whose price is not known', async () => {
		const items = [...four, ...rows({ prompt: 'five', provider: 'toapis' })];
		const { hints } = await run(
			{ provider: '={{ $json.provider ?? "minimax" }}', options: { dryRun: true } },
			{ items },
		);
		expect(hints).toEqual([
			'Estimated cost: 4 videos x $0.28 = $1.12 (items 1, 2, 3, 4)',
			'No price of Model MiniMax-Hailuo-2.3 with Resolution 768P is known (item 5)',
		]);
		expect(sandbox.requests()).toHaveLength(0);
	});

	test('Maximum Cost names no item where all are meant', async () => {
		const { error } = await run({ options: { maxCost: 1 } }, { items: four });
		expect(error?.message).toBe(
			'This would cost about $1.12 for 4 items, more than the Maximum Cost of $1.00',
		);
		expect(error).toHaveProperty('context.itemIndex', undefined);
	});
});

describe('the execution’s custom data, by which the list of executions is filtered', () => {
	const dataOf = ({ run: { data } }: NodeOutcome) => data.resultData.metadata ?? {};

	test('names references, cost and links', async () => {
		const outcome = await run(quick, { items: rows({ prompt: 'one' }, { prompt: 'two' }) });
		const [one, two] = outcome.items.map(({ json }) => json);
		expect(dataOf(outcome)).toEqual({
			hailuoTasks: `${String(one.taskRef)}, ${String(two.taskRef)}`,
			hailuoVideos: one.videoUrl,
			hailuoVideos2: two.videoUrl,
			hailuoCost: '0.56 USD',
		});
	});

	test('dollars and credits stand beside each other, and a failed video costs nothing', async () => {
		const outcome = await run(
			{ ...quick, provider: '={{ $json.provider ?? "minimax" }}' },
			{
				items: rows(
					{ prompt: 'one' },
					{ prompt: 'two', provider: 'apiframe' },
					{ prompt: 'three {{sandbox fail=1027}}' },
				),
				node: { onError: 'continueRegularOutput' },
			},
		);
		expect(dataOf(outcome).hailuoCost).toBe('0.28 USD, 5 credits');
	});

	test('a retry of the node counts nothing twice', async () => {
		const refused = { status_code: 1004, status_msg: 'login fail' };
		sandbox.inject({
			vendor: 'minimax',
			step: 'status',
			kind: 'custom',
			status: 200,
			body: { base_resp: refused },
		});
		const outcome = await run(quick, {
			items: rows({ prompt: 'one' }, { prompt: 'two {{sandbox seconds=200}}' }),
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(outcome.items).toHaveLength(2);
		expect(dataOf(outcome).hailuoCost).toBe('0.56 USD');
		expect(sandbox.charges('key')).toHaveLength(2);
	});

	test('a video that another run has paid for adds no cost', async () => {
		const keyed = { ...quick, recordTask: true, taskTable: { orderKey: 'one' } };
		await run(keyed, { items: rows({ prompt: 'one' }) });
		const outcome = await run(keyed, { items: rows({ prompt: 'one' }) });
		expect(dataOf(outcome)).toEqual({
			hailuoTasks: outcome.items[0].json.taskRef,
			hailuoVideos: outcome.items[0].json.videoUrl,
		});
	});

	test('Query Task names what it was asked for', async () => {
		const made = await run(quick, { items: rows({ prompt: 'one' }) });
		const [{ json }] = made.items;
		const outcome = await run(
			{ task: String(json.taskRef) },
			{ type: 'hailuoQueryTask', items: [{ json: {} }] },
		);
		expect(dataOf(outcome).hailuoTasks).toBe(json.taskRef);
		expect(dataOf(outcome).hailuoVideos).toContain('http');
	});

	test('many videos stay within what n8n keeps, and leave room for the person’s own keys', async () => {
		const prompts = Array.from({ length: 60 }, (_, index) => ({ prompt: `Scene ${index}` }));
		const outcome = await run(quick, { items: rows(...prompts) });
		const data = dataOf(outcome);
		expect(Object.keys(data).length).toBeLessThanOrEqual(6);
		for (const text of Object.values(data)) expect(text.length).toBeLessThanOrEqual(255);
		const links = outcome.items.map(({ json }) => json.videoUrl);
		for (const link of data.hailuoVideos.split(', ')) expect(links).toContain(link);
		expect(data.hailuoCost).toBe('16.8 USD');
	});
});

describe('Include Input Fields', () => {
	const boat = { sku: 'boat', campaign: { name: 'spring' }, prompt: 'A boat' };

	test('the columns of the row go along, and the fields of the task win', async () => {
		const { items } = await run(
			{ ...quick, ...include },
			{ items: rows({ ...boat, status: 'todo', model: 'ours', provider: 'us' }) },
		);
		expect(items[0].json).toMatchObject({
			sku: 'boat',
			campaign: { name: 'spring' },
			prompt: 'A boat',
			status: 'completed',
			model: 'MiniMax-Hailuo-2.3',
			provider: 'minimax',
		});
	});

	test('without it only the task is in the item', async () => {
		const { items } = await run(quick, { items: rows(boat) });
		expect(items[0].json).not.toHaveProperty('sku');
	});

	test('nothing of an earlier video passes for this one’s', async () => {
		const stale = {
			videoUrl: 'https://example.com/old.mp4',
			failure: { message: 'old' },
			attempts: [{ provider: 'runware' }],
			downloadSkipped: 'old',
			dryRun: true,
			error: 'old',
			$error: { message: 'old' },
		};
		const { items, error } = await run(
			{ ...include, waitForCompletion: false },
			{ items: rows({ ...boat, ...stale }) },
		);
		expect(error).toBeUndefined();
		expect(items[0].json.sku).toBe('boat');
		for (const name of Object.keys(stale)) expect(items[0].json).not.toHaveProperty(name);
	});

	test('files stay behind: what is in the item is the video', async () => {
		const picture = { data: '', mimeType: 'image/png', fileName: 'one.png' };
		const { items } = await run(
			{ ...include, waitForCompletion: false },
			{ items: [{ json: boat, binary: { data: picture } }] },
		);
		expect(items[0].binary).toBeUndefined();
	});

	test('a dry run shows them too', async () => {
		const { items } = await run(
			{ options: { includeInputFields: true, dryRun: true } },
			{ items: rows(boat) },
		);
		expect(items[0].json).toMatchObject({ sku: 'boat', dryRun: true });
	});

	test.each([
		['continueRegularOutput', 0],
		['continueErrorOutput', 1],
	] as const)('a wrong item keeps its row as well: %s', async (onError, output) => {
		const { outputs } = await run(
			{ ...quick, ...include },
			{ items: rows(boat, { sku: 'empty', prompt: '' }), node: { onError } },
		);
		const wrong = outputs[output].find(({ json }) => json.error !== undefined);
		expect(wrong?.json).toMatchObject({ sku: 'empty', details: expect.anything() });
		const good = outputs[0].find(({ json }) => json.error === undefined);
		expect(good?.json).toMatchObject({ sku: 'boat', status: 'completed' });
	});

	test('Query Task hands the row on, and asks for no status of an earlier look', async () => {
		const submitted = await run(
			{ ...include, waitForCompletion: false },
			{ items: rows({ ...boat, prompt: '{{sandbox seconds=1}}' }) },
		);
		const [{ json }] = submitted.items;
		const ask = async (task: string) =>
			await run(
				{ task, ...include },
				{
					type: 'hailuoQueryTask',
					items: [{ json }],
					node: { onError: 'continueRegularOutput' },
				},
			);
		sandbox.advance(10_000);
		const { outputs } = await ask('={{ $json.taskRef }}');
		expect(outputs[0][0].json).toMatchObject({ sku: 'boat', status: 'completed' });
		const unknown = await ask('minimax:v1:404404404');
		expect(unknown.outputs.map((items) => items.length)).toEqual([0, 0, 1]);
		expect(unknown.outputs[2][0].json).toMatchObject({ sku: 'boat', error: expect.anything() });
	});
});
