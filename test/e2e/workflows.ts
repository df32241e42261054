import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { neededScopes } from '../../nodes/shared/taskTable/access';
import { sandboxAccounts } from '../../scripts/accounts';
import type { Workflow } from '../../scripts/n8n/home';
import type { N8nSession } from '../../scripts/n8n/session';
import type { Sandbox } from '../../sandbox/server';

export const examplesFolder = path.join(__dirname, '../../examples');

/** Credential type to the ID and name of the credential that n8n holds. */
export type Credentials = Record<string, { id: string; name: string }>;

/** One credential for every vendor, all at the sandbox. */
export async function saveSandboxCredentials(
	session: N8nSession,
	sandbox: Sandbox,
): Promise<Credentials> {
	const saved: Credentials = {};
	for (const { type, name, data } of sandboxAccounts(sandbox)) {
		const own = `${name} ${sandbox.port}`;
		saved[type] = { id: await session.saveCredential({ name: own, type, data }), name: own };
	}
	return saved;
}

/** An example as a person imports it, with the credentials chosen. */
export function readExample(name: string, credentials: Credentials): Workflow {
	const text = readFileSync(path.join(examplesFolder, `${name}.json`), 'utf8');
	return withCredentials(JSON.parse(text) as Workflow, credentials);
}

export function withCredentials(workflow: Workflow, credentials: Credentials): Workflow {
	const nodes = workflow.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.keys(node.credentials).map((type) => [type, credentials[type]]),
			),
		}),
	}));
	return { ...workflow, nodes };
}

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

/** A key for the n8n's own API, and the credential with which nodes write the task table. */
export async function saveTaskTableCredential(
	session: N8nSession,
	url: string,
): Promise<{ credentials: Credentials; apiKey: string }> {
	const scopes = [...neededScopes, 'workflow:activate'];
	const apiKey = await session.publicApiKey(`test ${randomUUID()}`, scopes);
	const credential = {
		name: 'Task table',
		type: 'hailuoTaskTableApi',
		data: { apiKey, baseUrl: `${url}/api/v1` },
	};
	const id = await session.saveCredential(credential);
	return { credentials: { [credential.type]: { id, name: credential.name } }, apiKey };
}

/** Stores a workflow and puts its trigger to work; gives its ID. */
export async function publish(
	session: N8nSession,
	apiKey: string,
	workflow: Workflow,
): Promise<string> {
	const id = await session.createWorkflow(workflow);
	const answer = await fetch(`${session.url}/api/v1/workflows/${id}/activate`, {
		method: 'POST',
		headers: { 'X-N8N-API-KEY': apiKey },
	});
	if (!answer.ok) throw new Error(`The workflow was not published: ${await answer.text()}`);
	return id;
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
