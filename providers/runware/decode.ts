import type { z } from 'zod';
import { round } from '../../video/cost';
import { failureOf, VendorError } from '../../video/failure';
import type { JsonAnswer } from '../../video/http';
import { read } from '../../video/http';
import type { StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { TaskFacts, VideoTask } from '../../video/task';
import { withoutAbsent } from '../../video/task';
import { errorOf, meaningOf, textOf, vendor } from './errors';
import type { errorSchema, resultSchema } from './wire';
import { envelopeSchema } from './wire';

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
	const items = data ?? [];
	const hasFailed = ({ status }: Result) => status === 'error';
	return {
		answer,
		results: items.filter((item) => !hasFailed(item)),
		errors: [
			...(errors ?? []),
			...(error ? [{ taskUUID, ...error }] : []),
			...items.filter(hasFailed).map((item) => ({ ...item, ...item.error })),
		],
	};
}

const isCancelled = (code = '') => /^taskCancelled$/i.test(code);

/** Whether an error speaks of the question and not of the fate of its task. */
function isOfQuestion({ code = '', status }: WireError, http: number): boolean {
	const { category } = meaningOf(code, http);
	if (isCancelled(code)) return false;
	if (['notFound', 'rateLimit', 'credential'].includes(category)) return true;
	if (status === 'error' || category === 'content' || /provider/i.test(code)) return false;
	const ofAnsweringServer = /^(internal|server|service|connection|errorRetrieving)/i.test(code);
	return http >= 400 || category === 'balance' || ofAnsweringServer;
}

/**
 * What an answer says of one task; undefined when it does not mention it. Results come one by one:
 * a task is complete when as many have ended as were ordered or, where that number is not known,
 * when none is processing. Failures beside videos do not fail it.
 */
export function decode(
	reference: TaskReference,
	{ answer, results, errors }: Envelope,
	{ results: ordered = 1 }: TaskFacts = {},
): StatusAnswer | undefined {
	const isOwn = ({ taskUUID }: Result | WireError) => taskUUID === reference.id;
	const own = results.filter(isOwn);
	const ownErrors = errors.filter(isOwn);
	if (own.length === 0 && ownErrors.length === 0) return undefined;
	const refusal = ownErrors.find((error) => isOfQuestion(error, answer.status));
	if (refusal && own.length === 0) return errorOf(refusal, answer);
	const failures = ownErrors.filter((error) => !isOfQuestion(error, answer.status));
	const ended = own.filter(hasEnded);
	const partial = ended.length > 0 && ended.length + failures.length < ordered;
	const raw = { data: own, ...(ownErrors.length > 0 && { errors: ownErrors }) };
	if (ended.length < own.length || partial) {
		const progress = own.find((result) => result.progress !== undefined)?.progress;
		return { reference, status: 'processing', videos: [], ...withoutAbsent({ progress }), raw };
	}
	if (ended.length === 0) return failed(reference, failures[0], raw);
	const videos = ended.flatMap(({ videoURL: url }) => (url === undefined ? [] : [{ url }]));
	if (videos.length === 0) return withoutLink();
	return { reference, status: 'completed', videos, ...costOf(ended), raw };
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

function failed(reference: TaskReference, error: WireError, raw: unknown): VideoTask {
	const { code } = error;
	return {
		reference,
		status: isCancelled(code) ? 'cancelled' : 'failed',
		videos: [],
		failure: failureOf(meaningOf(code), code, textOf(error)),
		raw,
	};
}

/** A finished task without a link is not finished for us: ask again. */
function withoutLink(): VendorError {
	return new VendorError({
		category: 'server',
		outcome: 'unknown',
		message: `${vendor} says that the video is finished, but gives no link to it yet`,
		advice: 'Ask again later with Hailuo Query Task.',
	});
}
