import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import { cameraMovements } from '../../video/camera';
import type { Capability } from '../../video/capabilities';
import { dropDown } from '../shared/dropDown';
import { generateOptions } from '../shared/options';
import { orderFields } from '../shared/taskTable/recordFields';
import { waitFields } from '../shared/waitFields';

const rows = providers.flatMap(({ capabilities }) => capabilities);

const modelsWhere = (test: (row: Capability) => boolean) => [
	...new Set(rows.filter(test).map(({ model }) => model)),
];

const modelsWithCamera = modelsWhere(({ camera }) => camera);
const modelsWithRatio = modelsWhere(({ aspectRatios }) => aspectRatios !== undefined);

const imageFields = (
	prefix: string,
	label: string,
	mode: string[],
	description: string,
): INodeProperties[] => [
	{
		displayName: `${label} Source`,
		name: `${prefix}Source`,
		type: 'options',
		options: [
			{ name: 'URL', value: 'url', description: 'A public address that the vendor can open' },
			{ name: 'Binary Field', value: 'binary', description: 'A file of the item' },
		],
		default: 'url',
		description: `Where the ${label.toLowerCase()} comes from`,
		displayOptions: { show: { mode } },
	},
	{
		displayName: `${label} URL`,
		name: `${prefix}Url`,
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/frame.jpg',
		description,
		displayOptions: { show: { mode, [`${prefix}Source`]: ['url'] } },
	},
	{
		displayName: `${label} Binary Field`,
		name: `${prefix}BinaryField`,
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the input binary field that holds the image',
		description,
		displayOptions: { show: { mode, [`${prefix}Source`]: ['binary'] } },
	},
];

const imageLimits =
	'JPEG, PNG or WebP, under 20 MB, shorter side over 300 pixels, ratio between 2:5 and 5:2';

export const generateFields: INodeProperties[] = [
	{
		displayName:
			'Each video costs money at the vendor and takes one to five minutes. Use the option Dry Run to see the request and the estimated cost first.',
		name: 'costNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: false,
		options: providers.map(({ id, name, documentation }) => ({
			name,
			value: id,
			description: documentation,
		})),
		default: 'minimax',
		description: 'The vendor that makes the video and is paid for it',
	},
	dropDown(
		{
			displayName: 'Mode',
			name: 'mode',
			default: 'textToVideo',
			description: 'What the video is made from',
		},
		'getModes',
		['provider'],
	),
	dropDown(
		{
			displayName: 'Model',
			name: 'model',
			default: 'MiniMax-Hailuo-2.3',
			description:
				'The model that makes the video, by its MiniMax name at every vendor. By expression any name can be used, also one that this version does not know.',
		},
		'getModels',
		['provider', 'mode'],
	),
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. A paper boat drifts down a rainy street at dusk',
		description:
			'What happens in the video, up to 2,000 characters (7,000 for H3). Needed for text to video, and at some vendors always.',
	},
	{
		displayName: 'Camera Movements',
		name: 'cameraMovements',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Camera Step',
		default: {},
		description:
			'Camera steps in their order, written at the end of the prompt. A prompt that already has directives such as [Push in] is left as it is.',
		displayOptions: { show: { model: modelsWithCamera } },
		options: [
			{
				displayName: 'Step',
				name: 'steps',
				values: [
					{
						displayName: 'Movements',
						name: 'movements',
						type: 'multiOptions',
						options: cameraMovements.map(({ value, directive }) => ({
							name: directive.replace(/\b\w/g, (letter) => letter.toUpperCase()),
							value,
						})),
						default: [],
						description: 'One to three movements that happen together',
					},
				],
			},
		],
	},
	...imageFields(
		'firstFrame',
		'First Frame',
		['imageToVideo', 'firstLastFrame'],
		`The picture that the video begins with: ${imageLimits}`,
	),
	...imageFields(
		'lastFrame',
		'Last Frame',
		['firstLastFrame'],
		`The picture that the video ends with: ${imageLimits}`,
	),
	...imageFields(
		'subject',
		'Subject',
		['subjectReference'],
		`A picture of one person's face that stays the same: ${imageLimits}`,
	),
	{
		displayName: 'References',
		name: 'references',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Reference',
		default: {},
		description: 'Up to 9 images, 3 videos and 3 sounds, 12 in all',
		displayOptions: { show: { mode: ['referenceToVideo'] } },
		options: [
			{
				displayName: 'Reference',
				name: 'items',
				values: [
					{
						displayName: 'Kind',
						name: 'kind',
						type: 'options',
						options: [
							{ name: 'Audio', value: 'audio' },
							{ name: 'Image', value: 'image' },
							{ name: 'Video', value: 'video' },
						],
						default: 'image',
						description: 'What the file is',
					},
					{
						displayName: 'Source',
						name: 'source',
						type: 'options',
						options: [
							{ name: 'URL', value: 'url' },
							{ name: 'Binary Field', value: 'binary' },
						],
						default: 'url',
						description: 'Where the file comes from',
					},
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://example.com/reference.jpg',
						description: 'A public address that the vendor can open',
						displayOptions: { show: { source: ['url'] } },
					},
					{
						displayName: 'Binary Field',
						name: 'binaryField',
						type: 'string',
						default: 'data',
						placeholder: 'e.g. data',
						description: 'The input binary field that holds the file',
						displayOptions: { show: { source: ['binary'] } },
					},
				],
			},
		],
	},
	dropDown(
		{
			displayName: 'Resolution',
			name: 'resolution',
			default: 'auto',
			description: 'The size of the video. Automatic leaves it to the model.',
			displayOptions: { hide: { mode: ['subjectReference'] } },
		},
		'getResolutions',
		['provider', 'mode', 'model'],
	),
	dropDown(
		{
			displayName: 'Duration',
			name: 'duration',
			default: 0,
			description: 'The length of the video in seconds. Automatic leaves it to the model.',
			displayOptions: { hide: { mode: ['subjectReference'] } },
		},
		'getDurations',
		['provider', 'mode', 'model', 'resolution'],
	),
	dropDown(
		{
			displayName: 'Aspect Ratio',
			name: 'aspectRatio',
			default: 'auto',
			description:
				'Width to height. Automatic is 16:9 for text to video, else the ratio of the first picture.',
			displayOptions: { show: { model: modelsWithRatio } },
		},
		'getAspectRatios',
		['provider', 'mode', 'model'],
	),
	...waitFields,
	...orderFields,
	generateOptions,
];
