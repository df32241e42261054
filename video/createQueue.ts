import { asError, VendorError } from './failure';
import type { Host } from './host';
import type { RateLimit } from './provider';
import { backoff } from './retry';
import { sleepUntilWoken } from './waiting';

/** The vendor counts from when a request arrives, which is later than when it was sent. */
const clockMargin = 1.05;
/**
 * Creates on their way at the same time. A vendor that refuses one refuses those beside it as well:
 * few at first, one more after each round (or window of the limit) that went well, half as many
 * after a refusal.
 */
const width = { first: 4, least: 1, most: 50 };
const jitter = 0.05;
/** A place looks around by itself now and then, should nobody wake it. */
const longestSleep = 60_000;

/** The tasks that a vendor lets one account have unfinished. */
export interface Room {
	/** Whether one more may be sent beside those that are on their way. */
	has(onTheWay: number): boolean;
	/** Finds out which tasks have ended, where that is due. Milliseconds until it is due again. */
	look(): Promise<number>;
}

/** One item's place in the queue of its account. */
export interface Place {
	readonly host: Host;
	readonly ticket: number;
	/** How many were before it when it came. */
	readonly before: number;
	/** Milliseconds that it waits for a closed queue once it is the next. */
	readonly patience: number;
	/** By `host.elapsed`, when it gives up although it was never sent. */
	readonly until?: number;
	readonly room?: Room;
	/** Ends its sleep. */
	wake(): void;
}

/**
 * The creates of one vendor account and kind, of all executions of this process: first come, first
 * served, under the vendor's rate limit. A refusal closes the queue for all; then the load rises
 * slowly, so that several processes with one key settle beside each other.
 */
export class CreateQueue {
	/** Everybody who has a place. */
	private readonly places = new Set<Place>();

	/** Those whose turn has not come, in the order of their tickets. */
	private readonly waiting: Place[] = [];

	private readonly onTheWay = new Set<Place>();

	/** When creates of the last window were sent, by `host.elapsed`. */
	private readonly sent: number[] = [];

	private lastTicket = 0;

	private width = width.first;

	private closedUntil = 0;

	/** Closings in a row without a create that was accepted. */
	private refusals = 0;

	private lastRefusal?: VendorError;

	constructor(private readonly limit?: RateLimit) {}

	get isBusy(): boolean {
		return this.places.size > 0;
	}

	/** Takes a place behind all others. */
	enter(host: Host, patience: number, room?: Room, until?: number): Place {
		const before = this.places.size;
		const ticket = ++this.lastTicket;
		const place = { host, ticket, before, patience, room, until, wake: () => undefined };
		this.places.add(place);
		return place;
	}

	/**
	 * Resolves when the create may be sent; then `accepted`, `refused` or `leave` must be called. A
	 * place that was refused and comes again is before all that came after it. Throws StoppedError, or
	 * the refusal that closed the queue for longer than the place has patience, or the one that says
	 * that its time is over.
	 */
	async turn(place: Place): Promise<void> {
		const index = this.waiting.findIndex(({ ticket }) => ticket > place.ticket);
		this.waiting.splice(index < 0 ? this.waiting.length : index, 0, place);
		try {
			// Nothing may come between the last look and the start: others change the line meanwhile.
			for (let pause = this.pauseOf(place); pause > 0; pause = this.pauseOf(place)) {
				if (this.isClosedTooLong(place)) throw asError(this.lastRefusal);
				const left = (place.until ?? Infinity) - place.host.elapsed();
				if (left <= 0) throw asError(this.lastRefusal ?? stillInLine());
				if (this.isFull(place)) pause = await this.look(place);
				const woken = new AbortController();
				place.wake = () => woken.abort();
				const most = Math.min(pause, longestSleep, left);
				if (pause > 0) await sleepUntilWoken(place.host, most, woken.signal);
			}
		} catch (cause) {
			this.leave(place);
			throw asError(cause);
		}
		this.waiting.splice(this.waiting.indexOf(place), 1);
		this.onTheWay.add(place);
		if (this.limit) this.sent.push(place.host.elapsed());
		this.wakeNext();
	}

	accepted(place: Place) {
		this.refusals = 0;
		const round = Math.max(this.width, this.limit?.requests ?? 0);
		this.width = Math.min(width.most, this.width + 1 / round);
		this.leave(place);
	}

