import type { INodeProperties } from 'n8n-workflow';
import { fileFields, imageLimits, listField } from '../shared/fieldKinds';

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
		description: `${description}. Where it stays empty and the mode needs no other picture, the only picture of the item is taken.`,
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

/** What a video is made from beside the prompt. */
export const pictureFields: INodeProperties[] = [
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
	listField(
		{
			displayName: 'References',
			name: 'references',
			description: 'Up to 9 images, 3 videos and 3 sounds, 12 in all',
			displayOptions: { show: { mode: ['referenceToVideo'] } },
		},
		'Reference',
		[
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
			...fileFields('file', 'the vendor', 'reference.jpg', [
				{ name: 'URL', value: 'url' },
				{ name: 'Binary Field', value: 'binary' },
			]),
		],
	),
];
