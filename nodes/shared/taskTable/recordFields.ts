import type { INodeProperties } from 'n8n-workflow';

export const defaultTableName = 'Hailuo Tasks';

/** Fields of every node that can keep its tasks in the task table. */
export const recordFields: INodeProperties[] = [
	{
		displayName: 'Record Task',
		name: 'recordTask',
		type: 'boolean',
		default: false,
		description:
			'Whether to write the task into a data table of this n8n as soon as the vendor has accepted it. Hailuo Trigger watches that table, and a crash loses nothing.',
	},
	{
		displayName: 'Task Table',
		name: 'taskTable',
		type: 'collection',
		placeholder: 'Add Task Table Setting',
		default: {},
		description: 'Which table the task goes into, and under which label',
		displayOptions: { show: { recordTask: [true] } },
		options: [
			{
				displayName: 'Label',
				name: 'label',
				type: 'string',
				default: '',
				placeholder: 'e.g. spring campaign',
				description: 'A text of your own, which Hailuo Trigger can filter by and gives out again',
			},
			{
				displayName: 'Table Name',
				name: 'name',
				type: 'string',
				default: defaultTableName,
				placeholder: 'e.g. Hailuo Tasks',
				description: 'The data table. It is made when it is missing.',
			},
		],
	},
];
