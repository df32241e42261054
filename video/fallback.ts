import { accountOf } from './account';
import type { Category } from './failure';
import type { Hint } from './hint';
import type { Fallback, FallbackReason, Order } from './order';
import { asJobError, type JobError, type Made } from './outcome';
import { formatReference } from './reference';
import { type Attempt, isGivenUp } from './task';

interface Remembered {
	readonly attempts: readonly Attempt[];
	readonly hints: readonly Hint[];
}

/** Milliseconds in which an account is not asked again that was refused for a lasting reason. */
const skippedFor = 5 * 60_000;

/** What another vendor may mend; a wrong form and a refused prompt stay what they are. */
const mendable: Readonly<Partial<Record<Category, string>>> = {
	balance: 'its balance or plan is used up',
	credential: 'it does not accept the credential',
	rateLimit: 'it was too busy',
	server: 'it could not be reached or had a fault',
	notFound: 'it does not know the model',
};

/**
 * Makes one video at the first vendor that can. Goes on only where the one before has surely not
 * taken the order, or has said itself that it failed; where it stood, a retry of the node goes on.
 * Throws JobError.
 */
export async function makeByChain(
	first: Order,
	{ orders, when, patience }: Fallback,
	make: (order: Order) => Promise<Made>,
): Promise<Made> {
	const {
		entry,
		connection: { host },
	} = first;
	const chain = [first, ...orders];
	const trail = new Trail(first);
	let open = trail.leave(chain);
	const isHopeless = open.every(refusedLately);
	if (isHopeless) open = open.slice(0, 1);
	const since = host.elapsed() - (isHopeless ? 0 : skippedFor);
	await entry?.goOnAfter(trail.attempts);
	for (;;) {
		const [order, ...others] = open;
		const isLast = others.length === 0;
		const until = isLast ? undefined : host.elapsed() + patience;
		const goesOn = (cause: Error) => !isLast && reasonToGoOn(asJobError(cause), when) !== undefined;
		const afterFailure = !isLast && when.includes('failed');
		try {
			const made = await make({
				...order,
				chain,
				haste: { since, until, goesOn, afterFailure },
			});
			const hints = [...trail.hints, ...(order.hints ?? []), ...made.hints];
			return { ...made, hints, attempts: trail.attempts };
		} catch (cause) {
			const error = asJobError(cause);
			const reason = reasonToGoOn(error, when);
			if (reason !== undefined && !isLast) {
				// An earlier order under the same key may have gone to another one.
				const asked = open.find(({ provider }) => provider.id === providerOf(error)) ?? order;
				open = open.filter((one) => one !== asked);
				trail.add(asked, error, reason);
				await entry?.goOnAfter(trail.attempts, error.task);
				continue;
			}
			if (reason !== undefined) trail.forget();
			throw error.after(trail.attempts, trail.hints);
		}
	}
}

const providerOf = ({ task }: JobError) => task?.reference.provider;

/** Why another vendor may be asked, as the end of a sentence; undefined where none may. */
function reasonToGoOn(
	{ task, failure, origin: { refusal } }: JobError,
	when: readonly FallbackReason[],
): string | undefined {
	if (task) {
		const isItsFault = isGivenUp(task.status) && failure.retryable;
		return isItsFault && when.includes('failed') ? 'it gave the video up' : undefined;
	}
	if (refusal?.outcome !== 'refused' || !when.includes('refused')) return undefined;
	return mendable[refusal.category];
}

/** Who was asked for a video before, kept for a retry of the node. */
class Trail {
	attempts: readonly Attempt[];

	hints: readonly Hint[];

	private readonly key: string;

	constructor(private readonly first: Order) {
		this.key = `${first.memoryKey}:fallback`;
		const known = first.connection.host.memory.get(this.key) as Remembered | undefined;
		this.attempts = known?.attempts ?? [];
		this.hints = known?.hints ?? [];
	}

	/** Those who can still be asked. One that was sent this order already is asked for it first. */
	leave(orders: readonly Order[]): Order[] {
		const open = orders.filter(
			({ provider }) => !this.attempts.some((attempt) => attempt.provider === provider.id),
		);
		if (open.length === 0) {
			// The list was changed since.
			[this.attempts, this.hints] = [[], []];
			return [...orders];
		}
		const begun = open.findIndex(
			({ connection, memoryKey }) => connection.host.memory.get(memoryKey) !== undefined,
		);
		return begun < 0 ? open : open.slice(begun);
	}

	add({ provider }: Order, { task, failure }: JobError, reason: string) {
		const taskRef = task && formatReference(task.reference);
		const attempt = { provider: provider.id, ...(taskRef !== undefined && { taskRef }), failure };
		this.attempts = [...this.attempts, attempt];
		const text = `${provider.name} did not make the video: ${reason}. ${failure.advice}`;
		this.hints = [...this.hints, { vendor: provider.name, text }];
		this.first.connection.host.memory.set(this.key, {
			attempts: this.attempts,
			hints: this.hints,
		} satisfies Remembered);
	}

	/** Nobody is left: a retry begins with the first vendor again. */
	forget() {
		this.first.connection.host.memory.delete(this.key);
	}
}

/** Whether the order's account was refused before, for a reason that lasts. */
function refusedLately({ provider, connection, memoryKey }: Order): boolean {
	const { host } = connection;
	if (host.memory.get(memoryKey) !== undefined) return false;
	return accountOf(provider, connection).refusedSince(host.elapsed() - skippedFor) !== undefined;
}
