import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { rows, runRows, sandbox, useSandbox, useTaskTable } from './world';

/** What a person needs to know which video is which, in the item and the name of its file. */
jest.setTimeout(120_000);
useSandbox(simulateTime(), { rateLimits: false });
useTaskTable();

const include: INodeParameters = { options: { includeInputFields: true } };
const quick: INodeParameters = { downloadVideo: false };

describe('File Name', () => {
	const namesOf = (items: readonly INodeExecutionData[]) =>
		items.map(({ binary = {} }) => Object.values(binary).map(({ fileName }) => fileName));
	const named: INodeParameters = { download: { fileName: '={{ $json.sku }}' } };

	test('each file is called by its row, or by its task where the row has no name', async () => {
		const { items, error } = await runRows(named, {
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
		const { items } = await runRows(
			{ ...named, provider: 'runware', options: { numberResults: 3 } },
			{ items: rows({ prompt: 'A boat', sku: 'boat' }) },
		);
		expect(namesOf(items)).toEqual([['boat.mp4', 'boat-2.mp4', 'boat-3.mp4']]);
	});

	test.each(['wait', 'download'])('Query Task, %s, gives the same name', async (operation) => {
		const submitted = await runRows(
			{ ...include, waitForCompletion: false },
			{ items: rows({ prompt: '{{sandbox seconds=1}}', sku: 'boat' }) },
		);
		sandbox.advance(10_000);
		const { items } = await runRows(
			{ ...named, operation, task: '={{ $json.taskRef }}' },
			{ type: 'hailuoQueryTask', items: submitted.items },
		);
		expect(namesOf(items)).toEqual([['boat.mp4']]);
	});

	test('what is no text is refused before anything is sent', async () => {
		const { error } = await runRows(
			{ download: { fileName: '={{ ["boat"] }}' } },
			{ items: rows({ prompt: 'A boat' }) },
		);
		expect(error?.message).toBe('File Name is a list or an object');
		expect(sandbox.requests()).toHaveLength(0);
	});
});

describe('Include Input Fields', () => {
	const boat = { sku: 'boat', campaign: { name: 'spring' }, prompt: 'A boat' };

	test('the columns of the row go along, and the fields of the task win', async () => {
		const { items } = await runRows(
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
		const { items } = await runRows(quick, { items: rows(boat) });
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
		const { items, error } = await runRows(
			{ ...include, waitForCompletion: false },
			{ items: rows({ ...boat, ...stale }) },
		);
		expect(error).toBeUndefined();
		expect(items[0].json.sku).toBe('boat');
		for (const name of Object.keys(stale)) expect(items[0].json).not.toHaveProperty(name);
	});

	test('files stay behind: what is in the item is the video', async () => {
		const picture = { data: '', mimeType: 'image/png', fileName: 'one.png' };
		const { items } = await runRows(
			{ ...include, waitForCompletion: false },
			{ items: [{ json: boat, binary: { data: picture } }] },
		);
		expect(items[0].binary).toBeUndefined();
	});

	test('a dry run shows them too', async () => {
		const { items } = await runRows(
			{ options: { includeInputFields: true, dryRun: true } },
			{ items: rows(boat) },
		);
		expect(items[0].json).toMatchObject({ sku: 'boat', dryRun: true });
	});

	test.each([
		['continueRegularOutput', 0],
		['continueErrorOutput', 1],
	] as const)('a wrong item keeps its row as well: %s', async (onError, output) => {
		const { outputs } = await runRows(
			{ ...quick, ...include },
			{ items: rows(boat, { sku: 'empty', prompt: '' }), node: { onError } },
		);
		const wrong = outputs[output].find(({ json }) => json.error !== undefined);
		expect(wrong?.json).toMatchObject({ sku: 'empty', details: expect.anything() });
		const good = outputs[0].find(({ json }) => json.error === undefined);
		expect(good?.json).toMatchObject({ sku: 'boat', status: 'completed' });
	});

	test('Query Task hands the row on, and asks for no status of an earlier look', async () => {
		const submitted = await runRows(
			{ ...include, waitForCompletion: false },
			{ items: rows({ ...boat, prompt: '{{sandbox seconds=1}}' }) },
		);
		const [{ json }] = submitted.items;
		const ask = async (task: string) =>
			await runRows(
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
