import { receive } from './receiver';
import { poll, runware, task } from './runwareCalls';
import { sandbox, still, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

it('hands out several results one by one', async () => {
	const three = task({ numberResults: 3, includeCost: true });
	await runware([three]);
	const results = async () =>
		(await poll(three.taskUUID)).json.data.filter(
			({ status }: { status: string }) => status === 'success',
		);
	sandbox.advance(8500);
	expect(await results()).toHaveLength(1);
	sandbox.advance(1500);
	const all = await results();
	expect(new Set(all.map(({ seed }: { seed: number }) => seed)).size).toBe(3);
	expect(all[0].cost).toBe(0.28);
	expect(sandbox.charges()[0]?.amount).toBe(0.84);
});

describe('several results of which some fail', () => {
	const three = (marker: string) =>
		task({ numberResults: 3, positivePrompt: `a lighthouse {{sandbox ${marker}}}` });
	/** What a poll says: statuses of the data, codes of the errors. */
	const states = async (id: string): Promise<[string[], string[]]> => {
		const { status, json } = await poll(id);
		expect(status).toBe(200);
		for (const error of json.errors ?? []) {
			expect(error).toMatchObject({
				status: 'error',
				taskType: 'videoInference',
				taskUUID: id,
				message: expect.any(String),
			});
		}
		return [
			(json.data ?? []).map((one: { status: string }) => one.status),
			(json.errors ?? []).map((one: { code: string }) => one.code),
		];
	};
	const paid = () => sandbox.charges().map(({ amount }) => amount);

	it('hands out one by one what is made and what has failed', async () => {
		const order = three('failResults=2 fail=timeoutProvider');
		await runware([order]);
		expect(await states(order.taskUUID)).toEqual([['processing'], []]);
		sandbox.advance(8000);
		expect(await states(order.taskUUID)).toEqual([['success', 'processing'], []]);
		sandbox.advance(1000);
		expect(await states(order.taskUUID)).toEqual([['success', 'processing'], ['timeoutProvider']]);
		expect(paid()).toEqual([0.84, -0.28]);
		sandbox.advance(1000);
		expect(await states(order.taskUUID)).toEqual([
			['success'],
			['timeoutProvider', 'timeoutProvider'],
		]);
		expect(paid()).toEqual([0.84, -0.28, -0.28]);
		expect(sandbox.tasks()[0]?.phase).toBe('succeeded');
	});

	it('shows failures first, while the others still run, if told so', async () => {
		const order = three('failResults=1 failFirst=yes');
		await runware([order]);
		expect(await states(order.taskUUID)).toEqual([['processing'], ['taskFailed']]);
		expect(paid()).toEqual([0.84, -0.28]);
		sandbox.advance(10_000);
		expect(await states(order.taskUUID)).toEqual([['success', 'success'], ['taskFailed']]);
		const details = { taskType: 'getTaskDetails', taskUUID: order.taskUUID };
		const { response } = (await runware([details])).json.data[0];
		expect([response.data.length, response.errors.length]).toEqual([2, 1]);
		expect(paid()).toEqual([0.84, -0.28]);
	});

	it('keeps the money, if told so', async () => {
		const order = three('failResults=1 charged=yes');
		await runware([order]);
		sandbox.advance(10_000);
		expect(await states(order.taskUUID)).toEqual([['success', 'success'], ['taskFailed']]);
		expect(paid()).toEqual([0.84]);
	});

	it.each(['failResults=3', 'failResults=9', 'fail=taskFailed'])(
		'fails as a whole with %s',
		async (marker) => {
			const order = three(marker);
			await runware([order]);
			sandbox.advance(9999);
			expect(await states(order.taskUUID)).toEqual([['processing'], []]);
			sandbox.advance(1);
			expect(await states(order.taskUUID)).toEqual([[], Array(3).fill('taskFailed')]);
			expect(sandbox.tasks()[0]?.phase).toBe('failed');
			expect(paid()).toEqual([0.84, -0.28, -0.28, -0.28]);
		},
	);

	it('fails nothing with failResults=0', async () => {
		const order = three('failResults=0 fail=taskFailed');
		await runware([order]);
		sandbox.advance(10_000);
		expect(await states(order.taskUUID)).toEqual([Array(3).fill('success'), []]);
	});

	it('calls the webhook for each, failed or not', async () => {
		const messages = await receive(3, async (url) => {
			await runware([{ ...three('failResults=1'), webhookURL: url }]);
			sandbox.advance(10_000);
		});
		const bodies = messages.map(({ text }) => JSON.parse(text));
		expect(bodies.filter(({ data }) => data?.[0].videoURL)).toHaveLength(2);
		expect(bodies.filter(({ errors }) => errors?.[0].code === 'taskFailed')).toHaveLength(1);
	});
});
