import { VendorError, vendorErrorOf } from '../../video/failure';
import type { Connection } from '../../video/host';
import { exchange } from '../../video/http';
import type { CreateRequest, Recovery, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { type TaskFacts, type VideoTask, withoutAbsent } from '../../video/task';
import { decode, type Envelope, mayBePartial, readEnvelope } from './decode';
import { errorOf, refusalOf, silence, vendor } from './errors';
import { createSchema, detailsSchema } from './wire';

/** Sends an array of tasks. Throws VendorError where there is no answer that can be read. */
async function call(connection: Connection, tasks: unknown, creates = false): Promise<Envelope> {
	const request = { method: 'POST', url: connection.baseUrl, json: tasks } as const;
	return readEnvelope(await exchange(connection, request, { vendor, creates }));
}

/** The error that concerns a task: its own, or one of the whole request. */
function errorFor(id: string, { errors }: Envelope) {
	return errors.find(({ taskUUID }) => taskUUID === id) ?? errors.find(isOfAll);
}

const isOfAll = ({ taskUUID }: Envelope['errors'][number]) => taskUUID === undefined;

export async function create(
	connection: Connection,
	{ kind, body, results }: CreateRequest,
): Promise<VideoTask> {
	const [{ taskUUID: id, width, height }] = createSchema.parse(body);
	const envelope = await call(connection, body, true);
	const error = errorFor(id, envelope);
	const refusal = error && refusalOf(error, envelope.answer);
	// The ID is ours and new: a vendor that has it got it from an earlier try of this very create.
	const isThere = refusal?.category === 'duplicate';
	if (refusal && !isThere) throw refusal;
	if (!isThere && !envelope.results.some(({ taskUUID }) => taskUUID === id)) {
		throw silence(envelope.answer);
	}
	return {
		reference: { provider: 'runware', kind, id },
		status: 'queued',
		videos: [],
		...withoutAbsent({ width, height, results }),
		createdAt: new Date(connection.host.now()).toISOString(),
		raw: envelope.answer.body,
	};
}

const questions = (taskType: string, references: readonly TaskReference[]) =>
	references.map(({ id }) => ({ taskType, taskUUID: id }));

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
	const envelope = await call(connection, questions('getResponse', references));
	if (references.length > 1 && isSpoilt(envelope)) {
		const middle = Math.ceil(references.length / 2);
		const first = await status(connection, references.slice(0, middle), facts.slice(0, middle));
		const second = await status(connection, references.slice(middle), facts.slice(middle));
		return [...first, ...second];
	}
	const ordered = await orderedResults(
		connection,
		references.filter(
			(reference, index) =>
				facts[index]?.results === undefined && mayBePartial(reference, envelope),
		),
	);
	return references.map(
		(reference, index) =>
			decode(reference, envelope, facts[index]?.results ?? ordered.get(reference.id)) ??
			unanswered(reference, envelope),
	);
}

/** One ID that the vendor cannot read spoils a whole array: then each half is asked alone. */
function isSpoilt({ answer, results, errors }: Envelope): boolean {
	const error = errors.find(isOfAll);
	if (results.length > 0 || error === undefined) return false;
	const { fromVendor, category } = errorOf(error, answer);
	return fromVendor && (category === 'input' || category === 'notFound');
}

/** How many results tasks were ordered with, as far as the vendor says it. */
async function orderedResults(
	connection: Connection,
	references: readonly TaskReference[],
): Promise<ReadonlyMap<string, number>> {
	if (references.length === 0) return new Map();
	const request = {
		method: 'POST',
		url: connection.baseUrl,
		json: questions('getTaskDetails', references),
	} as const;
	const answer = await exchange(connection, request, { vendor }).catch(vendorErrorOf);
	const details = answer instanceof VendorError ? undefined : detailsSchema.safeParse(answer.body);
	return new Map(
		(details?.data?.data ?? []).flatMap(({ taskUUID, request: [order] }) => {
			const id = taskUUID ?? order?.taskUUID;
			// Who orders one result need not say so.
			return id !== undefined && order !== undefined ? [[id, order.numberResults ?? 1]] : [];
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
	const envelope = await call(connection, questions('getResponse', [reference]));
	const isSilent = envelope.results.length + envelope.errors.length === 0;
	if (isSilent && envelope.answer.status < 400) {
		return { unclear: `Ask for runware:${kind}:${id} with Hailuo Query Task.` };
	}
	const answer = decode(reference, envelope, results) ?? unanswered(reference, envelope);
	if (!(answer instanceof VendorError)) return { found: answer };
	if (answer.fromVendor && answer.category === 'notFound') return { notCreated: true };
	throw answer;
}
