import type { INodeProperties } from 'n8n-workflow';

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
