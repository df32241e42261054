import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from './examples';
import type { Execution, Workflow, WorkflowNode } from './home';
import type { N8nSession } from './session';

/** The form of a node; throws when there is no node of this name. */
export function parametersOf({ nodes }: Workflow, name: string): Record<string, unknown> {
	const node = nodes.find((one) => one.name === name);
	if (!node) throw new Error(`The workflow has no node ${name}`);
	return node.parameters;
}

/** Lets the nodes that wait for a video ask every second: for vendors whose videos take seconds. */
export function askEverySecond({ nodes }: Workflow): void {
	const waiting = ['hailuoGenerateVideo', 'hailuoTemplateVideo'];
	for (const { type, parameters } of nodes) {
		if (!waiting.includes(type.replace('n8n-nodes-hailuo.', ''))) continue;
		parameters.wait = { ...(parameters.wait as object), pollIntervalSeconds: 1 };
	}
}

/** Lets it be noon where the workflow is: no day, week or month ends while it is tested. */
export function atNoon(workflow: Workflow): void {
	const ahead = 12 - new Date().getUTCHours();
	// The names of these zones count the other way round.
	const timezone = `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
	workflow.settings = { ...(workflow.settings as object), timezone };
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

/** The same with other nodes between the two, in a row. */
export function withBetween(workflow: Workflow, ...between: WorkflowNode[]): Workflow {
	const names = ['Start', ...between.map(({ name }) => name), 'Hailuo'];
	const links = names.slice(1).map((node, index) => {
		return [names[index], { main: [[{ node, type: 'main', index: 0 }]] }];
	});
	return {
		...workflow,
		nodes: [...workflow.nodes, ...between],
		connections: Object.fromEntries(links),
	};
}

/** Gives out one item, this one. */
export const setNode = (json: object): WorkflowNode => ({
	id: 'set',
	name: 'Set',
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	position: [100, 0],
	parameters: { mode: 'raw', jsonOutput: JSON.stringify(json), options: {} },
});

/** Makes an item of each entry of a field. */
export const splitOut = (
	fieldToSplitOut: string,
	options: Record<string, string> = {},
): WorkflowNode => ({
	id: 'split',
	name: 'Split',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	position: [160, 0],
	parameters: { fieldToSplitOut, options },
});

/** A trigger of the package and a node that keeps what it fires; other parameters than its defaults. */
export function reacting(
	type: 'hailuoTrigger' | 'hailuoCallbackTrigger',
	parameters: object,
	credentials: Credentials,
): Workflow {
	const { nodes } = oneNode(type, { downloadVideo: false, ...parameters }, credentials);
	const [, trigger] = nodes;
	const kept = {
		id: 'kept',
		name: 'Kept',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [440, 0],
		parameters: {},
	};
	return {
		name: `${type} ${randomUUID()}`,
		nodes: [{ ...trigger, name: 'Trigger', webhookId: randomUUID() }, kept],
		connections: { Trigger: { main: [[{ node: 'Kept', type: 'main', index: 0 }]] } },
	};
}

/** A published workflow that a POST starts; the answer comes at once. */
export interface Webhook {
	readonly workflowId: string;
	post(body: unknown): Promise<void>;
}

/** Publishes a workflow with a webhook in the place of its trigger Start; `url` is of the process that takes its calls. */
export async function publishWithWebhook(
	session: N8nSession,
	workflow: Workflow,
	url = session.url,
): Promise<Webhook> {
	const path = randomUUID();
	const webhook = {
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived' },
	};
	const nodes = workflow.nodes.map((node) =>
		node.name === 'Start' ? { ...node, ...webhook } : node,
	);
	const workflowId = await session.publishWorkflow({ ...workflow, nodes });
	// n8n answers before the webhook is there.
	await until('a published webhook', async () => {
		const route = `/workflows/${workflowId}/publication-status`;
		const { status } = await session.call<{ status: string }>('GET', route);
		return status === 'published';
	});
	return {
		workflowId,
		post: async (body) => {
			const { ok, status } = await fetch(`${url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
			if (!ok) throw new Error(`n8n answered ${status} to the webhook.`);
		},
	};
}

/** What `look` finds, asked for every second: neither `false` nor undefined. Throws after these minutes. */
export async function until<T>(
	what: string,
	look: () => Promise<T | false | undefined>,
	minutes = 2,
): Promise<T> {
	const deadline = Date.now() + minutes * 60_000;
	while (Date.now() < deadline) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		await sleep(1000);
	}
	throw new Error(`In vain: ${what}`);
}

/** Until a published trigger of ours, or one under test in the editor, answers at its address. */
export async function untilServed(address: string): Promise<void> {
	await until(`an answer of ${address}`, async () => {
		const answer = await fetch(address).catch(() => undefined);
		return answer?.ok;
	});
}

/** A workflow's executions, running ones included. */
export async function listExecutions(session: N8nSession, workflowId: string) {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { results } = await session.call<{ results: Array<{ id: string; status: string }> }>(
		'GET',
		`/executions?limit=100&filter=${filter}`,
	);
	return results;
}

/** The executions of a workflow, when so many of them have ended. */
export async function endedExecutions(
	session: N8nSession,
	workflowId: string,
	count: number,
	minutes = 8,
): Promise<Execution[]> {
	const look = async () => {
		const all = await listExecutions(session, workflowId);
		const ended = all.filter(({ status }) => !['new', 'running', 'waiting'].includes(status));
		return ended.length >= count && ended.map(({ id }) => id);
	};
	const ids = await until(`${count} ended executions`, look, minutes);
	return await Promise.all(ids.map(async (id) => await session.waitForExecution(id)));
}

/** What a node gave out in an execution. */
export function itemsOf({ data }: Execution, node: string) {
	return (data.resultData.runData[node] ?? []).flatMap((run) => run.data?.main[0] ?? []);
}

/** What a node gave out in all executions of a workflow, as soon as there is something. */
export async function firstGivenOut(session: N8nSession, workflowId: string, node: string) {
	const look = async () => {
		const items = await givenOut(session, workflowId, node);
		return items.length > 0 && items;
	};
	return await until(`an item of ${node}`, look, 4);
}

/** What a node gave out in all executions of a workflow so far. */
export async function givenOut(session: N8nSession, workflowId: string, node: string) {
	const executions = await listExecutions(session, workflowId);
	const runs = await Promise.all(
		executions.map(async ({ id }) => await session.waitForExecution(id)),
	);
	return runs.flatMap((run) => itemsOf(run, node));
}
