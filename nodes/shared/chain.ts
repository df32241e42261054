import { checkCallbackUrl } from '../../video/callback';
import type { Quote } from '../../video/cost';
import type { Hint } from '../../video/hint';
import type { Connection } from '../../video/host';
import { asError, InputError } from '../../video/failure';
import type { Fallback, Plan } from '../../video/order';
import type { Connections } from './connections';

/** What the form of one item asks for, checked against the vendor's table. */
export interface PlannedItem extends Plan {
	readonly quote: Quote;
	readonly hints: readonly Hint[];
	/** Where the vendor is asked to call when the task has ended. */
	readonly callbackUrl?: string;
	/** The same at other vendors, in the order in which they are asked. */
	readonly fallback?: {
		readonly plans: readonly PlannedItem[];
		readonly wishes: Pick<Fallback, 'when' | 'patience'>;
	};
}

/** A vendor that can make an item, with its account. */
export interface Candidate {
	readonly planned: PlannedItem;
	readonly connection: Connection;
}

interface Candidates {
	/** At least one, in the order in which they are asked. */
	readonly able: readonly [Candidate, ...Candidate[]];
	/** Why the others are passed over. */
	readonly hints: readonly Hint[];
}

/**
 * Keeps the vendors of a chain that can make an item. Throws the InputError of the first where none
 * can.
 */
export async function firstAble<Choice, Able>(
	choices: readonly Choice[],
	open: (choice: Choice) => Promise<Able>,
	nameOf: (choice: Choice) => string,
): Promise<{ able: readonly [Able, ...Able[]]; hints: readonly Hint[] }> {
	const able: Able[] = [];
	const refusals: InputError[] = [];
	const hints: Hint[] = [];
	for (const choice of choices) {
		try {
			able.push(await open(choice));
		} catch (cause) {
			if (!(cause instanceof InputError)) throw asError(cause);
			refusals.push(cause);
			const vendor = nameOf(choice);
			const reason = [`${vendor} was passed over: ${cause.message}`, cause.advice];
			hints.push({ vendor, text: reason.filter(Boolean).join('. ') });
		}
	}
	const [first, ...others] = able;
	if (first === undefined) throw asError(refusals[0]);
	return { able: [first, ...others], hints };
}

/** The vendors of an item's chain for which the node has an account. */
export async function candidates(
	connections: Connections,
	item: number,
	planned: PlannedItem,
): Promise<Candidates> {
	return await firstAble(
		[planned, ...(planned.fallback?.plans ?? [])],
		async (one) => {
			const connection = await connections.connection(one.provider, item);
			const { callbackUrl, provider } = one;
			if (callbackUrl) checkCallbackUrl(callbackUrl, { ...provider, ...connection });
			return { planned: one, connection };
		},
		({ provider }) => provider.name,
	);
}

/** What a chain may cost at the most: the dearest in each unit, or one whose price is not known. */
export function dearest(quotes: readonly Quote[]): Quote[] {
	const unknown = quotes.find(({ cost }) => !cost);
	if (unknown) return [unknown];
	return (['USD', 'credits'] as const).flatMap((unit) => {
		const same = quotes.filter(({ cost }) => cost?.unit === unit);
		return same.sort((one, other) => amountOf(other) - amountOf(one)).slice(0, 1);
	});
}

const amountOf = ({ cost }: Quote) => cost?.amount ?? 0;
