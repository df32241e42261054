import type { RowFilter } from '../nodes/shared/taskTable/taskTable';

export type Cell = string | number | null;

export interface Filter {
	readonly type: 'and' | 'or';
	readonly filters: readonly RowFilter[];
}

/** `%` is any text; nothing else is special. */
function isLike(cell: string, pattern: string): boolean {
	const literal = pattern.split('%').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${literal.join('.*')}$`, 's').test(cell);
}

/** As n8n filters the rows of a data table. */
export function meets(row: Readonly<Record<string, Cell>>, { type, filters }: Filter): boolean {
	const one = ({ columnName, condition, value }: RowFilter) => {
		const cell = row[columnName] ?? null;
		if (condition === 'eq') return cell === value;
		if (condition === 'neq') return cell !== value;
		if (cell === null || value === null) return false;
		if (condition === 'like') return isLike(String(cell), String(value));
		if (condition === 'gt') return cell > value;
		if (condition === 'gte') return cell >= value;
		return condition === 'lt' ? cell < value : cell <= value;
	};
	return type === 'or' ? filters.some(one) : filters.every(one);
}
