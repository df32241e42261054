import { getParsedType, z } from 'zod';
import { withoutAbsent } from '../../../video/task';

/** The columns of a task table, in the order in which people see them: what they look for first. */
const columnTypes = {
	label: 'string',
	orderKey: 'string',
	prompt: 'string',
	status: 'string',
	videoUrl: 'string',
	cost: 'number',
	costUnit: 'string',
	sentAt: 'date',
	provider: 'string',
	model: 'string',
	mode: 'string',
	resolution: 'string',
	durationSeconds: 'number',
	results: 'number',
	failure: 'string',
	attempts: 'string',
	expiresAt: 'date',
	completedAt: 'date',
	elapsedSeconds: 'number',
	taskRef: 'string',
	nextCheckAt: 'date',
	workflowId: 'string',
	executionId: 'string',
	requestId: 'string',
	request: 'string',
	heldBy: 'string',
	firedBy: 'string',
} as const;

type ColumnTypes = typeof columnTypes;
export type ColumnName = keyof ColumnTypes;

type Cells = {
	readonly [Name in ColumnName]: (ColumnTypes[Name] extends 'number' ? number : string) | null;
};

/** A row as n8n stores it. Dates are ISO 8601; `id`, `createdAt` and `updatedAt` are n8n's own. */
export type TaskRow = Cells & {
	readonly id: number;
	readonly createdAt: string;
	readonly updatedAt: string;
};

/** What we write. Null empties a cell. */
export type RowChange = Partial<Cells>;

/** Those of some entries that are there and not empty. */
export function filled<Whole extends object, Name extends keyof Whole>(
	whole: Whole,
	names: readonly Name[],
): { [Each in Name]?: NonNullable<Whole[Each]> } {
	const entries = names.map((name) => [name, whole[name] ?? undefined]);
	return withoutAbsent(Object.fromEntries(entries));
}

/** As n8n's API takes and gives them. */
export const columns = Object.entries(columnTypes).map(([name, type]) => ({ name, type }));

/** The columns of tables made by version 0.1. What they lack is added, or done without. */
export const firstColumns: readonly string[] = [
	'taskRef',
	'provider',
	'model',
	'status',
	'videoUrl',
	'expiresAt',
	'cost',
	'costUnit',
	'nextCheckAt',
	'failure',
	'label',
	'workflowId',
	'executionId',
] satisfies ColumnName[];

const cellTypes = columns.map(
	({ name, type }) => [name, type === 'number' ? 'number' : 'string'] as const,
);

/** By hand, and so five times as fast as a zod object of as many columns: a budget reads 10,000 rows. */
export const rowSchema = z
	.object({ id: z.number(), createdAt: z.string(), updatedAt: z.string() })
	.passthrough()
	.transform((row, context): TaskRow => {
		const cells: Record<string, unknown> = { ...row };
		for (const [name, type] of cellTypes) {
			const cell = (cells[name] ??= null);
			if (cell === null || typeof cell === type) continue;
			context.addIssue({
				code: 'invalid_type',
				expected: type,
				received: getParsedType(cell),
				path: [name],
			});
		}
		return cells as unknown as TaskRow;
	});
