import { type IPollFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { asError, InputError, VendorError } from '../../video/failure';
import type { NodeContext } from '../shared/host';

/** After so many polls in a row a passing fault is shown, and again after so many more. */
const shownAfter = 3;
const shownEvery = 30;

/** How many polls in a row each part of a trigger has failed. */
export class FaultCounts {
	private readonly counts = new Map<string, { count: number; message: string }>();

	/** Counts the faults of one poll; gives those that somebody should see now. */
	count(faults: Faults): Error[] {
		for (const part of faults.worked) this.counts.delete(part);
		return [...faults.found].flatMap(([part, cause]) => {
			const { message } = cause;
			const before = this.counts.get(part);
			// What a person has to mend and is another thing than before is told at once.
			const isNews = !isPassing(cause) && before?.message !== message;
			const count = isNews ? 1 : (before?.count ?? 0) + 1;
			this.counts.set(part, { count, message });
			const first = isPassing(cause) ? shownAfter : 1;
			return count >= first && (count - first) % shownEvery === 0 ? [cause] : [];
		});
	}
}

/** The faults of one poll, by the part that failed: a vendor or the task table. */
export class Faults {
	readonly found = new Map<string, Error>();

	readonly worked = new Set<string>();

	note(part: string, cause: unknown) {
		if (this.worked.has(part)) return;
		this.found.set(part, asError(cause));
	}

	/** One success outweighs the faults of a part: it is not down. */
	good(part: string) {
		this.worked.add(part);
		this.found.delete(part);
	}
}

function isPassing(cause: Error): boolean {
	if (cause instanceof InputError) return false;
	return !(cause instanceof VendorError) || cause.category !== 'credential';
}

type Node = Pick<NodeContext, 'getNode'>;

/** The faults as the one error that people see. */
export function nodeError(context: Node, causes: readonly Error[]): NodeOperationError {
	const advice = causes.map((cause) =>
		cause instanceof VendorError || cause instanceof InputError ? cause.advice : undefined,
	);
	const messages = new Set(causes.map(({ message }) => message));
	return new NodeOperationError(context.getNode(), [...messages].join('. '), {
		description: [...new Set(advice)].filter(Boolean).join(' '),
	});
}

export async function orNodeError<T>(context: Node, job: () => Promise<T>): Promise<T> {
	try {
		return await job();
	} catch (cause) {
		const isShown = cause instanceof NodeOperationError || cause instanceof NodeApiError;
		throw isShown ? cause : nodeError(context, [asError(cause)]);
	}
}

/** Whether somebody is there to mend what is wrong, and not only n8n starting up. */
export const isByPerson = (context: Pick<IPollFunctions, 'getActivationMode'>) =>
	!['init', 'leadershipChange'].includes(context.getActivationMode());
