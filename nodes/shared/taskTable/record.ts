import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError, StoppedError, VendorError } from '../../../video/failure';
import type { Host } from '../../../video/host';
import { formatReference } from '../../../video/reference';
import type { VideoTask } from '../../../video/task';
import { isFinal } from '../../../video/task';
import type { RowChange, TaskTable } from './client';
import { openTaskTable } from './client';
import { defaultTableName } from './fields';

/**
 * Writes the tasks of one run of a node into the task table. Nothing in here ever fails a node: what
 * goes wrong becomes a sentence for the person.
 */
export class TaskRecorder {
	private readonly tables = new Map<string, Promise<TaskTable>>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly host: Host,
	) {}

	private wanted(item: number): boolean {
		return this.context.getNodeParameter('recordTask', item, false) === true;
	}

	/**
	 * Brings the row of a task up to date, or makes it. `nextCheckAt`, in milliseconds since 1970, is
	 * when it is worth asking for a task that is not finished. Gives hints.
	 */
	async record(item: number, task: VideoTask, nextCheckAt: number): Promise<string[]> {
		if (!this.wanted(item)) return [];
		const { name, label = '' } = this.context.getNodeParameter('taskTable', item, {}) as {
			name?: string;
			label?: string;
		};
		const taskRef = formatReference(task.reference);
		const change: RowChange = {
			...changeOf(task),
			nextCheckAt: isFinal(task.status) ? null : new Date(nextCheckAt).toISOString(),
		};
		try {
			const table = await this.table(String(name ?? defaultTableName).trim());
			if (await table.update(taskRef, change)) return [];
			await table.insert({
				taskRef,
				...change,
				label: String(label).trim() || null,
				workflowId: this.context.getWorkflow().id ?? null,
				executionId: this.context.getExecutionId() ?? null,
			});
			return [];
		} catch (cause) {
			if (cause instanceof StoppedError) return [];
			return [`The task ${taskRef} could not be written into the task table: ${reasonOf(cause)}`];
		}
	}

	private async table(name: string): Promise<TaskTable> {
		if (name === '') throw new InputError('Table Name is empty.', 'Enter a name.');
		let table = this.tables.get(name);
		if (!table) {
			table = openTaskTable(this.context, this.host, name, { createWhenMissing: true });
			this.tables.set(name, table);
		}
		return await table;
	}
}

function reasonOf(cause: unknown): string {
	if (cause instanceof VendorError || cause instanceof InputError) {
		return [cause.message, cause.advice].filter(Boolean).join('. ');
	}
	return cause instanceof Error ? cause.message : String(cause);
}

/** The cells that follow from a task. */
export function changeOf(task: VideoTask): RowChange {
	const [video] = task.videos;
	return {
		provider: task.reference.provider,
		status: task.status,
		...(task.model !== undefined && { model: task.model }),
		...(video && { videoUrl: video.url, expiresAt: video.expiresAt ?? null }),
		...(task.cost && { cost: task.cost.amount, costUnit: task.cost.unit }),
		...(task.failure && { failure: task.failure.message }),
	};
}
