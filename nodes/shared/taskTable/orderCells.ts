import type { Asked, OrderChange, OrderRow, OrderState } from '../../../video/ledger/orderRow';
import { formatReference, parseReference } from '../../../video/reference';
import {
	type Attempt,
	type Cost,
	isFinal,
	type TaskFacts,
	type TaskStatus,
	taskStatuses,
	type VideoTask,
	withoutAbsent,
} from '../../../video/task';
import { filled, type RowChange, type TaskRow } from './rows';

type Status = Pick<TaskRow, 'status'>;

/** A word that we do not know is a task that still runs. */
export const statusOf = ({ status }: Status): TaskStatus =>
	taskStatuses.find((word) => word === status) ?? 'processing';

export const orderState = (row: Status): OrderState =>
	(['reserved', 'sending'] as const).find((word) => word === row.status) ?? statusOf(row);

/** What a row has in the words of its order. */
const factColumns = [
	'model',
	'mode',
	'prompt',
	'resolution',
	'durationSeconds',
	'results',
] as const satisfies ReadonlyArray<keyof TaskFacts>;

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
		}),
		...filled(row, ['executionId']),
	};
}

/** What a row knows of its task. */
export function rowFacts(row: TaskRow): TaskFacts {
	const { cost, costUnit } = row;
	const unit = costUnit as Cost['unit'];
	return {
		...filled(row, factColumns),
		// An order may have stood in the queue for a while.
		createdAt: row.sentAt ?? row.createdAt,
		...(cost !== null && { cost: { amount: cost, unit, source: 'estimate' } }),
	};
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
	const { reference, status, videos, failure } = task;
	return {
		...cellsOfAnswer(task),
		taskRef: formatReference(reference),
		provider: reference.provider,
		...(videos.length > 0 && cellsOfVideo(task)),
		...(failure && { failure: failure.message }),
		nextCheckAt: isFinal(status) ? null : new Date(nextCheckAt).toISOString(),
	};
}

/** The cells that follow from the end of a task; its reference stays as it stands there. */
export const cellsOfEnd = (task: VideoTask): RowChange => ({
	...cellsOfAnswer(task),
	...cellsOfVideo(task),
	failure: task.failure?.message ?? null,
	nextCheckAt: null,
});

const cellsOfAnswer = (task: VideoTask): RowChange => ({
	...cellsOfFacts(task),
	...filled(task, ['status', 'completedAt', 'elapsedSeconds']),
});

const cellsOfVideo = ({ videos: [video] }: VideoTask): RowChange => ({
	videoUrl: video?.url ?? null,
	expiresAt: video?.expiresAt ?? null,
});

/** The cells that are known before anything is sent. */
const cellsOfFacts = (facts: TaskFacts): RowChange => ({
	...filled(facts, factColumns),
	...(facts.cost && { cost: facts.cost.amount, costUnit: facts.cost.unit }),
});

function millisecondsOf(date: string | null): number | undefined {
	const milliseconds = Date.parse(date ?? '');
	return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
