import type { Account } from './account';
import { accountOf } from './account';
import type { CreateQueue, Place } from './createQueue';
import { asError, StoppedError, VendorError } from './failure';
import { timeoutOf } from './http';
import type { Memory } from './host';
import type { MediaFile } from './media';
import type { Order } from './order';
import type { CreateRequest, MediaWriter } from './provider';
import type { LostAnswer } from './recover';
import { findOut, wasNotAccepted } from './recover';
import type { TaskReference } from './reference';
import { formatReference, parseReference } from './reference';
import { Deadline, repeat, retryAfterFailure } from './retry';
import type { Slots } from './slots';
import type { TaskFacts, VideoTask } from './task';
import { withFacts } from './task';

export interface Submitted {
	readonly task: VideoTask;
	/** Milliseconds since 1970. */
	readonly acceptedAt: number;
	readonly hints: readonly string[];
}

/** What the memory holds of a create. All times in milliseconds since 1970. */
interface Remembered {
	/** Chosen by us before the first try. */
	id: string;
	sentAt: number;
	/** When its answer was lost; absent while it is on its way, or when the process died. */
	lostAt?: number;
	state: 'sending' | 'accepted';
	taskRef?: string;
	acceptedAt?: number;
	facts?: TaskFacts;
}

/** Without a wait there is still some patience for a vendor that asks to come back later. */
const patienceWithoutWait = 5 * 60_000;

/**
 * Has the vendor make one video, once, when its turn comes in the queue of the account. A create that
 * an earlier try of the node has sent is picked up instead of paid again. It is repeated only where
 * the vendor has surely refused it or surely not seen it, one at a time. Throws VendorError.
 */
export async function submit(order: Order, slots: Slots): Promise<Submitted> {
	const account = accountOf(order.provider, order.connection);
	const remembered = recall(order.connection.host.memory, order.memoryKey);
	if (remembered?.state === 'accepted') return pickUp(remembered, order, account);
	return await slots.run(async () => await new Sending(order, account, remembered).run());
}

/** Lets the node make a new task for this item: the vendor has given the old one up. */
export function forget({ memoryKey, connection }: Order) {
	connection.host.memory.delete(memoryKey);
}

function recall(memory: Memory, key: string): Remembered | undefined {
	const value = memory.get(key);
	return typeof value === 'object' && value !== null ? (value as Remembered) : undefined;
}

