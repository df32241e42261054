import { readLog } from './shared';
import { credentials, sandbox, session, useWorld } from './world';
import {
	itemsOf,
	listExecutions,
	oneNode,
	publishWithWebhook,
	splitOut,
	until,
	withBetween,
} from '../../harness/n8n/workflows';

jest.setTimeout(600_000);

useWorld({ secondsPerTask: 600 });

beforeEach(() => sandbox.reset());

/** The lines that n8n has printed which name all of these. */
function linesWith(...texts: readonly string[]): string[] {
	const lines = readLog().split('\n');
	return lines.filter((line) => texts.every((text) => line.includes(text)));
}

/** What n8n's public API tells about an execution. */
async function publicExecution(id: string) {
	const apiKey = await session.publicApiKey('Stop', ['execution:read']);
	const response = await fetch(`${session.url}/api/v1/executions/${id}?includeData=true`, {
		headers: { 'X-N8N-API-KEY': apiKey },
	});
	expect(response.status).toBe(200);
	return (await response.json()) as { customData: Record<string, string> };
}

// More references than n8n keeps under one key of an execution's custom data.
const prompts = Array.from({ length: 12 }, (_, index) => `Boat ${index}`);

test.each([
	['a node', {}],
	['a node with Retry On Fail', { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 }],
])('%s that is stopped leaves its tasks in the execution and in n8n’s log', async (_, settings) => {
	const workflow = oneNode(
		'hailuoGenerateVideo',
		{ prompt: '={{ $json.prompt }}', wait: { pollIntervalSeconds: 1 } },
		credentials,
		settings,
	);
	const split = splitOut('body.prompts', { destinationFieldName: 'prompt' });
	const { workflowId, post } = await publishWithWebhook(session, withBetween(workflow, split));
	await post({ prompts });
	const references = await until('all tasks accepted, and said so in the log', async () => {
		const made = sandbox.tasks().map(({ id }) => `minimax:v1:${id}`);
		const areSaid = made.every((reference) => linesWith(reference).length > 0);
		return made.length === prompts.length && areSaid ? made : undefined;
	});

	const [{ id }] = await listExecutions(session, workflowId);
	await session.call('POST', `/executions/${id}/stop`);
	expect((await session.waitForExecution(id)).status).toBe('canceled');

	await until(
		'a line of the log that names all tasks',
		async () => linesWith(...references).length > 0,
	);
	const { customData } = await publicExecution(id);
	const kept = Object.entries(customData).filter(([key]) => key.startsWith('hailuoTasks'));
	expect(kept.map(([key]) => key).sort()).toEqual(['hailuoTasks', 'hailuoTasks2']);
	const told = kept.flatMap(([, text]) => text.match(/minimax:v1:\d+/g) ?? []);
	expect(told.sort()).toEqual([...references].sort());

	// Whoever reads it there gets the video.
	sandbox.advance(600_000);
	const query = oneNode('hailuoQueryTask', { operation: 'get', task: told[0] }, credentials);
	const found = await session.runNew(query);
	expect(itemsOf(found, 'Hailuo').map(({ json }) => [json.taskRef, json.status])).toEqual([
		[told[0], 'completed'],
	]);
	// By now a second try of the stopped node would have shown itself.
	expect(linesWith(...references)).toHaveLength(1);
	expect(sandbox.charges().map(({ kind }) => kind)).toEqual(prompts.map(() => 'charge'));
	await session.call('POST', `/workflows/${workflowId}/deactivate`);
});
