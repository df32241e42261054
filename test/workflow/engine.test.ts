import type { INodeParameters } from 'n8n-workflow';
import { clock } from '../../nodes/shared/clock';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

const time = simulateTime();

useSandbox(time);

interface Extra {
	readonly prompts?: string[];
	readonly node?: object;
	readonly signal?: AbortSignal;
}

async function run(parameters: INodeParameters = {}, { prompts, node, signal }: Extra = {}) {
	return await runNode({
		parameters: { prompt: '={{ $json.prompt }}', ...parameters },
		items: (prompts ?? ['A paper boat']).map((prompt) => ({ json: { prompt } })),
		credentials: sandboxKeys(sandbox),
		node,
		signal,
	});
}

const keyRefusedOnce = {
	vendor: 'minimax',
	step: 'status',
	kind: 'custom',
	status: 200,
	body: { base_resp: { status_code: 1004, status_msg: 'login fail' } },
} as const;

test('one failed item touches no other, and Continue On Fail keeps its reference', async () => {
	const { items, hints } = await run(
		{},
		{
			prompts: ['one', 'two {{sandbox fail=1027}}', 'three'],
			node: { onError: 'continueRegularOutput' },
		},
	);
	expect(items.map(({ json }) => json.status)).toEqual(['completed', undefined, 'completed']);
	expect(items[1]).toMatchObject({
		json: {
			error: expect.stringMatching(/sensitive content.*\[minimax:v1:\d+\]$/),
			details: {
				taskRef: expect.stringMatching(/^minimax:v1:\d+$/),
				status: 'failed',
				failure: { code: '1027', retryable: false },
			},
		},
		pairedItem: { item: 1 },
	});
	// n8n itself shows such a run as a success.
	expect(hints[0]).toMatch(/^1 of 3 items failed: item 2: .*sensitive content/);
});

test('without Continue On Fail the message names the tasks of the other items', async () => {
	const { error } = await run({}, { prompts: ['one', 'two {{sandbox fail=1027}}'] });
	const [first] = sandbox.tasks();
	expect(error?.description).toContain(`Tasks of the other items: minimax:v1:${first.id}`);
});

test('Retry On Fail goes on with the tasks of the first try', async () => {
	sandbox.inject(keyRefusedOnce);
	const { items, hints } = await run(
		{},
		{ prompts: ['one', 'two'], node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
	);
	expect(items).toHaveLength(2);
	expect(hints.join(' ')).toContain('Nothing was paid twice');
	expect(sandbox.charges('key')).toHaveLength(2);
});

test('Retry On Fail does not repeat a create whose answer was lost', async () => {
	sandbox.inject({ vendor: 'minimax', step: 'create', kind: 'resetAfterRead' });
	const { error } = await run(
		{},
		{ node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
	);
	expect(error?.message).toMatch(/may have accepted the request/);
	expect(sandbox.requests({ vendor: 'minimax', step: 'create' })).toHaveLength(1);
	expect(sandbox.charges('key')).toHaveLength(1);
});

test('a wait that runs out fails with the reference, or returns the pending task', async () => {
	const prompts = ['{{sandbox seconds=7200}}'];
	const failed = await run({ wait: { timeoutMinutes: 1 } }, { prompts });
	expect(failed.error?.message).toMatch(/not ready after 1 minute.*\[minimax:v1:\d+\]$/);
	expect(failed.error?.description).toContain('Hailuo Query Task');
	const pending = await run(
		{ wait: { timeoutMinutes: 1, onTimeout: 'returnPending' } },
		{ prompts },
	);
	expect(pending.items[0].json).toMatchObject({
		taskRef: expect.stringMatching(/^minimax:v1:\d+$/),
		status: expect.stringMatching(/queued|processing/),
	});
	expect(pending.items[0].binary).toBeUndefined();
});

test('a file over the cap leaves the item with its link and the reason', async () => {
	sandbox.configure({ downloadBytes: 3 * 1024 * 1024 });
	const { items, error } = await run({ download: { maxSizeMb: 1 } });
	expect(error).toBeUndefined();
	expect(items[0].json).toMatchObject({
		status: 'completed',
		videoUrl: expect.stringContaining('http'),
		downloadSkipped: expect.stringMatching(/it has 3 MB, and Maximum Size is 1 MB/),
	});
	expect(items[0].binary).toBeUndefined();
});

test('several videos of one task go into several fields, and no key goes to the download host', async () => {
	const { items } = await run({
		provider: 'runware',
		options: { numberResults: 3 },
		download: { binaryField: 'my video ✓' },
	});
	expect(Object.keys(items[0].binary ?? {})).toEqual([
		'my video ✓',
		'my video ✓_2',
		'my video ✓_3',
	]);
	expect(items[0].json.videos).toHaveLength(3);
	expect(items[0].json.cost).toMatchObject({ unit: 'USD', source: 'provider' });
	const downloads = sandbox.requests().filter(({ step }) => step === 'download');
	expect(downloads.map(({ auth }) => auth)).toEqual(['none', 'none', 'none']);
});

test('Maximum Cost counts for the whole run, and sends nothing', async () => {
	const { error } = await run({ options: { maxCost: 0.5 } }, { prompts: ['one', 'two'] });
	expect(error?.message).toBe(
		'This would cost about $0.56 for 2 items, more than the Maximum Cost of $0.50',
	);
	expect(sandbox.requests()).toHaveLength(0);
});

test('a dry run shows the request and the estimate, and sends nothing', async () => {
	const { items } = await run({ options: { dryRun: true }, duration: 10 });
	expect(items[0].json).toEqual({
		dryRun: true,
		provider: 'minimax',
		request: {
			method: 'POST',
			url: `${sandbox.baseUrl('minimax')}/v1/video_generation`,
			body: { model: 'MiniMax-Hailuo-2.3', prompt: 'A paper boat', duration: 10 },
		},
		estimate: { amount: 0.56, unit: 'USD' },
	});
	expect(sandbox.requests()).toHaveLength(0);
});

test('item 21 of a minute waits for MiniMax’s rate limit instead of running into it', async () => {
	const prompts = Array.from({ length: 22 }, (_, index) => `Scene ${index}`);
	const { items } = await run(
		{ waitForCompletion: false, options: { concurrency: 50 } },
		{ prompts },
	);
	expect(items).toHaveLength(22);
	const answers = sandbox.requests({ vendor: 'minimax', step: 'create' });
	expect(answers).toHaveLength(22);
	expect(answers[21].time - answers[0].time).toBeGreaterThan(55_000);
});

/** Stops the run of a task of two hours after 20 seconds, and gives the seconds that it took. */
async function stopped(): Promise<number> {
	const started = time.elapsed();
	const stop = new AbortController();
	void time.sleep(20_000).then(() => stop.abort());
	await run({}, { prompts: ['{{sandbox seconds=7200}}'], signal: stop.signal });
	return (time.elapsed() - started) / 1000;
}

test('Stop ends the run at once', async () => {
	expect(await stopped()).toBeLessThan(25);
	expect(sandbox.charges('key')).toHaveLength(1);
});

test('Stop also ends sleeps of an n8n whose sleep ignores the signal', async () => {
	const { sleep } = clock;
	clock.sleep = async (milliseconds) => await sleep(milliseconds);
	try {
		expect(await stopped()).toBeLessThan(25);
	} finally {
		clock.sleep = sleep;
	}
});
