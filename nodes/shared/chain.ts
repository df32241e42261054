import { checkCallbackUrl } from '../../video/callback';
import type { Quote } from '../../video/cost';
import type { Hint } from '../../video/hint';
import type { Connection } from '../../video/host';
import { asError, InputError } from '../../video/failure';
import type { Fallback, Plan } from '../../video/order';
import type { Connections } from './connections';

/** What the form of one item asks a vendor for, checked against its table. */
export interface PlannedItem {
	readonly plan: Plan;
	readonly quote: Quote;
	readonly hints: readonly Hint[];
	/** Where the vendor is asked to call when the task has ended. */
	readonly callbackUrl?: string;
}

/** The same, with the account at the vendor. */
export interface Candidate extends PlannedItem {
	readonly connection: Connection;
}

/** Those of a chain of vendors that can make an item. */
interface Able<One> {
	/** In the order in which they are asked. */
	readonly able: readonly [One, ...One[]];
	/** Why the others are passed over. */
	readonly hints: readonly Hint[];
}

/** An item at all vendors that may make it. */
export interface PlannedChain extends Able<PlannedItem> {
	readonly wishes?: Pick<Fallback, 'when' | 'patience'>;
}

/**
 * Keeps the vendors of a chain that can make an item. Throws the InputError of the first where none
 * can.
 */
export async function firstAble<Choice, One>(
	choices: readonly Choice[],
	open: (choice: Choice) => Promise<One>,
	nameOf: (choice: Choice) => string,
): Promise<Able<One>> {
	const able: One[] = [];
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
	planned: PlannedChain,
): Promise<Able<Candidate>> {
	return await firstAble(
		planned.able,
		async (one) => {
			const { callbackUrl, plan } = one;
			const connection = await connections.connection(plan.provider, item);
			if (callbackUrl) checkCallbackUrl(callbackUrl, { ...plan.provider, ...connection });
			return { ...one, connection };
		},
		({ plan }) => plan.provider.name,
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
