import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { defaultTableName } from '../shared/taskTable/recordFields';

export const tableNameField = (show: IDisplayOptions['show']): INodeProperties => ({
	displayName: 'Task Table Name',
	name: 'taskTableName',
	type: 'string',
	default: defaultTableName,
	placeholder: 'e.g. Hailuo Tasks',
	description: 'The data table in which Hailuo nodes recorded the tasks',
	displayOptions: { show },
});

const show = { operation: ['sumUpCosts'] };
const displayOptions = { show };

/** What to sum up of the task table. */
export const costFields: INodeProperties[] = [
	tableNameField(show),
	{
		displayName: 'Period',
		name: 'period',
		type: 'options',
		options: [
			{ name: 'All Time', value: 'all' },
			{ name: 'Last Month', value: 'lastMonth' },
			{ name: 'Last Week', value: 'lastWeek', description: 'Monday to Sunday' },
			{ name: 'This Month', value: 'thisMonth' },
			{ name: 'This Week', value: 'thisWeek', description: 'From Monday' },
			{ name: 'Today', value: 'today' },
			{ name: 'Yesterday', value: 'yesterday' },
		],
		default: 'thisMonth',
		description: 'When the videos were ordered, in the time zone of the workflow',
		displayOptions,
	},
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		options: [
			{ name: 'Label', value: 'label', description: 'Videos with the same label' },
			{ name: 'Table', value: 'table', description: 'All videos of the table' },
			{ name: 'Workflow', value: 'workflow', description: 'Videos that this workflow ordered' },
		],
		default: 'table',
		description: 'Which videos to count',
		displayOptions,
	},
	{
		displayName: 'Label',
		name: 'label',
		type: 'string',
		default: '',
		placeholder: 'e.g. spring campaign',
		description: 'The label under which the videos were recorded',
		displayOptions: { show: { ...show, scope: ['label'] } },
	},
	{
		displayName: 'Group By',
		name: 'groupBy',
		type: 'options',
		options: [
			{ name: 'Day', value: 'day' },
			{ name: 'Label', value: 'label' },
			{ name: 'Model', value: 'model' },
			{
				name: 'None',
				value: 'none',
				description: 'One item for all videos, also when there is none',
			},
			{ name: 'Vendor', value: 'provider' },
			{ name: 'Workflow', value: 'workflow' },
		],
		default: 'none',
		description: 'What gets an item of its own',
		displayOptions,
	},
];
