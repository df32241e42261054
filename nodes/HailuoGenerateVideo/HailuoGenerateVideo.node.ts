import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { createTasks } from '../shared/create';
import { credentialsOfProviders } from '../shared/credentials';
import { withLabels } from '../shared/labels';
import { testTaskTable } from '../shared/taskTable/credentialTest';
import { dropDowns } from './generateDropDowns';
import { generateFields } from './generateFields';
import { planVideo } from './planVideo';

/** One form for every provider, mode and model. */
export class HailuoGenerateVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Generate Video',
		name: 'hailuoGenerateVideo',
		icon: { light: 'file:../../icons/hailuo.svg', dark: 'file:../../icons/hailuo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ($parameter["model"] === "auto" ? "" : String($parameter["model"]).replace("MiniMax-", "") + ": ") + ({ textToVideo: "text to video", imageToVideo: "image to video", firstLastFrame: "first and last frame", subjectReference: "subject reference", referenceToVideo: "reference to video" })[$parameter["mode"]] }}',
		description:
			'Make a MiniMax Hailuo video from a prompt or pictures, wait for it and download it',
		defaults: { name: 'Hailuo Generate Video' },
		// A tool gives the link and never the file.
		usableAsTool: {
			replacements: {
				description:
					'Make a MiniMax Hailuo video from a prompt or pictures and return its link. Takes minutes and costs money.',
			},
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsOfProviders,
		properties: generateFields,
	};

	methods = { loadOptions: dropDowns, credentialTest: { testTaskTable } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await createTasks(withLabels(this, generateFields), planVideo)];
	}
}
