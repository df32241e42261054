import {
	type IBinaryKeyData,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	NodeConnectionTypes,
	Workflow,
} from 'n8n-workflow';
import { chosen, executionData, nodeName, nodeTypesOf } from './execution';
import { WorkflowExecute } from 'n8n-core';
import { HailuoGenerateVideo } from '../../nodes/HailuoGenerateVideo/HailuoGenerateVideo.node';
import { HailuoQueryTask } from '../../nodes/HailuoQueryTask/HailuoQueryTask.node';
import { HailuoTemplateVideo } from '../../nodes/HailuoTemplateVideo/HailuoTemplateVideo.node';
import type { Credentials } from './additionalData';

export interface NodeRun {
	readonly type?: string;
	readonly parameters: INodeParameters;
	readonly items?: INodeExecutionData[];
	readonly credentials: Credentials;
	readonly node?: Partial<INode>;
	readonly signal?: AbortSignal;
}

export interface NodeOutcome {
	/** Items of the first output. */
	readonly items: INodeExecutionData[];
	readonly outputs: INodeExecutionData[][];
	readonly error?: { message: string; description?: string };
	readonly hints: string[];
	readonly run: IRun;
}

/** Gives out the items of a test in the place of a trigger. */
function itemsNode(items: readonly INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Items',
			name: 'items',
			group: ['input'],
			version: 1,
			description: 'Items of the test',
			defaults: { name: 'Items' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute: async () => [items.map((item) => ({ ...item, pairedItem: { item: 0 } }))],
	};
}

const nodeTypes: Record<string, () => INodeType> = {
	hailuoGenerateVideo: () => new HailuoGenerateVideo(),
	hailuoQueryTask: () => new HailuoQueryTask(),
	hailuoTemplateVideo: () => new HailuoTemplateVideo(),
};

/** Runs one node of the package in n8n's own engine, behind a node that gives out the items. */
export async function runNode(test: NodeRun): Promise<NodeOutcome> {
	const type = test.type ?? 'hailuoGenerateVideo';
	const start: INode = {
		id: 'items',
		name: 'Items',
		type: 'test.items',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const node: INode = {
		id: 'node',
		name: nodeName,
		type: `n8n-nodes-hailuo.${type}`,
		typeVersion: 1,
		position: [200, 0],
		parameters: test.parameters,
		credentials: chosen(test.credentials),
		...test.node,
	};
	const items = test.items ?? [{ json: {} }];
	const typeOf = (name: string): INodeType =>
		name === 'test.items'
			? itemsNode(items)
			: // The tool of an agent is the same node by another name.
				nodeTypes[name.replace(/^[^.]+\./, '').replace(/Tool$/, '')]();
	const workflow = new Workflow({
		id: 'workflow',
		nodes: [start, node],
		connections: {
			Items: { main: [[{ node: nodeName, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		active: false,
		nodeTypes: nodeTypesOf(typeOf),
	});
	const data = executionData(() => test.credentials);
	const execution = new WorkflowExecute(data, 'trigger');
	const running = execution.run({ workflow, startNode: start });
	test.signal?.addEventListener('abort', () => running.cancel());
	return outcomeOf(await running);
}

function outcomeOf(run: IRun): NodeOutcome {
	const runs = run.data.resultData.runData[nodeName] ?? [];
	const last = runs[runs.length - 1];
	const outputs = (last?.data?.main ?? []).map((items) => items ?? []);
	return {
		items: outputs[0] ?? [],
		outputs,
		error: (last?.error ?? run.data.resultData.error) as NodeOutcome['error'],
		hints: (last?.hints ?? []).map(({ message }) => message),
		run,
	};
}

export function binaryItem(bytes: Buffer, fileName: string, mimeType: string, field = 'data') {
	const binary: IBinaryKeyData = {
		[field]: { data: bytes.toString('base64'), mimeType, fileName },
	};
	return { json: {}, binary };
}
