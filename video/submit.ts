import { type Account, accountOf } from './account';
import { type CreateQueue, gaveUp, type Place } from './createQueue';
import { forget, pickUp, recall, remember, type Remembered } from './earlierTry';
import { asError, StoppedError, VendorError } from './failure';
import { timeoutOf } from './http';
import { type Order, outlivesItsTask } from './order';
import type { CreateRequest, MediaWriter } from './provider';
import { EarlierOrder, type PickedUp, withOrderAnew } from './ledger/earlierOrder';
import type { OrderRow } from './ledger/orderRow';
import { cutOff, findOut, type LostAnswer, wasNotAccepted } from './recover';
import { formatReference } from './reference';
import { Deadline, retryAfterFailure } from './retry';
import type { Slots } from './slots';
import { type VideoTask, withFacts } from './task';
import { uploadFiles, writeRequest } from './uploads';

export interface Submitted extends PickedUp {
	/** Another order of the key has paid for it. */
	readonly isPaidBefore?: boolean;
}

/** Milliseconds that clocks may differ by, and a create may last beyond its time. */
const overMargin = 15_000;
/** Without a wait there is still some patience for a vendor that asks to come back later. */
const patienceWithoutWait = 5 * 60_000;

/**
 * Has the vendor make one video, once, when its turn comes in the queue of the account. A create that
 * an earlier try of the node has sent is picked up instead of paid again. It is repeated only where
 * the vendor has surely refused it or surely not seen it, one at a time. Throws VendorError.
 */
export async function submit(order: Order, slots: Slots): Promise<Submitted> {
	const account = accountOf(order.provider, order.connection);
	const remembered = recall(order);
	if (remembered?.state === 'accepted') return await pickUp(remembered, order, account);
	const send = async () => await new Sending(order, account, remembered).run();
	return await slots.run(async () => await (order.entry?.alone(send) ?? send()));
}

/** One create on its way to being accepted. */
class Sending {
	private readonly queue: CreateQueue;

	private readonly place: Place;

	private attempt: Remembered;

	private lost?: LostAnswer;

	/** Patience begins when the item's turn comes. */
	private deadline?: Deadline;

	private refusals = 0;

	private uploads?: Promise<MediaWriter | undefined>;

	constructor(
		private readonly order: Order,
		private readonly account: Account,
		private readonly remembered: Remembered | undefined,
	) {
		const { kind, connection, provider } = order;
		this.queue = account.queue(kind);
		const room = account.room(kind, connection);
		this.place = this.queue.enter(connection.host, this.patience, room, order.haste?.until);
		this.attempt = remembered ?? this.fresh();
		// An earlier try of the node was cut off while sending: first find out what became of it.
		if (!remembered) return;
		const message = `An earlier try sent this request to ${provider.name} and never saw the answer`;
		this.lost = { id: remembered.id, error: cutOff(provider, message), rounds: 0 };
	}

	async run(): Promise<Submitted> {
		try {
			const known = await this.pickUpOrder();
			if (known) return known;
			this.deadline = undefined;
			this.refuseInHaste();
			// Before its turn: a slow upload holds nobody up.
			await this.uploaded();
			for (;;) {
				const submitted = await this.tryOnce();
				if (submitted) return submitted;
			}
		} catch (cause) {
			await this.writeDownEnd(cause);
			throw this.withAdvice(cause);
		} finally {
			this.queue.leave(this.place);
		}
	}

	private get host() {
		return this.order.connection.host;
	}

	private get patience(): number {
		return this.order.wait?.timeout ?? patienceWithoutWait;
	}

	/** What this node, or another execution, has sent already. */
	private async pickUpOrder(): Promise<Submitted | undefined> {
		const { remembered, order } = this;
		const { entry } = order;
		if (remembered) await entry?.adopt(remembered.id);
		for (let row = await entry?.earlier(); row; row = await entry?.earlier()) {
			const submitted = await this.goOnWith(row);
			if (submitted) return submitted;
		}
		return this.lost && (await this.recover(await this.request()));
	}

	/** Undefined: it has come to nothing, and this order may be sent. */
	private async goOnWith(row: OrderRow): Promise<Submitted | undefined> {
		const { order, host } = this;
		this.deadline ??= new Deadline(host.elapsed() + this.patience);
		const requestOf = async (at: Order, id: string) =>
			at.provider === order.provider
				? await this.request(id)
				: await writeRequest(at, id, await uploadFiles(at, this.patience));
		const fate = await new EarlierOrder(order, requestOf, this.deadline.end).fate(row);
		this.lost = undefined;
		this.attempt = this.fresh();
		if ('again' in fate) {
			const { requestId } = fate;
			const isHere = row.provider === order.provider.id;
			if (requestId !== undefined && isHere) this.attempt.id = requestId;
			return undefined;
		}
		return { ...fate, isPaidBefore: true };
	}

	/** So that the row of an order that ends here does not say that it is on its way. */
	private async writeDownEnd(cause: unknown) {
		const { entry, haste } = this.order;
		if (!entry || cause instanceof StoppedError) return;
		const { message } = asError(cause);
		if (cause instanceof VendorError && haste?.goesOn(cause)) return await entry.refused();
		const isKnown = !(cause instanceof VendorError) || cause.outcome === 'refused';
		if (isKnown) await entry.failed(message);
		else await entry.lost(message);
	}

