import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import { cameraMovements } from '../../video/camera';
import type { Capability } from '../../video/capabilities';
import type { Provider } from '../../video/provider';
import { type Mode, modeNames, modes } from '../../video/request';
import { dropDown, notice } from '../shared/fieldKinds';
import { generateOptions } from '../shared/options';
import { orderFields } from '../shared/taskTable/recordFields';
import { waitFields } from '../shared/waitFields';
import { fallbackFields } from './fallbackFields';
import { modeChoices } from './modeChoices';
import { pictureFields } from './pictureFields';

const rows = providers.flatMap(({ capabilities }) => capabilities);

const modelsWhere = (test: (row: Capability) => boolean) => [
	...new Set(rows.filter(test).map(({ model }) => model)),
];

const modelsWithCamera = modelsWhere(({ camera }) => camera);
const modelsWithRatio = modelsWhere(({ aspectRatios }) => aspectRatios !== undefined);

const modesWithCamera = modes.filter((mode) => rows.some((row) => row.camera && row.mode === mode));

function modelsWithout(mode: Mode): string[] {
	const able = modelsWhere((row) => row.mode === mode);
	return modelsWhere(() => true).filter((model) => !able.includes(model));
}

/** What a vendor has, in a line of the list. */
function offerOf({ capabilities }: Provider): string {
	const [models, ways] = (['model', 'mode'] as const).map(
		(name) => new Set(capabilities.map((row) => row[name])).size,
	);
	const outputs = capabilities.flatMap((row) => row.outputs);
	const unit = outputs.find(({ price }) => price)?.price?.unit;
	const prices = unit === undefined ? 'no prices published' : `prices in ${unit}`;
	return `${models} models, ${ways} modes, ${prices}`;
}

export const generateFields: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: false,
		options: providers.map((provider) => ({
			name: provider.name,
			value: provider.id,
			description: offerOf(provider),
		})),
		default: 'minimax',
		description: 'The vendor that makes the video and is paid for it',
	},
	dropDown(
		{
			displayName: 'Mode',
			name: 'mode',
			// The list is loaded; these are what the node panel makes its actions of.
			options: modeChoices,
			default: 'textToVideo',
			description: 'What the video is made from',
		},
		'getModes',
		['provider'],
	),
	...pictureFields,
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. A paper boat drifts down a rainy street at dusk',
		description:
			'What happens in the video, up to 2,000 characters (7,000 for H3). Needed for text to video, and at some vendors always.',
	},
	dropDown(
		{
			displayName: 'Model',
			name: 'model',
			default: 'auto',
			description:
				'The model that makes the video, by its MiniMax name at every vendor. Automatic is the best-known one for the mode. By expression any name can be used, also one that this version does not know.',
		},
		'getModels',
		['provider', 'mode'],
	),
	...modes.map((mode) =>
		notice(
			`${mode}Notice`,
			`This model does not do ${modeNames[mode]}. Choose <b>Automatic</b>, or one of the list.`,
			{ show: { mode: [mode], model: modelsWithout(mode) } },
		),
	),
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
				'Width to height. Automatic is 16:9 for text to video, else the ratio of the first picture. Only MiniMax-H3 models make others, e.g. vertical 9:16.',
			displayOptions: {
				show: { model: ['auto', ...modelsWithRatio] },
				hide: { mode: ['subjectReference'] },
			},
		},
		'getAspectRatios',
		['provider', 'mode', 'model'],
	),
	notice(
		'costNotice',
		'Each video costs money at the vendor and takes one to five minutes. The option <b>Dry Run</b> shows what would be sent and its price.',
	),
	...waitFields,
	...orderFields,
	...fallbackFields,
	{
		displayName: 'Camera Movements',
		name: 'cameraMovements',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Camera Step',
		default: {},
		description:
			'Camera steps in their order, written at the end of the prompt. A prompt that already has directives such as [Push in] is left as it is.',
		displayOptions: { show: { mode: modesWithCamera, model: ['auto', ...modelsWithCamera] } },
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
	generateOptions,
];
