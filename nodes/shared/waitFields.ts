import type { INodeProperties } from 'n8n-workflow';

/** Fields of every node that waits for a task and downloads its video. */
export const waitFields: INodeProperties[] = [
	{
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: true,
		description:
			'Whether to wait until the video is finished. Switched off, the node returns the task at once; pick it up later with Hailuo Query Task. Stop ends the waiting, not the video: the vendor makes it and is paid.',
	},
	{
		displayName: 'Wait',
		name: 'wait',
		type: 'collection',
		placeholder: 'Add Wait Setting',
		default: {},
		description: 'How long to wait, how often to ask and what to do when time runs out',
		displayOptions: { show: { waitForCompletion: [true] } },
		options: [
			{
				displayName: 'Timeout (Minutes)',
				name: 'timeoutMinutes',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 30,
				description:
					'How long to wait for each video. The task goes on at the vendor after it. When not set, the tool of an AI agent waits 4 minutes.',
			},
			{
				displayName: 'Poll Interval (Seconds)',
				name: 'pollIntervalSeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'How often to ask the vendor. 0 asks when the video is likely to be ready, which needs fewer requests.',
			},
			{
				displayName: 'On Timeout',
				name: 'onTimeout',
				type: 'options',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'Stop with a message that names the task',
					},
					{
						name: 'Return Pending Task',
						value: 'returnPending',
						description: 'Pass the unfinished task on, for Hailuo Query Task',
					},
				],
				default: 'fail',
				description:
					'What to do with a video that is not ready in time. Nothing is lost either way. When not set, the tool of an AI agent returns the pending task.',
			},
		],
	},
	{
		displayName: 'Download Video',
		name: 'downloadVideo',
		type: 'boolean',
		default: true,
		displayOptions: { show: { waitForCompletion: [true] } },
		description:
			'Whether to put the video file into the item. Links of the vendors expire after hours, the file stays. The tool of an AI agent returns the link only.',
	},
	{
		displayName: 'Download',
		name: 'download',
		type: 'collection',
		placeholder: 'Add Download Setting',
		default: {},
		description: 'Where the file goes, what it is called and how large it may be',
		displayOptions: { show: { waitForCompletion: [true], downloadVideo: [true] } },
		options: [
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				placeholder: 'e.g. {{ $json.productId }}',
				description:
					'What to call the file. Its extension is added, the second of several videos gets -2 at its end, and what some systems cannot take in a name is left out. When empty, the file is called by its task.',
			},
			{
				displayName: 'Put Output in Field',
				name: 'binaryField',
				type: 'string',
				default: 'data',
				placeholder: 'e.g. data',
				hint: 'The name of the output binary field to put the file in',
				description: 'Several videos of one task go into data, data_2 and so on',
			},
			{
				displayName: 'Maximum Size (MB)',
				name: 'maxSizeMb',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 512,
				description: 'A larger video is not downloaded; its item has the link and says why',
			},
		],
	},
];
