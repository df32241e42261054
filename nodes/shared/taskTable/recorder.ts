import type { IExecuteFunctions } from 'n8n-workflow';
import { asError, InputError, StoppedError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { chunks } from '../../../video/list';
import type { TaskReference } from '../../../video/reference';
import { formatReference } from '../../../video/reference';
import { repeat } from '../../../video/retry';
import { Slots } from '../../../video/slots';
import type { VideoTask } from '../../../video/task';
import { isFinal } from '../../../video/task';
import { readRecordTask } from '../inputs';
import type { RowFilter, TaskTable } from './taskTable';
import type { NewTaskRow, RowChange } from './rows';
import { openTaskTable } from './taskTable';
import { defaultTableName } from './recordFields';

const requestsAtOnce = 5;
/** How long a table is tried that does not answer, and then left alone. */
const patienceMs = 10_000;
const restMs = 60_000;
/** References that are looked up in one request. */
const namesAtOnce = 50;
/** References that are named one by one when a table cannot be written. */
const namedAtMost = 5;

/** A table as one run of a node knows it. */
interface OpenTable {
	open?: Promise<TaskTable>;
	fault?: { readonly cause: unknown; readonly until: number };
}

/**
 * Writes the tasks of one run of a node into the task table. Nothing in here ever fails a node, or
 * holds it up for long: what goes wrong becomes a sentence for the person.
 */
export class TaskRecorder {
	private readonly tables = new Map<string, OpenTable>();

	private readonly slots = new Slots(requestsAtOnce);

	private failures = 0;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
	) {}

	/**
	 * Makes the row of a task that the vendor has just accepted, or that an earlier try of the node
	 * has made. `nextCheckAt`, in milliseconds since 1970, is when it is worth asking. Gives hints.
	 */
	async accepted(item: number, task: VideoTask, nextCheckAt: number): Promise<string[]> {
		const { memory } = this.host;
		const taskRef = formatReference(task.reference);
		const key = `hailuo:recorded:${taskRef}`;
		return await this.write(item, taskRef, async (table) => {
			// The row may be there already, and others may know more of the task by now.
			if (memory.get(key) === true && (await hasRow(table, taskRef))) return;
			memory.set(key, true);
			await table.insert(this.rowOf(item, taskRef, changeOf(task, nextCheckAt)));
		});
	}

	/** Brings the row of a task up to date, or makes it. Gives hints. */
	async update(item: number, task: VideoTask): Promise<string[]> {
		const taskRef = formatReference(task.reference);
		const change = changeOf(task, this.host.now());
		return await this.write(item, taskRef, async (table) => {
			if (await table.update(taskRef, change)) return;
			await table.insert(this.rowOf(item, taskRef, change));
		});
	}

	/** Which of these tasks have a row already. Throws when the table cannot be read. */
	async recorded(item: number, references: readonly TaskReference[]): Promise<Set<string>> {
		const names = references.map(formatReference);
		const found = new Set<string>();
		await this.attempt(item, async (table) => {
			for (const some of chunks(names, namesAtOnce)) {
				const filters = some.map(
					(value): RowFilter => ({ columnName: 'taskRef', condition: 'eq', value }),
				);
				const rows = await table.page(filters, { anyOf: true, limit: 250 });
				for (const { taskRef } of rows) if (taskRef !== null) found.add(taskRef);
			}
		});
		return found;
	}

	private async write(
		item: number,
		taskRef: string,
		work: (table: TaskTable) => Promise<void>,
	): Promise<string[]> {
		if (!readRecordTask(this.context, item)) return [];
		try {
			await this.attempt(item, work);
			return [];
		} catch (cause) {
			if (cause instanceof StoppedError) return [];
			const which =
				++this.failures > namedAtMost ? 'More tasks could' : `The task ${taskRef} could`;
			return [`${which} not be written into the task table: ${reasonOf(cause)}`];
		}
	}

	private async attempt(item: number, work: (table: TaskTable) => Promise<void>): Promise<void> {
		const name = String(this.settings(item).name ?? defaultTableName).trim();
		const known = this.tables.get(name) ?? {};
		this.tables.set(name, known);
		await this.slots.run(async () => await this.workOn(name, known, work));
	}

	private async workOn(
		name: string,
		known: OpenTable,
		work: (table: TaskTable) => Promise<void>,
	): Promise<void> {
		const { host } = this;
		if (known.fault && host.elapsed() < known.fault.until) throw known.fault.cause;
		try {
			await repeat({ host }, host.elapsed() + patienceMs, async () => {
				known.open ??= this.open(name);
				// A table that could not be opened is looked up again at the next try.
				const table = await known.open.catch((cause: unknown) => {
					known.open = undefined;
					throw cause;
				});
				await work(table);
			});
		} catch (cause) {
			known.open = undefined;
			known.fault = { cause, until: host.elapsed() + restMs };
			throw asError(cause);
		}
	}

	private async open(name: string): Promise<TaskTable> {
		if (name === '') throw new InputError('Table Name is empty', 'Enter a name.');
		return await openTaskTable(this.context, this.host, name, { createWhenMissing: true });
	}

	private rowOf(item: number, taskRef: string, change: RowChange): NewTaskRow {
		return {
			taskRef,
			...change,
			label: String(this.settings(item).label ?? '').trim() || null,
			workflowId: this.context.getWorkflow().id ?? null,
			executionId: this.context.getExecutionId() ?? null,
		};
	}

	private settings(item: number): { name?: unknown; label?: unknown } {
		return this.context.getNodeParameter('taskTable', item, {}) as object;
	}
}

async function hasRow(table: TaskTable, taskRef: string): Promise<boolean> {
	const rows = await table.page([{ columnName: 'taskRef', condition: 'eq', value: taskRef }], {
		limit: 1,
	});
	return rows.length > 0;
}

function reasonOf(cause: unknown): string {
	if (cause instanceof VendorError || cause instanceof InputError) {
		return [cause.message, cause.advice].filter(Boolean).join('. ');
	}
	return asError(cause).message;
}

/** The cells that follow from a task. */
function changeOf(task: VideoTask, nextCheckAt: number): RowChange {
	const [video] = task.videos;
	return {
		provider: task.reference.provider,
		status: task.status,
		...(task.model !== undefined && { model: task.model }),
		...(video && { videoUrl: video.url, expiresAt: video.expiresAt ?? null }),
		...(task.cost && { cost: task.cost.amount, costUnit: task.cost.unit }),
		...(task.results !== undefined && { results: task.results }),
		...(task.failure && { failure: task.failure.message }),
		nextCheckAt: isFinal(task.status) ? null : new Date(nextCheckAt).toISOString(),
	};
}
