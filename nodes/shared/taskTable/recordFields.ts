import type { INodeProperties } from 'n8n-workflow';
import { taskTableNotice } from '../credentials';

export const defaultTableName = 'Hailuo Tasks';

const labelField: INodeProperties = {
	displayName: 'Label',
	name: 'label',
	type: 'string',
	default: '',
	placeholder: 'e.g. spring campaign',
	description: 'A text of your own, which Hailuo Trigger can filter by and gives out again',
};

const tableField: INodeProperties = {
	displayName: 'Table Name',
	name: 'name',
	type: 'string',
	default: defaultTableName,
	placeholder: 'e.g. Hailuo Tasks',
	description: 'The data table. It is made when it is missing.',
};

/** What only an order can promise: see video/ledger. */
const orderSettings: INodeProperties[] = [
	{
		displayName: 'Budget (USD)',
		name: 'budget',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 0,
		description:
			'The most that the videos of this table may cost in a period, over all executions. What would go over it is not sent. 0 means no budget.',
	},
	{
		displayName: 'Budget Period',
		name: 'budgetPeriod',
		type: 'options',
		options: [
			{ name: 'All Time', value: 'all' },
			{ name: 'Day', value: 'day' },
			{ name: 'Month', value: 'month' },
			{ name: 'Week', value: 'week', description: 'From Monday' },
		],
		default: 'month',
		description: 'When the budget begins anew, in the time zone of the workflow',
	},
	{
		displayName: 'Budget Scope',
		name: 'budgetScope',
		type: 'options',
		options: [
			{ name: 'Label', value: 'label', description: 'Videos with the same label' },
			{ name: 'Table', value: 'table', description: 'All videos of the table' },
			{ name: 'Workflow', value: 'workflow', description: 'Videos of this workflow' },
		],
		default: 'table',
		description: 'Which videos the budget counts',
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Column',
		default: {},
		description:
			'Columns of your own, written when the row is made; Hailuo Trigger gives them out again. A column that the table lacks is added, as text.',
		options: [
			{
				displayName: 'Column',
				name: 'items',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. campaign',
						description: 'A letter, then letters, digits and underscores',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. {{ $json.campaign }}',
						description: 'What the row of this video says there',
					},
				],
			},
		],
	},
	{
		displayName: 'Credit Price (USD)',
		name: 'creditPrice',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 4 },
		default: 0,
		description:
			'What you pay for one credit, so that a budget can count vendors that bill in credits. Without it their videos are refused.',
	},
	labelField,
	{
		displayName: 'Order Key',
		name: 'orderKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.productId }}',
		description:
			'A video with this key is made once, however often the workflow runs: a later run gets the finished video without paying, or waits for it. Empty makes a new video each time.',
	},
	tableField,
];

const recordTask: INodeProperties = {
	displayName: 'Record Task',
	name: 'recordTask',
	type: 'boolean',
	default: false,
	description:
		'Whether to write the task into a data table of this n8n before anything is paid. Hailuo Trigger watches that table, and a crash loses nothing.',
};

const settings = (options: INodeProperties[], description: string): INodeProperties => ({
	displayName: 'Task Table',
	name: 'taskTable',
	type: 'collection',
	placeholder: 'Add Task Table Setting',
	default: {},
	description,
	displayOptions: { show: { recordTask: [true] } },
	options,
});

/** Fields of the nodes that make videos. */
export const orderFields: INodeProperties[] = [
	recordTask,
	taskTableNotice,
	settings(orderSettings, 'Which table the order goes into, under which key, and what it may cost'),
];

/** Fields of the nodes that only watch tasks. */
export const recordFields: INodeProperties[] = [
	recordTask,
	taskTableNotice,
	settings([labelField, tableField], 'Which table the task goes into, and under which label'),
];
