import { VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import { exchange } from '../../video/http';
import type { CreateRequest, Recovery, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { TaskFacts, VideoTask } from '../../video/task';
import { withoutAbsent } from '../../video/task';
import type { Envelope } from './decode';
import { decode, readEnvelope } from './decode';
import { errorOf, refusalOf, silence, vendor } from './errors';
import { createSchema } from './wire';

/** Sends an array of tasks. Throws VendorError where there is no answer that can be read. */
async function call(connection: Connection, tasks: unknown): Promise<Envelope> {
	const request = { method: 'POST', url: connection.baseUrl, json: tasks } as const;
	return readEnvelope(await exchange(connection, request, { vendor }));
}

/** The error that concerns a task: its own, or one of the whole request. */
function errorFor(id: string, { errors }: Envelope) {
	return errors.find(({ taskUUID }) => taskUUID === undefined || taskUUID === id);
}

export async function create(
	connection: Connection,
	{ kind, body, results }: CreateRequest,
): Promise<VideoTask> {
	const [{ taskUUID: id, width, height }] = createSchema.parse(body);
	const envelope = await call(connection, body);
	const error = errorFor(id, envelope);
	if (error) throw refusalOf(error, envelope.answer);
	if (!envelope.results.some(({ taskUUID }) => taskUUID === id)) throw silence(envelope.answer);
	return {
		reference: { provider: 'runware', kind, id },
		status: 'queued',
		videos: [],
		...withoutAbsent({ width, height, results }),
		createdAt: new Date(connection.host.now()).toISOString(),
		raw: envelope.answer.body,
	};
}

function question({ id }: TaskReference) {
	return { taskType: 'getResponse', taskUUID: id };
}

function unanswered({ id }: TaskReference, envelope: Envelope): VendorError {
	const error = errorFor(id, envelope);
	return error ? errorOf(error, envelope.answer) : silence(envelope.answer);
}

/** One array asks for all. Source: https://runware.ai/docs/platform/task-polling */
export async function status(
	connection: Connection,
	references: readonly TaskReference[],
	facts: readonly TaskFacts[],
): Promise<readonly StatusAnswer[]> {
	const envelope = await call(connection, references.map(question));
	return await Promise.all(
		references.map(async (reference, index) => {
			const answer = decode(reference, envelope, facts[index]);
			if (answer) return answer;
			const error = unanswered(reference, envelope);
			const final = error.retryable || error.category === 'credential';
			if (final || references.length === 1) return error;
			// One ID that the vendor cannot read may have spoilt the whole array.
			const [alone] = await status(connection, [reference], [facts[index]]);
			return alone;
		}),
	);
}

/** The ID of a task is ours: where its answer was lost, asking for it tells whether it exists. */
export async function recover(
	connection: Connection,
	{ kind, body, results }: CreateRequest,
): Promise<Recovery> {
	const [{ taskUUID: id }] = createSchema.parse(body);
	const reference = { provider: 'runware', kind, id };
	const envelope = await call(connection, [question(reference)]);
	const isSilent = envelope.results.length + envelope.errors.length === 0;
	if (isSilent && envelope.answer.status < 400) {
		return { unclear: `Ask for runware:${kind}:${id} with Hailuo Query Task.` };
	}
	const answer = decode(reference, envelope, { results }) ?? unanswered(reference, envelope);
	if (!(answer instanceof VendorError)) {
		return { found: { ...answer, ...withoutAbsent({ results }) } };
	}
	if (answer.category === 'notFound') return { notCreated: true };
	throw answer;
}