function pickUp(
	{ taskRef = '', acceptedAt = 0, facts = {} }: Remembered,
	{ facts: known, ready, connection: { host } }: Order,
	account: Account,
): Submitted {
	const reference = parseReference(taskRef) as TaskReference;
	const age = Math.max(0, host.now() - acceptedAt);
	account.accepted(reference, ready, host.elapsed() - age);
	return {
		task: { ...known, ...facts, reference, status: 'processing', videos: [] },
		acceptedAt,
		hints: [
			`Went on waiting for ${taskRef}, which an earlier try had already made. Nothing was paid twice.`,
		],
	};
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

	constructor(
		private readonly order: Order,
		private readonly account: Account,
		remembered: Remembered | undefined,
	) {
		const { kind, connection } = order;
		this.queue = account.queue(kind);
		this.place = this.queue.enter(connection.host, this.patience, account.room(kind, connection));
		this.attempt = remembered ?? this.fresh();
		// An earlier try of the node was cut off while sending: first find out what became of it.
		if (remembered) this.lost = { id: remembered.id, error: this.cutOff(), rounds: 0 };
	}

	async run(): Promise<Submitted> {
		try {
			const upload = await this.uploaded();
			const first = this.lost && (await this.recover(await this.request(upload)));
			if (first) return first;
			this.deadline = undefined;
			for (;;) {
				const submitted = await this.tryOnce(upload);
				if (submitted) return submitted;
			}
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

	private fresh(): Remembered {
		const { host } = this;
		return { id: host.uuid(), sentAt: host.now(), state: 'sending' };
	}

	/** Undefined: not accepted, and worth another try. */
	private async tryOnce(upload: MediaWriter | undefined): Promise<Submitted | undefined> {
		const { host, queue, place, order } = this;
		await queue.turn(place).catch((cause) => {
			throw cause instanceof VendorError ? this.gaveUp(cause) : asError(cause);
		});
		this.deadline ??= new Deadline(host.elapsed() + this.patience);
		const request = await this.request(upload);
		this.attempt = { ...this.attempt, sentAt: host.now(), lostAt: undefined };
		this.remember();
		try {
			const task = await order.provider.create(order.connection, request);
			queue.accepted(place);
			return this.accept(task, []);
		} catch (cause) {
			await this.failed(cause);
		}
		return this.lost && (await this.recover(request));
	}

	/** Returns when the create may be tried again, or its fate has to be found out. */
	private async failed(cause: unknown): Promise<void> {
		const { host, queue, place, order } = this;
		if (!(cause instanceof VendorError)) {
			if (!(cause instanceof StoppedError)) forget(order);
			throw asError(cause);
		}
		if (cause.category === 'rateLimit') queue.refused(place, cause);
		else queue.answered(place);
		if (cause.outcome === 'unknown') {
			this.attempt.lostAt = host.now();
			this.remember();
			this.lost = { id: this.attempt.id, error: cause, rounds: this.lost?.rounds ?? 0 };
			return;
		}
		this.lost = undefined;
		forget(order);
		if (!cause.retryable) throw asError(cause);
		const isLoad = cause.category === 'rateLimit';
		const delay = isLoad
			? queue.closedFor(host)
			: retryAfterFailure(this.refusals, cause.retryAfterMs, host.random());
		this.refusals++;
		if (this.deadline?.isOver(cause, host.elapsed(), delay)) throw this.gaveUp(cause);
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
		if (found) return this.accept(found, [foundHint(found)]);
		forget(order);
		const next = { ...lost, rounds: lost.rounds + 1 };
		const pause = retryAfterFailure(next.rounds, lost.error.retryAfterMs, host.random());
		if (host.elapsed() + pause > this.deadline.end)
			throw wasNotAccepted(order.provider, lost.error);
		await host.sleep(pause);
		this.lost = next;
		return undefined;
	}

	private accept(created: VideoTask, hints: readonly string[]): Submitted {
		const { host, order, account } = this;
		const acceptedAt = host.now();
		const { createdAt = new Date(acceptedAt).toISOString(), results } = created;
		const facts = { ...order.facts, createdAt, ...(results !== undefined && { results }) };
		const task = withFacts(facts, created);
		const taskRef = formatReference(task.reference);
		this.attempt = { ...this.attempt, state: 'accepted', taskRef, acceptedAt, facts };
		this.remember();
		account.accepted(task.reference, order.ready, host.elapsed());
		return { task, acceptedAt, hints };
	}

	private remember() {
		this.host.memory.set(this.order.memoryKey, { ...this.attempt });
	}

	private cutOff(): VendorError {
		const { name, whereToLook } = this.order.provider;
		return new VendorError({
			category: 'server',
			outcome: 'unknown',
			message: `An earlier try sent this request to ${name} and never saw the answer`,
			advice: whereToLook,
		});
	}

	/** Says how far the item had come, and what it stood behind. */
	private gaveUp(cause: VendorError): VendorError {
		if (cause.category !== 'rateLimit') return cause;
		const { before } = this.place;
		const times = this.refusals === 1 ? 'once' : `${this.refusals} times`;
		const tried = this.refusals === 0 ? 'was not sent' : `was refused ${times}`;
		const queue =
			before > 0
				? `; ${before} ${before === 1 ? 'item was' : 'items were'} before it in the queue`
				: '';
		return new VendorError({
			...cause.options,
			message: `${cause.message}. This item ${tried}: the next try would come after its patience of ${minutesText(this.patience)}${queue}`,
		});
	}

	/**
	 * Uploads the files of vendors that take links; undefined for the others, whose files are written
	 * into the request when it is sent, so that those who wait in the queue need no memory. An upload
	 * is repeatable: the worst that a second one costs is a file that nobody asks for.
	 */
	private async uploaded(): Promise<MediaWriter | undefined> {
		const { provider, connection, files } = this.order;
		const upload = provider.upload?.bind(provider);
		if (!upload) return undefined;
		const deadline = this.host.elapsed() + this.patience;
		return await writer(files, async (file) =>
			repeat(connection, deadline, async () => await upload(connection, file)),
		);
	}

	private async request(upload: MediaWriter | undefined): Promise<CreateRequest> {
		const write = upload ?? (await writer(this.order.files, dataUrl));
		return this.order.build(write, this.attempt.id);
	}
}

async function writer(
	files: readonly MediaFile[],
	linkOf: (file: MediaFile) => Promise<string>,
): Promise<MediaWriter> {
	const links = new Map<MediaFile, string>();
	for (const file of files) links.set(file, await linkOf(file));
	return (media) => ('url' in media ? media.url.trim() : (links.get(media.file) ?? ''));
}

async function dataUrl(file: MediaFile): Promise<string> {
	const bytes = await file.read();
	return `data:${file.mimeType};base64,${Buffer.from(bytes).toString('base64')}`;
}

function minutesText(milliseconds: number): string {
	const minutes = Math.max(1, Math.round(milliseconds / 60_000));
	return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function foundHint({ reference }: VideoTask): string {
	return `The answer to the request was lost; the task was found again as ${formatReference(reference)}. Nothing was paid twice.`;
}
