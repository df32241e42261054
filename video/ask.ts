import { VendorError, vendorErrorOf } from './failure';
import type { Connection } from './host';
import type { Provider, StatusAnswer } from './provider';
import { formatReference, type TaskReference } from './reference';
import { repeat } from './retry';
import { type TaskFacts, type VideoTask, withFacts } from './task';

/** A task that somebody asks for, and what is known of it already. */
export interface Question {
	readonly reference: TaskReference;
	readonly facts: TaskFacts;
}

/**
 * Asks for tasks of one account in one call, each once. An answer for each, in order; what went
 * wrong stands in its place, also for all. Throws StoppedError.
 */
export async function ask(
	connection: Connection,
	provider: Provider,
	questions: readonly Question[],
): Promise<StatusAnswer[]> {
	const nameOf = ({ reference }: Question) => formatReference(reference);
	const asked = [...new Map(questions.map((one) => [nameOf(one), one])).values()];
	let answers: readonly StatusAnswer[];
	try {
		answers = await provider.status(
			connection,
			asked.map(({ reference }) => reference),
			asked.map(({ facts }) => facts),
		);
	} catch (cause) {
		const error = vendorErrorOf(cause);
		return questions.map(() => error);
	}
	const found = new Map(asked.map((one, index) => [nameOf(one), answers[index]]));
	return questions.map((question) => {
		const answer = found.get(nameOf(question)) as StatusAnswer;
		if (answer instanceof VendorError) return answer;
		return finished(withFacts(question.facts, answer), provider);
	});
}

/** Asks for one task, again after passing faults until then (`host.elapsed`). Throws VendorError. */
export async function askPatiently(
	connection: Connection,
	provider: Provider,
	question: Question,
	deadline: number,
): Promise<VideoTask> {
	return await repeat(connection, deadline, async () => {
		const [answer] = await ask(connection, provider, [question]);
		if (answer instanceof VendorError) throw answer;
		return answer;
	});
}

/** A completed task without a link is not finished for us: ask again. */
export function finished(task: VideoTask, { name }: Pick<Provider, 'name'>): StatusAnswer {
	if (task.status !== 'completed' || task.videos.length > 0) return task;
	return new VendorError({
		category: 'server',
		outcome: 'unknown',
		message: `${name} says that the video is finished, but gives no link to it yet`,
		advice: 'Ask again later with Hailuo Query Task.',
	});
}

/** Tasks of a kind that one call can ask for. */
export function batchSizeOf({ kinds }: Provider, kind: string): number {
	return kinds.find((one) => one.kind === kind)?.statusBatch ?? 1;
}
