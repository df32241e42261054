import { z } from 'zod';

/** The columns of a task table. */
const columnTypes = {
	taskRef: 'string',
	provider: 'string',
	model: 'string',
	status: 'string',
	videoUrl: 'string',
	expiresAt: 'date',
	cost: 'number',
	costUnit: 'string',
	results: 'number',
	nextCheckAt: 'date',
	failure: 'string',
	label: 'string',
	workflowId: 'string',
	executionId: 'string',
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
export type RowChange = Partial<Omit<Cells, 'taskRef'>>;
export type NewTaskRow = RowChange & { readonly taskRef: string };

/** As n8n's API takes and gives them. */
export const columns = Object.entries(columnTypes).map(([name, type]) => ({ name, type }));

/** Columns that tables made by version 0.1 lack. They are added, or done without. */
export const laterColumns: readonly string[] = ['results'] satisfies ColumnName[];

const absentAsNull = <Cell extends z.ZodTypeAny>(cell: Cell) =>
	cell.nullish().transform((value: unknown) => value ?? null);

const cellSchemas = {
	string: absentAsNull(z.string()),
	date: absentAsNull(z.string()),
	number: absentAsNull(z.number()),
};

export const rowSchema = z
	.object({
		...Object.fromEntries(
			Object.entries(columnTypes).map(([name, type]) => [name, cellSchemas[type]]),
		),
		id: z.number(),
		createdAt: z.string(),
		updatedAt: z.string(),
	})
	.passthrough()
	.transform((row) => row as unknown as TaskRow);
