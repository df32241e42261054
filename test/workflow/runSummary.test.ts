import type { INodeParameters } from 'n8n-workflow';
import type { NodeOutcome } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { rows, runRows, sandbox, useSandbox, useTaskTable } from './world';

/** What a run says of all its videos together: what they cost, and which they are. */
jest.setTimeout(120_000);
useSandbox(simulateTime(), { rateLimits: false });
useTaskTable();

const quick: INodeParameters = { downloadVideo: false };

describe('what a run costs is said once, for all', () => {
	const costs = (hints: readonly string[]) => hints.filter((one) => /cost|\$|credits/i.test(one));
	const four = rows(...['one', 'two', 'three', 'four'].map((prompt) => ({ prompt })));
	const submit = { waitForCompletion: false };

	test('equal videos are multiplied', async () => {
		const { hints } = await runRows(submit, { items: four });
		expect(costs(hints)).toEqual(['Estimated cost: 4 videos x $0.28 = $1.12 (items 1, 2, 3, 4)']);
	});

	test('one video has its price', async () => {
		const { hints } = await runRows(submit, { items: four.slice(0, 1) });
		expect(costs(hints)).toEqual(['Estimated cost: $0.28']);
	});

	test('several videos of one order are counted as such, by the vendor’s own figure', async () => {
		const options = { numberResults: 2 };
		const { hints } = await runRows({ ...quick, provider: 'runware', options }, { items: four });
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
		const { hints } = await runRows(
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
		await runRows(keyed, { items: four.slice(0, 3) });
		const { hints } = await runRows(keyed, { items: four });
		expect(costs(hints)).toEqual(['Estimated cost: $0.28 (item 4)']);
		const again = await runRows(keyed, { items: four });
		expect(costs(again.hints)).toEqual([]);
	});

	test('a dry run has a sum, and says whose price is not known', async () => {
		const items = [...four, ...rows({ prompt: 'five', provider: 'toapis' })];
		const { hints } = await runRows(
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
		const { error } = await runRows({ options: { maxCost: 1 } }, { items: four });
		expect(error?.message).toBe(
			'This would cost about $1.12 for 4 items, more than the Maximum Cost of $1.00',
		);
		expect(error).toHaveProperty('context.itemIndex', undefined);
	});
});

describe('the execution’s custom data, by which the list of executions is filtered', () => {
	const dataOf = ({ run: { data } }: NodeOutcome) => data.resultData.metadata ?? {};

	test('names references, cost and links', async () => {
		const outcome = await runRows(quick, { items: rows({ prompt: 'one' }, { prompt: 'two' }) });
		const [one, two] = outcome.items.map(({ json }) => json);
		expect(dataOf(outcome)).toEqual({
			hailuoTasks: `${String(one.taskRef)}, ${String(two.taskRef)}`,
			hailuoVideos: one.videoUrl,
			hailuoVideos2: two.videoUrl,
			hailuoCost: '0.56 USD',
		});
	});

	test('dollars and credits stand beside each other, and a failed video costs nothing', async () => {
		const outcome = await runRows(
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
		const outcome = await runRows(quick, {
			items: rows({ prompt: 'one' }, { prompt: 'two {{sandbox seconds=200}}' }),
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(outcome.items).toHaveLength(2);
		expect(dataOf(outcome).hailuoCost).toBe('0.56 USD');
		expect(sandbox.charges('key')).toHaveLength(2);
	});

	test('a video that another run has paid for adds no cost', async () => {
		const keyed = { ...quick, recordTask: true, taskTable: { orderKey: 'one' } };
		await runRows(keyed, { items: rows({ prompt: 'one' }) });
		const outcome = await runRows(keyed, { items: rows({ prompt: 'one' }) });
		expect(dataOf(outcome)).toEqual({
			hailuoTasks: outcome.items[0].json.taskRef,
			hailuoVideos: outcome.items[0].json.videoUrl,
		});
	});

	test('Query Task names what it was asked for', async () => {
		const made = await runRows(quick, { items: rows({ prompt: 'one' }) });
		const [{ json }] = made.items;
		const outcome = await runRows(
			{ task: String(json.taskRef) },
			{ type: 'hailuoQueryTask', items: [{ json: {} }] },
		);
		expect(dataOf(outcome).hailuoTasks).toBe(json.taskRef);
		expect(dataOf(outcome).hailuoVideos).toContain('http');
	});

	test('many videos stay within what n8n keeps, and leave room for the person’s own keys', async () => {
		const prompts = Array.from({ length: 60 }, (_, index) => ({ prompt: `Scene ${index}` }));
		const outcome = await runRows(quick, { items: rows(...prompts) });
		const data = dataOf(outcome);
		expect(Object.keys(data).length).toBeLessThanOrEqual(6);
		for (const text of Object.values(data)) expect(text.length).toBeLessThanOrEqual(255);
		const links = outcome.items.map(({ json }) => json.videoUrl);
		for (const link of data.hailuoVideos.split(', ')) expect(links).toContain(link);
		expect(data.hailuoCost).toBe('16.8 USD');
	});
});
