import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { createTasks } from '../shared/create';
import { withLabels } from '../shared/labels';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { templateFields, templateNames } from './templateFields';
import { planTemplate } from './templateForm';
import { searchTemplates } from './searchTemplates';

/** MiniMax video templates: a picture or a word goes into a scene that MiniMax has prepared. */
export class HailuoTemplateVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Template Video',
		name: 'hailuoTemplateVideo',
		icon: {
			light: 'file:../../icons/hailuo.template.svg',
			dark: 'file:../../icons/hailuo.template.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: `={{ (${templateNames})[$parameter["template"]] ?? "minimax template" }}`,
		description: 'Make a video from a MiniMax template with your own picture or text',
		defaults: { name: 'Hailuo Template Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// Written out: n8n's rules look for the test of the table's credential in one node at least.
		credentials: [
			{ name: 'hailuoMiniMaxApi', required: true },
			{
				name: 'hailuoTaskTableApi',
				displayName: 'Credential for the Task Table',
				required: true,
				testedBy: 'testTaskTable',
				displayOptions: { hide: { recordTask: [false] } },
			},
		],
		properties: templateFields,
	};

	methods = { listSearch: { searchTemplates }, credentialTest: { testTaskTable } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await createTasks(withLabels(this, templateFields), planTemplate)];
	}
}
