import type { Asked, OrderChange, OrderRow, OrderState } from '../../../video/ledger/orderRow';
import { parseReference } from '../../../video/reference';
import { formatReference } from '../../../video/reference';
import type { Attempt, Cost, TaskFacts, VideoTask } from '../../../video/task';
import { isFinal, taskStatuses, withoutAbsent } from '../../../video/task';
import type { RowChange, TaskRow } from './rows';

/** A word that we do not know is a task that still runs. */
export function orderState({ status }: Pick<TaskRow, 'status'>): OrderState {
	return (
		(['reserved', 'sending', ...taskStatuses] as const).find((one) => one === status) ??
		'processing'
	);
}

/** The row of an order as the ledger knows it. */
export function orderRow(row: TaskRow): OrderRow {
	const reference = parseReference(row.taskRef ?? '');
	return {
		row: row.id,
		state: orderState(row),
		provider: row.provider ?? '',
		request: row.request ?? '',
		requestId: row.requestId ?? '',
		heldBy: row.heldBy ?? '',
		facts: rowFacts(row),
		orderedAt: Date.parse(row.createdAt),
		...(reference && { reference }),
		...withoutAbsent({
			sentAt: millisecondsOf(row.sentAt),
			overAt: millisecondsOf(row.nextCheckAt),
			executionId: row.executionId ?? undefined,
		}),
	};
}

/** What a row knows of its task. */
export function rowFacts(row: TaskRow): TaskFacts {
	const { cost, costUnit } = row;
	const unit = costUnit as Cost['unit'];
	const known = {
		model: row.model,
		mode: row.mode,
		prompt: row.prompt,
		resolution: row.resolution,
		durationSeconds: row.durationSeconds,
		// An order may have stood in the queue for a while.
		createdAt: row.sentAt ?? row.createdAt,
		results: row.results,
		cost: cost === null ? null : { amount: cost, unit, source: 'estimate' as const },
	};
	return Object.fromEntries(
		Object.entries(known).filter(([, value]) => value !== null && value !== undefined),
	) as TaskFacts;
}

/** The cells that follow from a change of an order. */
export function cellsOfChange({ task, ...change }: OrderChange, nextCheckAt: number): RowChange {
	const { asked, attempts, state, requestId, heldBy, sentAt, overAt, failure } = change;
	return {
		...(asked && cellsOfAsked(asked)),
		...(attempts && cellsOfAttempts(attempts)),
		...(task && cellsOfTask(task, nextCheckAt)),
		...(task === null && noTask),
		...withoutAbsent({
			status: state,
			requestId,
			heldBy: heldBy === '' ? null : heldBy,
			sentAt: sentAt === undefined ? undefined : new Date(sentAt).toISOString(),
			nextCheckAt: overAt === undefined ? undefined : new Date(overAt).toISOString(),
			failure,
		}),
	};
}

/** An order whose task was given up, and that nobody makes at the moment. */
const noTask: RowChange = {
	taskRef: null,
	videoUrl: null,
	expiresAt: null,
	completedAt: null,
	elapsedSeconds: null,
	failure: null,
	nextCheckAt: null,
};

/** The cells that say whom an order is sent to: nothing of another vendor stays in them. */
export function cellsOfAsked({ provider, request, facts }: Asked): RowChange {
	const none = {
		resolution: null,
		durationSeconds: null,
		results: null,
		cost: null,
		costUnit: null,
	};
	return { ...none, ...cellsOfFacts(facts), provider, request };
}

/** As the item has them. */
export const cellsOfAttempts = (attempts: readonly Attempt[]): RowChange => ({
	attempts: attempts.length === 0 ? null : JSON.stringify(attempts),
});

/** The cells that follow from a task. `nextCheckAt`, in milliseconds since 1970, is when it is worth asking. */
export function cellsOfTask(task: VideoTask, nextCheckAt: number): RowChange {
	const [video] = task.videos;
	return {
		taskRef: formatReference(task.reference),
		...cellsOfFacts(task),
		provider: task.reference.provider,
		status: task.status,
		...(video && { videoUrl: video.url, expiresAt: video.expiresAt ?? null }),
		...cellsOfCompletion(task),
		...(task.failure && { failure: task.failure.message }),
		nextCheckAt: isFinal(task.status) ? null : new Date(nextCheckAt).toISOString(),
	};
}

/** The cells that follow from the end of a task; its reference stays as it stands there. */
export function cellsOfEnd(task: VideoTask): RowChange {
	const [video] = task.videos;
	return {
		...cellsOfFacts(task),
		status: task.status,
		videoUrl: video?.url ?? null,
		expiresAt: video?.expiresAt ?? null,
		...cellsOfCompletion(task),
		failure: task.failure?.message ?? null,
		nextCheckAt: null,
	};
}

const cellsOfCompletion = ({ completedAt, elapsedSeconds }: VideoTask): RowChange =>
	withoutAbsent({ completedAt, elapsedSeconds });

/** The cells that are known before anything is sent. */
function cellsOfFacts(facts: TaskFacts): RowChange {
	const { model, mode, prompt, resolution, durationSeconds, results, cost } = facts;
	return withoutAbsent({
		model,
		mode,
		prompt,
		resolution,
		durationSeconds,
		results,
		cost: cost?.amount,
		costUnit: cost?.unit,
	});
}

function millisecondsOf(date: string | null): number | undefined {
	const milliseconds = Date.parse(date ?? '');
	return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
