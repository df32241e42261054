import type { INodeParameters } from 'n8n-workflow';
import { type Credentials, sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from './world';

const time = simulateTime();
useSandbox(time);

/** Runs a node as n8n runs it for an agent since version 3: by the name of its tool. */
async function runTool(
	type: string,
	parameters: INodeParameters,
	credentials = sandboxKeys(sandbox),
) {
	return await runNode({ type: `${type}Tool`, parameters, credentials });
}

const pet = {
	template: { __rl: true, mode: 'list', value: '393881433990066176' },
	images: { items: [{ source: 'url', url: 'https://example.com/pets/rex.jpg' }] },
};

test('every node gives an agent the link and never the file', async () => {
	const made = await runTool('hailuoGenerateVideo', { prompt: 'A paper boat' });
	const task = String(made.items[0].json.taskRef);
	const outcomes = [
		made,
		await runTool('hailuoTemplateVideo', pet),
		...(await Promise.all(
			['get', 'wait', 'download'].map(
				async (operation) => await runTool('hailuoQueryTask', { operation, task }),
			),
		)),
	];
	for (const { items, outputs } of outcomes) {
		expect(outputs).toHaveLength(1);
		expect(items).toHaveLength(1);
		expect(items[0].json).toMatchObject({
			taskRef: expect.stringMatching(/^minimax:/),
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
		});
		expect(items[0].json).not.toHaveProperty('raw');
		expect(items[0].json).not.toHaveProperty('note');
		expect(items[0].binary).toBeUndefined();
	}
	expect(sandbox.requests({ step: 'download' })).toEqual([]);
});

test('a tool that is told nothing waits 4 minutes and returns the pending task', async () => {
	const start = time.now();
	const made = await runTool('hailuoGenerateVideo', { prompt: '{{sandbox seconds=3600}}' });
	const minutes = (time.now() - start) / 60_000;
	expect(minutes).toBeGreaterThanOrEqual(3.9);
	// The other side of 4 is how slow the machine is; the wait of the node itself is 30.
	expect(minutes).toBeLessThan(25);
	const pending = {
		status: expect.stringMatching(/queued|processing/),
		note: expect.stringContaining('not ready yet'),
	};
	const { taskRef } = made.items[0].json;
	expect(made.items[0].json).toMatchObject(pending);

	const waited = await runTool('hailuoQueryTask', { operation: 'wait', task: String(taskRef) });
	expect(waited.items[0].json).toMatchObject({ ...pending, taskRef });
});

test('a tool that is told how to wait does so', async () => {
	const { error } = await runTool('hailuoGenerateVideo', {
		prompt: '{{sandbox seconds=3600}}',
		wait: { timeoutMinutes: 1, onTimeout: 'fail' },
	});
	expect(error?.message).toMatch(/not ready after 1 minute.*\[minimax:v1:\d+\]\. It goes on at/);
});

test('an error tells the agent what happened and what to do in one message', async () => {
	const { error } = await runTool('hailuoQueryTask', { operation: 'get', task: '' });
	expect(error?.message).toMatch(/^Task is empty: .*\. Enter a reference such as minimax:v1:/);
});

describe('a tool with Fallback Providers', () => {
	const chain = {
		prompt: 'A paper boat',
		provider: 'minimax',
		fallbackProviders: { items: [{ provider: 'runware' }] },
	};

	/** MiniMax's account has no money, and the other one's key is this. */
	const keysWith = (apiKey: string): Credentials => {
		const { hailuoMiniMaxApi, hailuoRunwareApi } = sandboxKeys(sandbox);
		return {
			hailuoMiniMaxApi: { ...hailuoMiniMaxApi, apiKey: 'poor-key' },
			hailuoRunwareApi: { ...hailuoRunwareApi, apiKey },
		};
	};

	test('gives the agent the video of the next vendor, and says why it is not of the first', async () => {
		const { items } = await runTool('hailuoGenerateVideo', chain, keysWith('key'));
		expect(items).toHaveLength(1);
		expect(items[0].json).toMatchObject({
			provider: 'runware',
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
			attempts: [{ provider: 'minimax', failure: { code: '1008' } }],
		});
		expect(items[0].binary).toBeUndefined();
		expect(sandbox.charges()).toHaveLength(1);
	});

	test('tells the agent in one message where nobody can', async () => {
		const { error } = await runTool('hailuoGenerateVideo', chain, keysWith('bad-key'));
		expect(error?.message).toMatch(
			/^Runware does not accept .+ MiniMax did not make the video: its balance or plan is used up/,
		);
	});

	test('of which the first is too busy gives the pending task of the next within its time', async () => {
		sandbox.inject({ vendor: 'minimax', step: 'create', kind: 'rateLimited', times: 'always' });
		const keys = { ...keysWith('key'), hailuoMiniMaxApi: sandboxKeys(sandbox).hailuoMiniMaxApi };
		const { items } = await runTool(
			'hailuoGenerateVideo',
			{ ...chain, prompt: '{{sandbox seconds=3600}}' },
			keys,
		);
		expect(items[0].json).toMatchObject({
			provider: 'runware',
			note: expect.stringContaining('not ready yet'),
			attempts: [{ provider: 'minimax' }],
		});
	});
});
