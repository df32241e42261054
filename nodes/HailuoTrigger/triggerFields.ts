import type { INodeProperties } from 'n8n-workflow';
import { listingProviders } from '../../providers';
import { list } from '../../video/list';
import { eventNames } from '../../video/trigger/events';
import { runOptions } from '../shared/options';
import { defaultTableName } from '../shared/taskTable/recordFields';
import { waitFields } from '../shared/waitFields';

const listingNames = list(
	listingProviders.map(({ name }) => name),
	'and',
);

/** A download setting of the nodes that wait, shown without a wait. */
const shared = (name: string, show?: Record<string, boolean[]>): INodeProperties => {
	const field = waitFields.find((one) => one.name === name) as INodeProperties;
	// A trigger has no input that a file could be named after.
	const options = field.options?.filter((option) => option.name !== 'fileName');
	return { ...field, ...(options && { options }), displayOptions: show && { show } };
};

export const triggerFields: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: [
			{ name: 'Completed', value: 'completed', description: 'A video is there' },
			{
				name: 'Failed',
				value: 'failed',
				description: 'A task has failed, expired or been cancelled; its status says which',
			},
		],
		default: [...eventNames],
		required: true,
		description: 'What starts the workflow, once for each task',
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		options: [
			{
				name: 'Account',
				value: 'account',
				description: `Every task of a vendor account, whoever made it (${listingNames})`,
			},
			{
				name: 'Task List',
				value: 'taskList',
				description: 'Task references that you enter or that an expression gives',
			},
			{
				name: 'Task Table',
				value: 'taskTable',
				description:
					'Tasks that Hailuo nodes have written into a data table of this n8n (all vendors)',
			},
		],
		default: 'taskTable',
		description:
			'Where the trigger learns of tasks. It starts from now: what is finished already does not fire.',
	},
	{
		displayName:
			'The table is filled by Hailuo Generate Video and Hailuo Template Video with <b>Record Task</b> switched on and the same table name. Choose a credential for each vendor whose tasks are in it.',
		name: 'taskTableNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { source: ['taskTable'] } },
	},
	{
		displayName: 'Task Table Name',
		name: 'taskTableName',
		type: 'string',
		default: defaultTableName,
		required: true,
		placeholder: 'e.g. Hailuo Tasks',
		description:
			'The data table with the tasks. When it is missing it is made by publishing, or by a node with Record Task.',
		displayOptions: { show: { source: ['taskTable'] } },
	},
	{
		displayName:
			'MiniMax lists tasks of the H3 models only. For Hailuo and 01 models, and for vendors that are not offered here, use the source Task Table.',
		name: 'accountNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { source: ['account'] } },
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		options: listingProviders.map(({ id, name }) => ({ name, value: id })),
		default: 'minimax',
		description: 'The vendor whose account is watched',
		displayOptions: { show: { source: ['account'] } },
	},
	{
		displayName: 'Tasks',
		name: 'tasks',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		required: true,
		placeholder: 'e.g. minimax:v1:106916112212032',
		description:
			'Task references (taskRef), one a line or with commas between, or an expression that gives an array of them',
		displayOptions: { show: { source: ['taskList'] } },
	},
	{
		displayName: 'Label',
		name: 'label',
		type: 'string',
		default: '',
		placeholder: 'e.g. product-clips',
		description:
			'Only tasks that were recorded with this label. Leave empty for all tasks of the table.',
		displayOptions: { show: { source: ['taskTable'] } },
	},
	{
		displayName: 'Model',
		name: 'model',
		type: 'string',
		default: '',
		placeholder: 'e.g. MiniMax-Hailuo-2.3',
		description: 'Only tasks of this model. Leave empty for all models.',
		displayOptions: { show: { source: ['taskTable', 'account'] } },
	},
	shared('downloadVideo'),
	shared('download', { downloadVideo: [true] }),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'What the items look like, and how long rows are kept',
		options: [
			{
				displayName: 'Delete Finished Rows After (Days)',
				name: 'deleteAfterDays',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 90,
				description:
					'After how many days to delete rows of tasks that have ended; 0 to keep them all. Rows of the current month always stay, so that budgets of a day, a week or a month count right; a budget over all time forgets what is deleted. The API key needs the scope dataTableRow:delete.',
				displayOptions: { show: { '/source': ['taskTable'] } },
			},
			runOptions.simplify,
		],
	},
];
