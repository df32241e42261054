import type { INodeProperties } from 'n8n-workflow';
import { listingProviders, providers } from '../../providers';
import { dropDown, notice } from '../shared/fieldKinds';
import { runOptions } from '../shared/options';
import { recordFields } from '../shared/taskTable/recordFields';
import { waitFields } from '../shared/waitFields';
import { costFields, tableNameField } from './costFields';

const severalKinds = providers.filter(({ kinds }) => kinds.length > 1).map(({ id }) => id);

/** Operations that take no task. */
const notAboutOneTask = ['list', 'sumUpCosts'];

/** The wait and download settings, shown for the operations that use them. */
const collection = (name: string, operations: string[]): INodeProperties => {
	const field = waitFields.find((one) => one.name === name) as INodeProperties;
	return { ...field, displayOptions: { show: { operation: operations } } };
};

const byKey = { operation: ['get', 'wait', 'download'], taskBy: ['orderKey'] };

const taskFields: INodeProperties[] = [
	{
		displayName: 'Task By',
		name: 'taskBy',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Order Key',
				value: 'orderKey',
				description: 'The key under which a node has ordered it, looked up in the task table',
			},
			{ name: 'Task Reference', value: 'reference' },
		],
		default: 'reference',
		description: 'How to name the task',
		displayOptions: { show: { operation: byKey.operation } },
	},
	{
		displayName: 'Task',
		name: 'task',
		type: 'string',
		default: '={{ $json.taskRef }}',
		placeholder: 'e.g. minimax:v1:106916112212032',
		description:
			'The task reference that every Hailuo node gives out as taskRef. A bare task ID works too when Provider is set.',
		displayOptions: { hide: { operation: notAboutOneTask, taskBy: ['orderKey'] } },
	},
	{
		displayName: 'Order Key',
		name: 'orderKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.productId }}',
		description: 'The Order Key of the node that made the video',
		displayOptions: { show: byKey },
	},
	tableNameField(byKey),
];

export const queryFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel a queued task',
				description: 'Cancel a MiniMax H3 task that is still queued',
			},
			{
				name: 'Download',
				value: 'download',
				action: 'Download the video of a task',
				description: 'Put the video of a completed task into the item, with a fresh link',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get a task',
				description: 'Ask once how far a task is',
			},
			{
				name: 'List',
				value: 'list',
				action: 'List tasks of an account',
				description: `List the tasks of an account at ${listingProviders.map(({ name }) => name).join(' or ')}`,
			},
			{
				name: 'Sum Up Costs',
				value: 'sumUpCosts',
				action: 'Sum up costs',
				description: 'Count the videos in the task table and what they have cost. Asks no vendor.',
			},
			{
				name: 'Wait',
				value: 'wait',
				action: 'Wait for a task',
				description: 'Wait until a task is finished and download its video',
			},
		],
		default: 'get',
		description: 'What to do with the task',
	},
	...taskFields,
	dropDown(
		{
			displayName: 'Provider',
			name: 'provider',
			default: 'auto',
			description: 'The vendor of the task. A task reference names it already; a bare ID does not.',
			displayOptions: { hide: { operation: ['sumUpCosts'], taskBy: ['orderKey'] } },
		},
		'getProviders',
		['operation'],
	),
	notice(
		'credentialNotice',
		'Choose the credential of each vendor whose tasks come in; the others may stay empty.',
		{ hide: { provider: providers.map(({ id }) => id), operation: notAboutOneTask } },
	),
	notice(
		'listNotice',
		'MiniMax lists tasks of the H3 models only, not those of the Hailuo and 01 models and of templates. Those can be kept in the task table.',
		{ show: { operation: ['list'], provider: ['minimax'] } },
	),
	{
		displayName: 'Task Kind',
		name: 'taskKind',
		type: 'options',
		options: [
			{ name: 'Hailuo and 01 Video', value: 'v1' },
			{ name: 'H3 Video', value: 'v2' },
			{ name: 'Template Video', value: 'template' },
		],
		default: 'v1',
		description:
			'What a bare MiniMax ID belongs to. MiniMax asks for each kind at another address.',
		displayOptions: { show: { provider: severalKinds }, hide: { operation: ['list'] } },
	},
	{
		displayName: 'Route by Status',
		name: 'routeByStatus',
		type: 'boolean',
		default: true,
		description:
			'Whether to give the node three outputs: Completed, In Progress and Failed. A loop from In Progress through a Wait node back to this node needs no IF. The tool of an AI agent returns the task whatever its status.',
		displayOptions: { show: { operation: ['get'] } },
	},
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show: { operation: ['list'] } },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { operation: ['list'], returnAll: [false] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		description: 'Which tasks to list',
		displayOptions: { show: { operation: ['list'] } },
		options: [
			{
				displayName: 'Created After',
				name: 'createdAfter',
				type: 'dateTime',
				default: '',
				description: 'Only tasks that were created at this time or later',
			},
			{
				displayName: 'Model',
				name: 'model',
				type: 'string',
				default: '',
				placeholder: 'e.g. MiniMax-H3',
				description: 'Only tasks of this model',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'options',
				options: [
					{ name: 'Any', value: 'any' },
					{ name: 'Cancelled', value: 'cancelled' },
					{ name: 'Completed', value: 'completed' },
					{ name: 'Failed', value: 'failed' },
					{ name: 'Processing', value: 'processing' },
					{ name: 'Queued', value: 'queued' },
				],
				default: 'any',
				description: 'Only tasks with this status',
			},
		],
	},
	...costFields,
	collection('wait', ['wait']),
	{
		...collection('downloadVideo', ['wait']),
		description: 'Whether to put the video file into the item once it is there',
	},
	collection('download', ['wait', 'download']),
	...recordFields.map(
		(field): INodeProperties => ({
			...field,
			displayOptions: {
				show: { ...field.displayOptions?.show },
				// Without the field the node asks for the credential: the row of a key is brought up to date.
				hide: { operation: notAboutOneTask, taskBy: ['orderKey'] },
			},
		}),
	),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'How the node runs',
		displayOptions: { hide: { operation: ['sumUpCosts'] } },
		options: [
			runOptions.concurrency,
			{
				...runOptions.includeInputFields,
				displayOptions: { hide: { '/operation': ['list'] } },
			},
			runOptions.simplify,
		],
	},
];
