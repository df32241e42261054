import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** A sentence between the fields. */
export const notice = (
	name: string,
	displayName: string,
	displayOptions?: IDisplayOptions,
): INodeProperties => ({
	displayName,
	name,
	type: 'notice',
	default: '',
	...(displayOptions && { displayOptions }),
});

type DropDown = Pick<
	INodeProperties,
	'displayName' | 'name' | 'default' | 'description' | 'displayOptions' | 'options'
>;

/**
 * A drop-down that is filled from the capability tables and follows the choices above it. Its
 * values are plain strings and numbers, so that an expression can give one that the list lacks.
 *
 * n8n reads a plain name in `loadOptionsDependsOn` as one that must have a value, and shows an error
 * in place of the list while its expression has none. A name with `&`, a path from the field itself,
 * is followed all the same.
 */
export function dropDown(
	field: DropDown,
	loadOptionsMethod: string,
	loadOptionsDependsOn: readonly string[],
): INodeProperties {
	return {
		...field,
		type: 'options',
		typeOptions: {
			loadOptionsMethod,
			loadOptionsDependsOn: loadOptionsDependsOn.map((name) => `&${name}`),
		},
	};
}

/** A field that holds as many entries as a person adds, in their order: `{ items: [...] }`. */
export const listField = (
	field: Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'displayOptions'>,
	entry: string,
	values: INodeProperties[],
): INodeProperties => ({
	...field,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: `Add ${entry}`,
	default: {},
	options: [{ displayName: entry, name: 'items', values }],
});

export const imageLimits =
	'JPEG, PNG or WebP, under 20 MB, shorter side over 300 pixels, ratio between 2:5 and 5:2';

/** An entry's file: its address, which `reader` opens, or a binary field. */
export const fileFields = (
	file: 'file' | 'image',
	reader: string,
	example: string,
	sources: INodePropertyOptions[],
): INodeProperties[] => [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		options: sources,
		default: 'url',
		description: `Where the ${file} comes from`,
	},
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		placeholder: `e.g. https://example.com/${example}`,
		description: `A public address that ${reader} can open`,
		displayOptions: { show: { source: ['url'] } },
	},
	{
		displayName: 'Binary Field',
		name: 'binaryField',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		description: `The input binary field that holds the ${file}`,
		displayOptions: { show: { source: ['binary'] } },
	},
];
