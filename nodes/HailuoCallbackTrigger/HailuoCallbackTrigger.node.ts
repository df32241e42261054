import {
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { credentialsOfCallbackTrigger } from '../shared/credentials';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { switchOff, switchOn } from './activation';
import { callbackFields } from './callbackFields';
import { fireTasks } from './fire';
import { receiveCallback } from './receive';

/** Starts a workflow the moment a vendor says that a task has ended, and the vendor confirms it. */
export class HailuoCallbackTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Callback Trigger',
		name: 'hailuoCallbackTrigger',
		icon: {
			light: 'file:../../icons/hailuo.callback.svg',
			dark: 'file:../../icons/hailuo.callback.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow the moment a vendor calls back about a MiniMax Hailuo video, without polling',
		eventTriggerDescription: 'Waiting for a vendor to call the Test URL',
		activationMessage: 'Vendors can now call the Production URL.',
		defaults: { name: 'Hailuo Callback Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOfCallbackTrigger,
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				path: 'webhook',
				ndvHideUrl: true,
			},
		],
		properties: callbackFields,
	};

	methods = { credentialTest: { testTaskTable } };

	webhookMethods = {
		default: {
			/** Vendors learn of the address with each order: there is nothing to look for. */
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await switchOn(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return switchOff(this);
			},
		},
	};

	/** A call of a vendor. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this);
	}

	/** The first step of the execution that it has started. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await fireTasks(this)];
	}
}
