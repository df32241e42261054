import { InputError } from '../../../video/failure';
import { quoted } from '../../../video/text';
import { asNumber, asSwitch, notUsable } from '../formValues';
import { columns, type TaskRow } from './rows';

/** Columns of the person's own beside ours, by name; null where an expression gave nothing. */
export type OwnCells = Readonly<Record<string, string | null>>;

/** A column as n8n's API gives it. */
export interface Column {
	readonly name: string;
	/** `string`, `number`, `boolean` or `date`. */
	readonly type?: string;
}

/** n8n's own, one of them for tests of a workflow only. */
const kept = ['id', 'createdAt', 'updatedAt', 'dryRunState'];
/** Databases tell names by case or do not: for us they are the same. */
const plain = (name: string) => name.toLowerCase();
const taken = new Set([...columns.map(({ name }) => name), ...kept].map(plain));

/** What n8n takes. */
const longestName = 63;
const namePattern = /^[a-z][a-z0-9_]*$/i;

/** The columns of a form's Columns. Throws InputError for names that n8n or the table has no place for. */
export function readOwnCells(field: unknown): OwnCells {
	const { items = [] } = (field ?? {}) as { items?: Array<{ name?: unknown; value?: unknown }> };
	const cells = new Map<string, string | null>();
	for (const { name, value } of items) {
		const column = readName(name);
		if ([...cells.keys()].some((other) => plain(other) === plain(column))) {
			throw new InputError(
				`Columns has “${column}” twice`,
				'Remove one of them, or give it another name.',
			);
		}
		cells.set(column, readValue(value, column));
	}
	return Object.fromEntries(cells);
}

function readName(value: unknown): string {
	const name = String(value ?? '').trim();
	if (name === '') {
		throw new InputError(
			'Columns has a column without a name',
			'Enter a name such as campaign, or remove it.',
		);
	}
	if (!namePattern.test(name) || name.length > longestName) {
		throw new InputError(
			`Columns: “${quoted(name)}” cannot be the name of a column`,
			`Use a letter, then letters, digits and underscores, at most ${longestName}, e.g. campaign.`,
		);
	}
	if (taken.has(plain(name))) {
		throw new InputError(
			`Columns: the task table has a column ${name} of its own`,
			`Use another name, e.g. my${name.charAt(0).toUpperCase()}${name.slice(1)}.`,
		);
	}
	return name;
}

function readValue(value: unknown, column: string): string | null {
	if (value === null || value === undefined) return null;
	const isData =
		Array.isArray(value) ||
		(typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype);
	if (!isData) return String(value);
	throw notUsable(`Columns: the value of ${column}`, value, 'Use a text or a number.');
}

/** Those of the person's columns that a table lacks, as n8n makes them. */
export function missingColumns(names: Iterable<string>, present: readonly Column[]) {
	const known = new Set(present.map(({ name }) => plain(name)));
	return [...names]
		.filter((name) => !known.has(plain(name)))
		.map((name) => ({ name, type: 'string' }));
}

/** The cells as the columns of a table take them: one that has no place is left out, and told. */
export function fittingCells(
	own: OwnCells,
	present: readonly Column[],
): { cells: Record<string, string | number | boolean | null>; problems: string[] } {
	const cells: Record<string, string | number | boolean | null> = {};
	const problems: string[] = [];
	for (const [name, value] of Object.entries(own)) {
		const column = present.find((one) => plain(one.name) === plain(name));
		if (!column) {
			problems.push(
				`The task table has no column ${name}, and its API key may not add one. Give the key the scope dataTableColumn:create, or add the column in n8n`,
			);
			continue;
		}
		const cell = value === null ? null : asCell(value, column.type);
		if (cell === undefined) {
			problems.push(
				`The column ${name} of the task table is of the type ${column.type}, and “${quoted(value ?? '')}” is none: its cell is empty`,
			);
		}
		cells[column.name] = cell ?? null;
	}
	return { cells, problems };
}

/** Undefined for what the column cannot hold. */
function asCell(value: string, type = 'string'): string | number | boolean | undefined {
	switch (type) {
		case 'number':
			return asNumber(value);
		case 'boolean':
			return asSwitch(value);
		case 'date': {
			const date = new Date(value);
			return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
		}
		default:
			return value;
	}
}

/** What a row says in columns that are not ours; undefined where that is nothing. */
export function ownCellsOf(row: TaskRow): Record<string, unknown> | undefined {
	const cells = Object.entries(row).filter(
		([name, value]) => !taken.has(plain(name)) && value !== null && value !== undefined,
	);
	return cells.length > 0 ? Object.fromEntries(cells) : undefined;
}
