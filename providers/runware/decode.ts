import type { z } from 'zod';
import { round } from '../../video/cost';
import { failureOf } from '../../video/failure';
import { type JsonAnswer, read } from '../../video/answerErrors';
import type { StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { type Failure, type VideoTask, withoutAbsent } from '../../video/task';
import { errorOf, meaningOf, textOf, vendor } from './errors';
import { envelopeSchema, errorSchema, type resultSchema } from './wire';

type WireError = z.output<typeof errorSchema>;
type Result = z.output<typeof resultSchema>;

/** An answer to an array of tasks. */
export interface Envelope {
	readonly answer: JsonAnswer;
	readonly results: readonly Result[];
	readonly errors: readonly WireError[];
}

/** Results and errors, sorted out: failures stand in either list, or alone as `error`. */
export function readEnvelope(answer: JsonAnswer): Envelope {
	const { data, errors, error, taskUUID } = read(envelopeSchema, answer, vendor);
	const hasFailed = ({ status, error: own, videoURL }: Result) =>
		status === 'error' ||
		(status === undefined && videoURL === undefined && (own?.code ?? own?.message) !== undefined);
	const alone = error.map((one) => ({ ...one, taskUUID: one.taskUUID ?? taskUUID }));
	return {
		answer,
		results: data.filter((item) => !hasFailed(item)),
		errors: [
			...errors,
			...(errors.length > 0 ? [] : alone),
			...data.filter(hasFailed).map(asError),
		],
	};
}

/** A failed result as an error; what it says itself stands behind what its `error` says. */
function asError({ raw, error }: Result): WireError {
	return { ...errorSchema.parse(raw), ...withoutAbsent({ ...error, raw }), status: 'error' };
}

const isCancelled = ({ code = '' }: WireError) => /^taskCancelled$/i.test(code);

/** Whether an error speaks of the question and not of the fate of its task. */
function isOfQuestion(error: WireError, http: number): boolean {
	const { code = '', status } = error;
	if (isCancelled(error) || /^provider/i.test(code)) return false;
	const { category } = meaningOf(code, http);
	if (['notFound', 'rateLimit', 'credential'].includes(category)) return true;
	if (status === 'error' || category === 'content') return false;
	const ofAnsweringServer = /^(internal|server|service|connection|errorRetrieving)/i.test(code);
	return http >= 400 || category === 'balance' || ofAnsweringServer;
}

/** What an answer says of the results of one task, each once. */
interface Outcome {
	readonly ended: readonly Result[];
	readonly failures: readonly WireError[];
	/** Neither ended nor failed. */
	readonly running: readonly Result[];
	/** Nobody knows: the question itself was refused. */
	readonly refusal?: WireError;
}

function outcomeOf({ id }: TaskReference, { answer, results, errors }: Envelope): Outcome {
	const isOwn = ({ taskUUID }: Result | WireError) => taskUUID === id;
	const own = results.filter(isOwn);
	const ownErrors = errors.filter(isOwn);
	const isRefusal = (error: WireError) => isOfQuestion(error, answer.status);
	const ended = onceEach(own.filter(hasEnded));
	const known = new Set(ended.map(({ videoUUID }) => videoUUID));
	const isNew = ({ videoUUID }: Result | WireError) =>
		videoUUID === undefined || !known.has(videoUUID);
	const failures = onceEach(ownErrors.filter((error) => !isRefusal(error) && isNew(error)));
	failures.forEach(({ videoUUID }) => known.add(videoUUID));
	return {
		ended,
		failures,
		running: own.filter((result) => !hasEnded(result) && isNew(result)),
		refusal: ownErrors.find(isRefusal),
	};
}

/** Answers repeat results. Those that have neither an ID nor a link cannot be told apart: all count. */
function onceEach<Item extends { videoUUID?: string; videoURL?: string }>(items: Item[]): Item[] {
	const isFirst = (key: 'videoUUID' | 'videoURL') => (item: Item, index: number, all: Item[]) =>
		item[key] === undefined || all.findIndex((other) => other[key] === item[key]) === index;
	return items.filter(isFirst('videoUUID')).filter(isFirst('videoURL'));
}

/**
 * Whether an answer looks final, but may be of the first of several results. Only the number that
 * was ordered can tell.
 */
export function mayBePartial(reference: TaskReference, envelope: Envelope): boolean {
	const { ended, failures, running } = outcomeOf(reference, envelope);
	return running.length === 0 && ended.length + failures.length > 0;
}

/**
 * What an answer says of one task; undefined when it does not mention it. Results come one by one:
 * a task is done when as many have ended or failed as were ordered or, where that number is not
 * known, when none is running. Failures beside videos do not fail it.
 */
export function decode(
	reference: TaskReference,
	envelope: Envelope,
	results?: number,
): StatusAnswer | undefined {
	const { ended, failures, running, refusal } = outcomeOf(reference, envelope);
	const settled = ended.length + failures.length;
	if (settled + running.length === 0) return refusal && errorOf(refusal, envelope.answer);
	const task = {
		reference,
		videos: [],
		...withoutAbsent({ results }),
		raw: {
			data: [...ended, ...running].map(({ raw }) => raw),
			...(failures.length > 0 && { errors: failures.map(({ raw }) => raw) }),
		},
	};
	if (results === undefined ? running.length > 0 : settled < results) {
		const progress = running.find((result) => result.progress !== undefined)?.progress;
		return { ...task, status: 'processing', ...withoutAbsent({ progress }) };
	}
	if (ended.length === 0) {
		const [first] = [...failures.filter((error) => !isCancelled(error)), ...failures];
		return {
			...task,
			status: failures.every(isCancelled) ? 'cancelled' : 'failed',
			failure: failureFrom(first),
		};
	}
	return {
		...task,
		status: 'completed',
		videos: ended.flatMap(({ videoURL: url }) => (url === undefined ? [] : [{ url }])),
		...(failures.length > 0 && { failedResults: failures.map(failureFrom) }),
		...costOf(ended),
	};
}

/** The samples of the model pages have a link and no status. */
function hasEnded({ status, videoURL }: Result): boolean {
	return status === 'success' || (status === undefined && videoURL !== undefined);
}

function costOf(ended: readonly Result[]): Pick<VideoTask, 'cost'> {
	const costs = ended.flatMap(({ cost }) => cost ?? []);
	if (costs.length === 0) return {};
	const amount = round(costs.reduce((sum, cost) => sum + cost, 0));
	return { cost: { amount, unit: 'USD', source: 'provider' } };
}

function failureFrom(error: WireError): Failure {
	return failureOf(meaningOf(error.code), error.code, textOf(error));
}
