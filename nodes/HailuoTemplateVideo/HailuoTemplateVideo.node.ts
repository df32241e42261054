import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { minimax } from '../../providers/minimax';
import { createTasks } from '../shared/create';
import { credentialsOf } from '../shared/credentials';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { templateFields, templateNames } from './fields';
import { planTemplate } from './form';
import { searchTemplates } from './searchTemplates';

/** MiniMax video templates: a picture or a word goes into a scene that MiniMax has prepared. */
export class HailuoTemplateVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Template Video',
		name: 'hailuoTemplateVideo',
		icon: { light: 'file:../../icons/hailuo.svg', dark: 'file:../../icons/hailuo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ (${templateNames})[$parameter["template"]] ?? "minimax template" }}`,
		description: 'Make a video from a MiniMax template with your own picture or text',
		defaults: { name: 'Hailuo Template Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOf(minimax),
		properties: templateFields,
	};

	methods = { listSearch: { searchTemplates }, credentialTest: { testTaskTable } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await createTasks(this, async (item) => await planTemplate(this, item))];
	}
}
