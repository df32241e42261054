import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
	NodeOperationError,
} from 'n8n-workflow';
import { credentialsOfTasks } from '../shared/credentials';
import { withLabels } from '../shared/labels';
import { nodeErrorOf } from '../shared/nodeErrors';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { dropDowns } from './queryDropDowns';
import { queryFields } from './queryFields';
import { type Operation, operations } from './operations';

/** Get, wait for, download, list and cancel tasks of every provider; sum up what they have cost. */
export class HailuoQueryTask implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Query Video Task',
		name: 'hailuoQueryTask',
		icon: {
			light: 'file:../../icons/hailuo.query.svg',
			dark: 'file:../../icons/hailuo.query.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["operation"] + (["auto", undefined].includes($parameter["provider"]) ? "" : ": " + $parameter["provider"]) }}',
		description:
			'Get, wait for, download, list or cancel a MiniMax Hailuo video task, or sum up what videos have cost',
		defaults: { name: 'Hailuo Query Task' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ ($parameter["operation"] ?? "get") === "get" && $parameter["routeByStatus"] !== false ? [{ type: "${NodeConnectionTypes.Main}", displayName: "Completed" }, { type: "${NodeConnectionTypes.Main}", displayName: "In Progress" }, { type: "${NodeConnectionTypes.Main}", displayName: "Failed" }] : [{ type: "${NodeConnectionTypes.Main}" }] }}`,
		credentials: credentialsOfTasks,
		properties: queryFields,
	};

	methods = { loadOptions: dropDowns, credentialTest: { testTaskTable } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0, 'get') as Operation;
		const run = operations[operation];
		if (!run) {
			throw new NodeOperationError(this.getNode(), `Operation is “${String(operation)}”`, {
				description: `Use ${Object.keys(operations).join(', ')}.`,
			});
		}
		try {
			return await run(withLabels(this, queryFields));
		} catch (cause) {
			throw nodeErrorOf(this, cause);
		}
	}
}
