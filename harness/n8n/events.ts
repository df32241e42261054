import { parse } from 'flatted';
import type { Execution, Item } from './home';
import type { Storage } from './services';
import { itemsOf } from './workflows';

/** Rows of the task table, straight from n8n's database: also while the main process is dead. */
export async function countRows(storage: Storage): Promise<number> {
	const [table] = await storage.rows<{ id: string }>('SELECT id FROM data_table WHERE name = $1', [
		'Hailuo Tasks',
	]);
	if (!table) return 0;
	const [{ count }] = await storage.rows<{ count: string }>(
		`SELECT count(*) FROM "data_table_user_${table.id}"`,
	);
	return Number(count);
}

/** All executions of a workflow that have ended, however many, straight from n8n's database. */
export async function executionsOf(
	storage: Storage,
	workflowId: string,
): Promise<Array<Execution & { id: number; startedAt: Date }>> {
	const rows = await storage.rows<{ id: number; status: string; startedAt: Date; data: string }>(
		`SELECT id, status, "startedAt", data FROM execution_entity JOIN execution_data ON "executionId" = id
		WHERE execution_entity."workflowId" = $1 AND status NOT IN ('new', 'running', 'waiting') ORDER BY id`,
		[workflowId],
	);
	return rows.map(({ data, ...row }) => ({ ...row, data: parse(data) as Execution['data'] }));
}

/** What n8n keeps of an execution whose trigger has not been taken from the stack yet. */
interface Begun {
	executionData?: {
		nodeExecutionStack: Array<{ node: { name: string }; data: { main: Array<Item[] | null> } }>;
	};
}

/** What a trigger has fired, in all executions of its workflow. */
export async function eventsOf(storage: Storage, workflowId: string): Promise<Array<Item['json']>> {
	return (await executionsOf(storage, workflowId)).flatMap(firedBy);
}

/** What the trigger of an execution has fired, also when its worker died at once. */
export function firedBy(execution: Execution): Array<Item['json']> {
	const fired = itemsOf(execution, 'Trigger');
	const { executionData } = execution.data as Begun;
	const waiting = (executionData?.nodeExecutionStack ?? [])
		.filter(({ node }) => node.name === 'Trigger')
		.flatMap(({ data }) => data.main[0] ?? []);
	return (fired.length > 0 ? fired : waiting).map(({ json }) => json);
}
