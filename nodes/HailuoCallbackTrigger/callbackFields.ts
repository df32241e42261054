import type { INodeProperties } from 'n8n-workflow';
import { recordFields } from '../shared/taskTable/recordFields';
import { triggerFields } from '../HailuoTrigger/triggerFields';

const fieldOf = (fields: readonly INodeProperties[], name: string) =>
	fields.find((field) => field.name === name) as INodeProperties;

const options = fieldOf(triggerFields, 'options');

export const callbackFields: INodeProperties[] = [
	{
		displayName:
			'Open <b>Webhook URLs</b> above and put the <b>Production URL</b> into <b>Callback URL</b> (under Options) of Hailuo Generate Video or Hailuo Template Video, and publish this workflow first. Vendors reach only a public address: where the URL says localhost, set <b>WEBHOOK_URL</b> of n8n. The Test URL works while you listen for a test event, for one event.',
		name: 'urlNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName:
			'Choose a credential for each vendor that calls: nothing in a callback is believed, the vendor is asked with the key. For signatures of ToAPIs, enter the Webhook Secret in its credential.',
		name: 'credentialNotice',
		type: 'notice',
		default: '',
	},
	fieldOf(triggerFields, 'events'),
	{
		...fieldOf(recordFields, 'recordTask'),
		description:
			'Whether to keep the tasks in a data table of this n8n, by which each fires once across restarts and several processes of n8n, and together with a Hailuo Trigger that watches the same table',
	},
	fieldOf(recordFields, 'taskTableNotice'),
	fieldOf(recordFields, 'taskTable'),
	fieldOf(triggerFields, 'downloadVideo'),
	fieldOf(triggerFields, 'download'),
	{ ...options, options: options.options?.filter(({ name }) => name === 'simplify') },
];
