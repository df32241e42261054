import type { INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { type TriggerOptions, TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { keys, submit, table, useSandbox, useTaskTable } from './world';

export const time = simulateTime();

export const vendors = providers.map(({ id }) => id);

/** A sandbox without rate limits and an empty task table for each test of this file. */
export function useTriggers() {
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

type More = Partial<TriggerOptions>;

const triggerOn = (parameters: INodeParameters, more?: More) =>
	new TriggerWorkflow({
		parameters: { downloadVideo: false, ...parameters },
		credentials: keys(),
		...more,
	});

export const onTable = (parameters: INodeParameters = {}, more?: More) =>
	triggerOn({ source: 'taskTable', ...parameters }, more);

export const onAccount = (provider: string) => triggerOn({ source: 'account', provider });

/** Of references, in a list or with commas between. */
export const onList = (tasks: string | string[]) => triggerOn({ source: 'taskList', tasks });

/** A task that the account of its vendor lists, where one has a list. */
export const submitListed = async (provider: string, prompt: string) =>
	await submit(
		provider,
		prompt,
		provider === 'minimax' ? { model: 'MiniMax-H3', duration: 5 } : {},
	);

/** Polls until there are so many events, and once more for one too many. */
export async function pollFor(trigger: TriggerWorkflow, count: number, most = 12) {
	for (let polls = 0; polls < most && trigger.items.length < count; polls++) await trigger.poll();
	await trigger.poll();
}
