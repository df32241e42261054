import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../../video/failure';
import type { RowFilter } from './taskTable';
import { is } from './taskTable';

export const tableScopes = ['table', 'workflow', 'label'] as const;

export type TableScope = (typeof tableScopes)[number];

/** The rows that a scope counts. `field` is its label in the form. Throws InputError. */
export function rowsInScope(
	context: IExecuteFunctions,
	{ scope, label, field }: { scope: TableScope; label?: string; field: string },
): RowFilter[] {
	if (scope === 'table') return [];
	if (scope === 'workflow') {
		const { id } = context.getWorkflow();
		return [is('workflowId', id ?? null)];
	}
	if (label !== undefined) return [is('label', label)];
	throw new InputError(
		`${field} is Label, and Label is empty`,
		`Enter the Label whose videos are counted, or choose another ${field}.`,
	);
}
