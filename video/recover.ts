import type { Account, LostCreate } from './account';
import { asError, StoppedError, VendorError, vendorErrorOf } from './failure';
import type { Order } from './order';
import type { CreateRequest, Provider, Recovery, TimeSpan } from './provider';
import { formatReference } from './reference';
import { retryAfterFailure } from './retry';
import type { VideoTask } from './task';

/** A create of which nobody knows yet what became of it. */
export interface LostAnswer {
	/** The UUID that we chose for it. */
	readonly id: string;
	readonly error: VendorError;
	/** How often it was sent and lost before. */
	readonly rounds: number;
}

/** A request that is still on its way at the vendor may turn up a moment later. */
const settleMs = 3000;
/** Vendors write times in whole seconds. */
const wholeSecond = 1000;

/**
 * Finds out what became of a create whose answer was lost: the task, or undefined when the vendor
 * has surely not accepted it. Throws VendorError when that cannot be known, with what is known.
 */
export async function findOut(
	order: Order,
	account: Account,
	request: CreateRequest,
	span: TimeSpan,
	lost: LostAnswer,
	/** By `host.elapsed`. */
	deadline: number,
): Promise<VideoTask | undefined> {
	const { id } = lost;
	const { provider, connection } = order;
	const { host } = connection;
	const recover = provider.recover?.bind(provider);
	if (!recover) throw mayBeAccepted(provider, lost.error);
	const own: LostCreate = { ...span, kind: order.kind };
	account.lose(id, own);
	let pause = settleMs;
	for (let failures = 0; ; failures++) {
		await host.sleep(pause);
		const age = host.now() - span.from;
		if (age > (provider.recoverableFor ?? Infinity)) throw mayBeAccepted(provider, lost.error);
		const recovery = await recover(connection, request, span).catch(vendorErrorOf);
		if (!(recovery instanceof VendorError)) {
			const found = await judge(recovery, order, account, own, lost.error);
			account.resolve(id);
			return found;
		}
		pause = retryAfterFailure(failures, recovery.retryAfterMs, host.random());
		if (!recovery.retryable || host.elapsed() + pause > deadline) {
			throw mayBeAccepted(provider, lost.error, `It could not be looked up: ${recovery.message}.`);
		}
	}
}

async function judge(
	recovery: Recovery,
	order: Order,
	account: Account,
	own: LostCreate,
	lost: VendorError,
): Promise<VideoTask | undefined> {
	if ('found' in recovery) return recovery.found;
	if ('notCreated' in recovery) return undefined;
	if ('unclear' in recovery) throw mayBeAccepted(order.provider, lost, recovery.unclear);
	if (recovery.candidates.length === 0) return undefined;
	// Creates of others that are on their way may turn out to have made one of these.
	await account.queue(order.kind).settled(order.connection.host);
	const taken = await takenInTable(recovery.candidates, order, lost);
	const open = recovery.candidates.filter(
		({ reference }) => !account.isClaimed(reference) && !taken.has(formatReference(reference)),
	);
	if (open.length === 0) return undefined;
	const [ours] = open;
	if (open.length === 1 && isWithin(ours, own) && !account.hasRival(own)) {
		account.claim(ours.reference);
		return { ...ours, status: 'queued', videos: [] };
	}
	throw mayBeAccepted(order.provider, lost, namesOf(open));
}

/** The tasks that the task table knows as somebody's. */
async function takenInTable(
	candidates: readonly VideoTask[],
	{ provider, claimed }: Order,
	lost: VendorError,
): Promise<ReadonlySet<string>> {
	try {
		return (await claimed?.(candidates.map(({ reference }) => reference))) ?? new Set();
	} catch (cause) {
		if (cause instanceof StoppedError) throw asError(cause);
		throw asError(mayBeAccepted(provider, lost, namesOf(candidates)));
	}
}

/** Made between our sending and our failure. */
function isWithin({ createdAt }: VideoTask, { from, to }: TimeSpan): boolean {
	const created = Date.parse(createdAt ?? '');
	return created >= from - wholeSecond && created <= to + wholeSecond;
}

function namesOf(tasks: readonly VideoTask[]): string {
	const names = tasks.slice(0, 10).map(({ reference }) => formatReference(reference));
	const more = tasks.length > names.length ? ` and ${tasks.length - names.length} more` : '';
	return tasks.length === 1
		? `The task ${names[0]} may be it; nothing shows that it is this item's.`
		: `One of these tasks may be it: ${names.join(', ')}${more}.`;
}

function mayBeAccepted(provider: Provider, lost: VendorError, known?: string): VendorError {
	return new VendorError({
		category: 'input',
		outcome: 'unknown',
		code: 'createUnclear',
		message: `${lost.message}. ${provider.name} may have accepted the request and charged for it, so it was not sent again`,
		advice: [known, provider.whereToLook].filter(Boolean).join(' '),
	});
}

/** Whoever has sent the create ended before its answer came; the message says who that was. */
export function cutOff({ whereToLook }: Provider, message: string): VendorError {
	return new VendorError({ category: 'server', outcome: 'unknown', message, advice: whereToLook });
}

/** The patience is over, and the last that is known is that the vendor does not have it. */
export function wasNotAccepted({ name }: Provider, lost: VendorError): VendorError {
	return new VendorError({
		category: 'server',
		outcome: 'refused',
		code: lost.code,
		status: lost.status,
		message: `${lost.message}. ${name} was asked for the task and does not have it: nothing was charged`,
		advice: lost.advice,
	});
}
