import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { credentialsOfTrigger } from '../shared/credentials';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { withVideos } from './eventItems';
import { pollOnce, sampleEvent } from './poll';
import { triggerFields } from './triggerFields';

/** Starts a workflow once for each Hailuo task that is completed or has failed. */
export class HailuoTrigger implements INodeType {
	description: INodeTypeDescription = {
		// The node panel shows it without its last word.
		displayName: 'Hailuo Video Finished Trigger',
		name: 'hailuoTrigger',
		icon: {
			light: 'file:../../icons/hailuo.trigger.svg',
			dark: 'file:../../icons/hailuo.trigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["events"].join(", ") + ({ taskTable: ": " + $parameter["taskTableName"], account: ": " + $parameter["provider"] }[$parameter["source"]] ?? "") }}',
		description: 'Starts the workflow when a MiniMax Hailuo video is finished or has failed',
		defaults: { name: 'Hailuo Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOfTrigger,
		properties: triggerFields,
	};

	methods = { credentialTest: { testTaskTable } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollOnce(this);
	}

	/**
	 * The first step of every execution that a poll has started, with the events as its items. What
	 * is downloaded here belongs to the execution: n8n deletes it together with it.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const isTest = this.getMode() === 'manual';
		const events = isTest ? [await sampleEvent(this)] : this.getInputData();
		return [await withVideos(this, events)];
	}
}
