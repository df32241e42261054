import type { INodeProperties } from 'n8n-workflow';

type DropDown = Pick<
	INodeProperties,
	'displayName' | 'name' | 'default' | 'description' | 'displayOptions'
>;

/**
 * A drop-down that is filled from the capability tables and follows the choices above it. Its
 * values are plain strings and numbers, so that an expression can give one that the list lacks.
 */
export function dropDown(
	field: DropDown,
	loadOptionsMethod: string,
	loadOptionsDependsOn: readonly string[],
): INodeProperties {
	return {
		...field,
		type: 'options',
		typeOptions: { loadOptionsMethod, loadOptionsDependsOn: [...loadOptionsDependsOn] },
	};
}
