import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../../video/failure';
import type { BudgetWishes } from '../../../video/ledger/budget';
import { budgetPeriods } from '../../../video/ledger/period';
import { readRecordTask } from '../fieldReaders';
import { asNumber, notUsable, oneOf } from '../formValues';
import { type OwnCells, readOwnCells } from './ownColumns';
import { defaultTableName } from './recordFields';
import { is, type RowFilter } from './taskTable';

export const tableScopes = ['table', 'workflow', 'label'] as const;

type TableScope = (typeof tableScopes)[number];

/** How the order of an item is kept in the task table. */
export interface TableSettings {
	readonly name: string;
	readonly label?: string;
	/** Columns of the person's own. */
	readonly columns?: OwnCells;
	/** A video under this key is made once. */
	readonly orderKey?: string;
	readonly budget?: BudgetWishes & { readonly scope: TableScope };
}

/** The settings by their names; one that the person has not added is absent. */
type Fields = Readonly<Record<string, unknown>>;

const longestKey = 255;

/** Undefined where the order is not recorded. Throws InputError. */
export function readTableSettings(
	context: IExecuteFunctions,
	item: number,
): TableSettings | undefined {
	if (!readRecordTask(context, item)) return undefined;
	const fields = context.getNodeParameter('taskTable', item, {}) as Fields;
	const label = String(fields.label ?? '').trim();
	const orderKey = readOrderKey(fields);
	const budget = readBudget(fields, context.getTimezone());
	const columns = readOwnCells(fields.columns);
	return {
		name: String(fields.name ?? defaultTableName).trim(),
		...(label !== '' && { label }),
		...(Object.keys(columns).length > 0 && { columns }),
		...(orderKey !== undefined && { orderKey }),
		...(budget && { budget }),
	};
}

/** An expression that gives nothing must not order what was ordered before. */
function readOrderKey(fields: Fields): string | undefined {
	if (!('orderKey' in fields)) return undefined;
	const { orderKey } = fields;
	if (typeof orderKey !== 'string' && typeof orderKey !== 'number') {
		throw new InputError(
			'Order Key gave no text',
			'Check its expression: every item needs a key of its own, e.g. {{ $json.productId }}. Remove Order Key to make a new video in each run.',
		);
	}
	const key = String(orderKey).trim();
	if (key.length <= longestKey) return key === '' ? undefined : key;
	throw new InputError(
		`Order Key has ${key.length} characters`,
		`Use at most ${longestKey}, e.g. the number of the product.`,
	);
}

function readBudget(fields: Fields, timeZone: string): TableSettings['budget'] {
	const amount = readAmount(fields, 'budget', 'Budget');
	const creditPrice = readAmount(fields, 'creditPrice', 'Credit Price (USD)');
	const period = oneOf(fields.budgetPeriod, budgetPeriods, 'month', 'Budget Period');
	const scope = oneOf(fields.budgetScope, tableScopes, 'table', 'Budget Scope');
	if (amount === undefined) return undefined;
	return { amount, period, scope, timeZone, ...(creditPrice !== undefined && { creditPrice }) };
}

/** USD; undefined for 0 and for a field that is absent or empty. Throws InputError for all else. */
function readAmount(fields: Fields, name: string, label: string): number | undefined {
	if (!(name in fields) || fields[name] === '') return undefined;
	const amount = asNumber(fields[name]);
	if (amount !== undefined && amount >= 0) return amount === 0 ? undefined : amount;
	throw notUsable(
		label,
		fields[name],
		'Enter the amount in USD as a plain number such as 20 or 0.50, without a currency. 0 is none.',
	);
}

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
