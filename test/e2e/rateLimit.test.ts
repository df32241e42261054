import type { Sandbox } from '../../sandbox/server';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import type { Execution } from '../../harness/n8n/home';
import { ownSandbox, session, sideBySide } from './world';
import { endedExecutions, itemsOf, oneNode, publishWithWebhook } from '../../harness/n8n/workflows';

// A minute of MiniMax's limit has to pass by nature; the rest is for slow machines.
jest.setTimeout(600_000);

interface Crowd {
	readonly sandbox: Sandbox;
	readonly prompts: readonly string[];
	readonly executions: readonly Execution[];
}

/** So many executions at one moment, all with one key, at a MiniMax that counts what it refuses. */
async function crowd(_name: string, size: number, requests: number): Promise<Crowd> {
	const minimaxV1 = { requests, windowSeconds: 60 };
	const sandbox = await ownSandbox({ rateLimits: { countRefused: true, minimaxV1 } });
	const webhook = await publishWithWebhook(
		session,
		oneNode(
			'hailuoGenerateVideo',
			{ prompt: '={{ $json.body.prompt }}', waitForCompletion: false },
			await saveSandboxCredentials(session, sandbox),
		),
	);
	const prompts = Array.from({ length: size }, (_, index) => `Boat ${index} of ${size}`);
	try {
		await Promise.all(prompts.map(async (prompt) => await webhook.post({ prompt })));
		const executions = await endedExecutions(session, webhook.workflowId, size);
		return { sandbox, prompts, executions };
	} finally {
		await session.call('POST', `/workflows/${webhook.workflowId}/deactivate`);
	}
}

/** Every execution has ordered the video that it was asked for, and it was paid once. */
function expectOneVideoEach({ sandbox, prompts, executions }: Crowd) {
	expect(executions.flatMap(({ data }) => data.resultData.error?.message ?? [])).toEqual([]);
	expect(executions.map(({ status }) => status)).toEqual(prompts.map(() => 'success'));
	const ordered = sandbox.tasks().map(({ id, text }) => [text, id]);
	const given = executions.map((execution) => [
		...itemsOf(execution, 'Start').map(({ json }) => (json.body as { prompt: string }).prompt),
		...itemsOf(execution, 'Hailuo').map(({ json }) => json.taskId),
	]);
	expect(given.sort()).toEqual(ordered.sort());
	expect(new Set(ordered.map(([text]) => text))).toEqual(new Set(prompts));
	expect(ordered).toHaveLength(prompts.length);
	const charges = sandbox.charges();
	expect(charges.map(({ kind, taskId }) => `${kind} ${taskId}`).sort()).toEqual(
		ordered.map(([, id]) => `charge ${id}`).sort(),
	);
}

const creates = ({ sandbox }: Crowd) => sandbox.requests({ vendor: 'minimax', step: 'create' });

const crowdOf = sideBySide(
	[
		['documented', 40, 20],
		['lower', 20, 10],
	],
	crowd,
);

test('forty executions at one moment get their videos under the documented limit', async () => {
	const result = await crowdOf('documented');
	expectOneVideoEach(result);
	// The node keeps the limit by itself; a request that a slow machine delays may still be refused.
	expect(creates(result).length).toBeLessThanOrEqual(52);
});

test('a limit that is lower than documented costs time and few requests, and no video', async () => {
	const result = await crowdOf('lower');
	expectOneVideoEach(result);
	expect(creates(result).length).toBeGreaterThan(20);
	expect(creates(result).length).toBeLessThanOrEqual(30);
});
