import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// n8n-core reads it when it is loaded.
process.env.N8N_USER_FOLDER ??= mkdtempSync(path.join(tmpdir(), 'hailuo-workflow-'));
process.env.N8N_LOG_LEVEL ??= 'silent';

import {
	createRunExecutionData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import { additionalData, type Credentials } from './additionalData';

/** The name of the node under test. */
export const nodeName = 'Hailuo';

/** What a node holds of the credentials that are chosen in it. */
export const chosen = (credentials: Credentials): INode['credentials'] =>
	Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: name, name }]));

export const nodeTypesOf = (typeOf: (name: string) => INodeType): INodeTypes => ({
	getByName: typeOf,
	getByNameAndVersion: typeOf,
	getKnownTypes: () => ({}),
});

/** What n8n hands to an execution. */
export function executionData(
	credentials: () => Credentials,
	mode: WorkflowExecuteMode = 'trigger',
	executionId = '1',
): IWorkflowExecuteAdditionalData {
	return {
		...additionalData(credentials),
		hooks: new ExecutionLifecycleHooks(mode, executionId, {
			id: 'workflow',
			name: 'test',
			active: false,
			nodes: [],
			connections: {},
			createdAt: new Date(),
			updatedAt: new Date(),
			isArchived: false,
			activeVersionId: null,
		}),
		executionId,
		setExecutionStatus() {},
	};
}

/** A workflow of one node. */
export interface LoneNode {
	readonly workflow: Workflow;
	readonly node: INode;
}

interface LoneNodeOptions {
	readonly parameters: INodeParameters;
	readonly credentials: Credentials;
	readonly id?: string;
	readonly active?: boolean;
	readonly staticData: IDataObject;
}

/** A trigger of the package, and nothing behind it. */
export function loneNode(
	type: INodeType,
	{ parameters, credentials, id = 'node', active = true, staticData }: LoneNodeOptions,
): LoneNode {
	const node: INode = {
		id,
		name: nodeName,
		type: `n8n-nodes-hailuo.${type.description.name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: chosen(credentials),
	};
	const workflow = new Workflow({
		id: 'workflow',
		nodes: [node],
		connections: {},
		active,
		nodeTypes: nodeTypesOf(() => type),
		staticData,
	});
	return { workflow, node: workflow.nodes[nodeName] };
}

/** As n8n runs the first node of an execution. */
export async function runFirst(
	{ workflow, node }: LoneNode,
	main: INodeExecutionData[][],
	credentials: () => Credentials,
	mode: WorkflowExecuteMode,
	executionId?: string,
): Promise<IRun> {
	const nodeExecutionStack = [{ node, data: { main }, source: null }];
	const run = createRunExecutionData({ executionData: { nodeExecutionStack } });
	const data = executionData(credentials, mode, executionId);
	return await new WorkflowExecute(data, mode, run).processRunExecutionData(workflow);
}