	private withAdvice(cause: unknown): Error {
		const { entry } = this.order;
		const isOpen = cause instanceof VendorError && cause.outcome === 'unknown';
		const isTold = !isOpen || entry?.key === undefined || cause.advice.includes('delete the row');
		return isTold || !entry ? asError(cause) : withOrderAnew(cause, entry);
	}

	private fresh(): Remembered {
		const { host } = this;
		return { id: host.uuid(), sentAt: host.now(), state: 'sending' };
	}

	/** Undefined: not accepted, and worth another try. */
	private async tryOnce(): Promise<Submitted | undefined> {
		const { host, queue, place, order } = this;
		await queue.turn(place).catch((cause) => {
			throw cause instanceof VendorError ? gaveUp(cause, place, this.refusals) : asError(cause);
		});
		this.refuseInHaste();
		this.deadline ??= new Deadline(host.elapsed() + this.patience);
		const request = await this.request();
		const overAt = host.now() + timeoutOf({ json: request.body }, true) + overMargin;
		const made = await order.entry?.send(order.provider.id, this.attempt.id, overAt);
		if (made) {
			queue.answered(place);
			return await this.goOnWith(made);
		}
		this.attempt = { ...this.attempt, sentAt: host.now(), lostAt: undefined };
		remember(order, this.attempt);
		try {
			const task = await order.provider.create(order.connection, request);
			queue.accepted(place);
			return await this.accept(task, []);
		} catch (cause) {
			await this.failed(cause);
		}
		return this.lost && (await this.recover(request));
	}

	/** What another item was told a moment ago need not be asked again where others can make it. */
	private refuseInHaste() {
		const { haste } = this.order;
		const refusal = haste && this.account.refusedSince(haste.since);
		if (!refusal) return;
		throw refusal.with({ message: `${refusal.message}. It was not asked again so soon` });
	}

	/** Whether the next vendor is asked before that. */
	private isTooLate(pause: number): boolean {
		return this.host.elapsed() + pause > (this.order.haste?.until ?? Infinity);
	}

	/** Returns when the create may be tried again, or its fate has to be found out. */
	private async failed(cause: unknown): Promise<void> {
		const { host, queue, place, order, account } = this;
		if (!(cause instanceof VendorError)) {
			if (!(cause instanceof StoppedError)) forget(order);
			throw asError(cause);
		}
		account.answered(cause, host.elapsed());
		if (cause.category === 'rateLimit') queue.refused(place, cause);
		else queue.answered(place);
		if (cause.outcome === 'unknown') {
			this.attempt.lostAt = host.now();
			remember(order, this.attempt);
			this.lost = { id: this.attempt.id, error: cause, rounds: this.lost?.rounds ?? 0 };
			return;
		}
		this.lost = undefined;
		forget(order);
		if (!cause.retryable) throw asError(cause);
		await order.entry?.refused();
		const isLoad = cause.category === 'rateLimit';
		const delay = isLoad
			? queue.closedFor(host)
			: retryAfterFailure(this.refusals, cause.retryAfterMs, host.random());
		this.refusals++;
		const isOver = this.deadline?.isOver(cause, host.elapsed(), delay) ?? false;
		if (isOver || this.isTooLate(delay)) throw gaveUp(cause, place, this.refusals);
		if (!isLoad) await host.sleep(delay);
	}

	/** The task when it was found; undefined when the create may be sent again. */
	private async recover(request: CreateRequest): Promise<Submitted | undefined> {
		const { host, order, account } = this;
		const lost = this.lost as LostAnswer;
		const { sentAt, lostAt = sentAt + timeoutOf({ json: request.body }, true) } = this.attempt;
		this.deadline ??= new Deadline(host.elapsed() + this.patience);
		const span = { from: sentAt, to: lostAt };
		const found = await findOut(order, account, request, span, lost, this.deadline.end);
		if (found) return await this.accept(found, [foundHint(found)]);
		forget(order);
		const next = { ...lost, rounds: lost.rounds + 1 };
		const pause = retryAfterFailure(next.rounds, lost.error.retryAfterMs, host.random());
		if (host.elapsed() + pause > this.deadline.end || this.isTooLate(pause))
			throw wasNotAccepted(order.provider, lost.error);
		await host.sleep(pause);
		this.lost = next;
		return undefined;
	}

	private async accept(created: VideoTask, hints: readonly string[]): Promise<Submitted> {
		const { host, order, account } = this;
		const acceptedAt = host.now();
		const { createdAt = new Date(acceptedAt).toISOString(), results } = created;
		const facts = { ...order.facts, createdAt, ...(results !== undefined && { results }) };
		const task = withFacts(facts, created);
		const taskRef = formatReference(task.reference);
		this.attempt = { ...this.attempt, state: 'accepted', taskRef, acceptedAt, facts };
		remember(order, this.attempt);
		account.answered(undefined, host.elapsed());
		account.accepted(task.reference, order.ready, host.elapsed());
		await order.entry?.accepted(task, outlivesItsTask(order));
		return { order, task, acceptedAt, hints };
	}

	private async uploaded(): Promise<MediaWriter | undefined> {
		this.uploads ??= uploadFiles(this.order, this.patience);
		return await this.uploads;
	}

	private async request(id = this.attempt.id): Promise<CreateRequest> {
		return await writeRequest(this.order, id, await this.uploaded());
	}
}

function foundHint({ reference }: VideoTask): string {
	return `The answer to the request was lost; the task was found again as ${formatReference(reference)}. Nothing was paid twice.`;
}
