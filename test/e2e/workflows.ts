import type { Credentials } from '../../scripts/n8n/examples';
import type { Workflow } from '../../scripts/n8n/home';
import type { N8nSession } from '../../scripts/n8n/session';

/** Manual trigger and one node of the package behind it. */
export function oneNode(
	type: string,
	parameters: Record<string, unknown>,
	credentials: Credentials,
	settings: Record<string, unknown> = {},
): Workflow {
	return {
		name: `${type} ${Date.now()}`,
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'hailuo',
				name: 'Hailuo',
				type: `n8n-nodes-hailuo.${type}`,
				typeVersion: 1,
				position: [220, 0],
				parameters,
				credentials,
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: 'Hailuo', type: 'main', index: 0 }]] } },
	};
}

/** What a node gave out in all executions of a workflow so far. */
export async function givenOut(session: N8nSession, workflowId: string, node: string) {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { results } = await session.call<{ results: Array<{ id: string }> }>(
		'GET',
		`/executions?limit=100&filter=${filter}`,
	);
	const runs = await Promise.all(results.map(async ({ id }) => await session.waitForExecution(id)));
	return runs.flatMap(({ data }) =>
		(data.resultData.runData[node] ?? []).flatMap((run) => run.data?.main[0] ?? []),
	);
}
