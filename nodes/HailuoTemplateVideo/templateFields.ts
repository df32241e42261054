import type { INodeProperties } from 'n8n-workflow';
import { templates } from '../../providers/minimax/templates';
import { fileFields, imageLimits, listField, notice } from '../shared/fieldKinds';
import { runOptions, settingOption } from '../shared/options';
import { orderFields } from '../shared/taskTable/recordFields';
import { waitFields } from '../shared/waitFields';

const without = (input: 'images' | 'texts') =>
	templates.filter((template) => template[input].most === 0).map(({ id }) => id);

/**
 * Says what a template has no use for. The fields themselves are always there: n8n empties a list
 * whose field depends on the template whenever another template is chosen.
 */
const notTaken = (input: 'images' | 'texts', label: string) =>
	notice(`${input}Notice`, `This template takes no ${input}: leave ${label} empty.`, {
		show: { template: without(input) },
	});

/** For the subtitle, where n8n gives the ID alone. */
export const templateNames = JSON.stringify(
	Object.fromEntries(templates.map(({ id, name }) => [id, name.toLowerCase()])),
);

export const templateFields: INodeProperties[] = [
	notice(
		'costNotice',
		'Each video costs money at MiniMax and takes two to seven minutes. The option <b>Dry Run</b> shows what would be sent and its price.',
	),
	{
		displayName: 'Template',
		name: 'template',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'What happens in the video. The list is that of the region of the credential.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a template...',
				typeOptions: { searchListMethod: 'searchTemplates', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 392747428568649728',
				validation: [
					{
						type: 'regex',
						properties: { regex: '^\\d+$', errorMessage: 'A template ID has digits only' },
					},
				],
			},
		],
	},
	listField(
		{
			displayName: 'Images',
			name: 'images',
			description: `The pictures that the template uses: ${imageLimits}`,
		},
		'Image',
		fileFields('image', 'MiniMax', 'pet.jpg', [
			{ name: 'URL', value: 'url', description: 'A public address that MiniMax can open' },
			{ name: 'Binary Field', value: 'binary', description: 'A file of the item' },
		]),
	),
	notTaken('images', 'Images'),
	listField(
		{
			displayName: 'Texts',
			name: 'texts',
			description: 'The words that the template uses, e.g. the name of a beast',
		},
		'Text',
		[
			{
				displayName: 'Value',
				name: 'value',
				type: 'string',
				default: '',
				placeholder: 'e.g. Lion',
				description: 'One text of the template',
			},
		],
	),
	notTaken('texts', 'Texts'),
	...waitFields,
	...orderFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'How the node runs',
		options: [
			settingOption('callbackUrl'),
			runOptions.concurrency,
			runOptions.dryRun,
			runOptions.includeInputFields,
			runOptions.maxCost,
			runOptions.simplify,
		],
	},
];
