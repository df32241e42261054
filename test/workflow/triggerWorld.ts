import type { INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { keys, submit, table, useSandbox, useTaskTable } from './world';

export const time = simulateTime();

export const vendors = providers.map(({ id }) => id);

/** A sandbox without rate limits and an empty task table for each test of this file. */
export function useTriggers() {
	// A busy machine takes longer; nothing else depends on it.
	jest.setTimeout(120_000);
	useSandbox(time, { rateLimits: false });
	useTaskTable();
	beforeEach(() => void table.create());
}

/** A task with its row, without what Generate Video does about the table. */
export async function record(provider: string, prompt: string, row: Record<string, unknown> = {}) {
	const { taskRef, model, status } = await submit(provider, prompt);
	table.insert({
		taskRef: String(taskRef),
		provider,
		model: String(model),
		status: String(status),
		createdAt: new Date(time.now()).toISOString(),
		workflowId: 'maker',
		executionId: '7',
		...row,
	});
	return String(taskRef);
}

export const onTable = (parameters: INodeParameters = {}, id?: string) =>
	new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false, ...parameters },
		credentials: keys(),
		...(id && { id }),
	});

/** Polls until there are so many events, and once more for one too many. */
export async function pollFor(trigger: TriggerWorkflow, count: number, most = 12) {
	for (let polls = 0; polls < most && trigger.items.length < count; polls++) await trigger.poll();
	await trigger.poll();
}
