import { randomUUID } from 'node:crypto';
import type { Credentials } from '../../harness/n8n/examples';
import type { Workflow } from '../../harness/n8n/home';
import { oneNode } from '../../harness/n8n/workflows';

/** A published workflow with a trigger and a node that keeps what it fired. */
export function reacting(type: string, parameters: object, credentials: Credentials): Workflow {
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

/** Where a process of n8n serves a trigger of a workflow. */
export const addressOf = ({ url }: { url: string }, { nodes }: Workflow, route = 'webhook') =>
	`${url}/${route}/${String(nodes[0].webhookId)}/webhook`;