	/** The vendor refused it for the load of the account. Those refused together count as one. */
	refused(place: Place, refusal: VendorError) {
		const { retryAfterMs } = refusal;
		this.lastRefusal = refusal;
		const now = place.host.elapsed();
		if (now >= this.closedUntil) {
			this.width = Math.max(width.least, this.width / 2);
			this.refusals++;
		}
		const usual = this.limit ? windowOf(this.limit) : 0;
		const pause = Math.max(backoff(this.refusals - 1), retryAfterMs ?? usual);
		const until = now + pause * (1 + place.host.random() * jitter);
		this.closedUntil = Math.max(this.closedUntil, until);
		this.answered(place);
	}

	/** The create is not on its way any more; the place may come again. */
	answered(place: Place) {
		this.onTheWay.delete(place);
		this.wakeNext();
	}

	/** Gives the place up, whatever became of its create. */
	leave(place: Place) {
		const index = this.waiting.indexOf(place);
		if (index >= 0) this.waiting.splice(index, 1);
		this.places.delete(place);
		this.answered(place);
	}

	/** Milliseconds until the queue opens again after a refusal. */
	closedFor(host: Host): number {
		return Math.max(0, this.closedUntil - host.elapsed());
	}

	/** Resolves when none of the creates is on its way any more that are so now. Throws StoppedError. */
	async settled(host: Host): Promise<void> {
		for (const place of [...this.onTheWay]) {
			while (this.onTheWay.has(place)) await host.sleep(settleCheck);
		}
	}

	/** The next in line may find things changed. */
	wakeNext() {
		this.waiting[0]?.wake();
	}

	/** Milliseconds until this place may send; Infinity until it is woken. */
	private pauseOf(place: Place): number {
		if (this.waiting[0] !== place) return Infinity;
		const now = place.host.elapsed();
		if (now < this.closedUntil) return this.closedUntil - now;
		if (this.onTheWay.size >= Math.floor(this.width)) return Infinity;
		const untilFree = this.untilFree(now);
		return untilFree === 0 && this.isFull(place) ? Infinity : untilFree;
	}

	private isClosedTooLong(place: Place): boolean {
		return this.waiting[0] === place && this.closedFor(place.host) > place.patience;
	}

	/** Whether this place is the next, and the account has as many unfinished tasks as it may have. */
	private isFull(place: Place): boolean {
		const isNext = this.waiting[0] === place;
		return isNext && place.room !== undefined && !place.room.has(this.onTheWay.size);
	}

	/** Milliseconds until it is worth asking again for the tasks that fill the account; 0: there is room. */
	private async look(place: Place): Promise<number> {
		const again = (await place.room?.look()) ?? 0;
		return this.isFull(place) ? again : 0;
	}

	private untilFree(now: number): number {
		if (!this.limit) return 0;
		const window = windowOf(this.limit);
		while (this.sent.length > 0 && this.sent[0] + window <= now) this.sent.shift();
		return this.sent.length < this.limit.requests ? 0 : this.sent[0] + window - now;
	}
}

const settleCheck = 500;

const stillInLine = () =>
	new VendorError({
		category: 'rateLimit',
		outcome: 'refused',
		message: 'The account was busy with other videos for too long',
		advice: 'Lower the load, or wait longer for this vendor.',
	});

/** The error of an item that has waited enough: how far it had come, and what it stood behind. */
export function gaveUp(
	cause: VendorError,
	{ before, patience }: Place,
	refusals: number,
): VendorError {
	if (cause.category !== 'rateLimit') return cause;
	const times = refusals === 1 ? 'once' : `${refusals} times`;
	const tried = refusals === 0 ? 'was not sent' : `was refused ${times}`;
	const queue =
		before > 0
			? `; ${before} ${before === 1 ? 'item was' : 'items were'} before it in the queue`
			: '';
	return cause.with({
		message: `${cause.message}. This item ${tried}: the next try would come after its patience of ${minutesText(patience)}${queue}`,
	});
}

function minutesText(milliseconds: number): string {
	const minutes = Math.max(1, Math.round(milliseconds / 60_000));
	return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function windowOf({ per }: RateLimit): number {
	return per * 1000 * clockMargin;
}
