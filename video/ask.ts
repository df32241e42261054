import { VendorError, vendorErrorOf } from './failure';
import type { Connection } from './host';
import type { Provider, StatusAnswer } from './provider';
import type { TaskReference } from './reference';
import { Slots } from './slots';
import { retryAfterFailure } from './submit';
import type { TaskFacts } from './task';
import { withFacts } from './task';
import { chunks } from './wait';

/** A task that somebody asks for, and what is known of it already. */
export interface Question {
	readonly reference: TaskReference;
	readonly facts: TaskFacts;
}

export interface AskOptions {
	readonly concurrency: number;
	/** Milliseconds that passing faults of the vendor are waited out. */
	readonly patience: number;
}

/**
 * Asks for any number of tasks of one connection: one call for many where the vendor can, bounded
 * concurrency, passing faults tried again. Gives one answer for each question, in order.
 */
export async function askAll(
	connection: Connection,
	provider: Provider,
	questions: readonly Question[],
	{ concurrency, patience }: AskOptions,
): Promise<StatusAnswer[]> {
	const slots = new Slots(concurrency);
	const deadline = connection.host.now() + patience;
	const answers = new Map<Question, StatusAnswer>();
	const kinds = [...new Set(questions.map(({ reference }) => reference.kind))];
	const batches = kinds.flatMap((kind) =>
		chunks(
			questions.filter(({ reference }) => reference.kind === kind),
			provider.kinds.find((one) => one.kind === kind)?.statusBatch ?? 1,
		),
	);
	const ask = async (batch: readonly Question[]) => {
		for (let failures = 0, open = batch; open.length > 0; failures++) {
			const found = await slots.run(async () => await askOnce(connection, provider, open));
			open.forEach((question, index) => answers.set(question, found[index]));
			open = open.filter((question) => isPassing(answers.get(question)));
			const delay = retryAfterFailure(failures, longestRetryAfter(found), connection.host.random());
			if (open.length === 0 || connection.host.now() + delay > deadline) return;
			await connection.host.sleep(delay);
		}
	};
	await Promise.all(batches.map(ask));
	return questions.map((question) => answers.get(question) as StatusAnswer);
}

async function askOnce(
	connection: Connection,
	provider: Provider,
	questions: readonly Question[],
): Promise<StatusAnswer[]> {
	try {
		const answers = await provider.status(
			connection,
			questions.map(({ reference }) => reference),
			questions.map(({ facts }) => facts),
		);
		return answers.map((answer, index) =>
			answer instanceof VendorError ? answer : withFacts(questions[index].facts, answer),
		);
	} catch (cause) {
		return questions.map(() => vendorErrorOf(cause));
	}
}

function isPassing(answer: StatusAnswer | undefined): boolean {
	return answer instanceof VendorError && answer.retryable;
}

function longestRetryAfter(answers: readonly StatusAnswer[]): number {
	return Math.max(
		0,
		...answers.map((answer) => (answer instanceof VendorError ? (answer.retryAfterMs ?? 0) : 0)),
	);
}
