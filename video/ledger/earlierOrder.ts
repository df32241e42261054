import { accountOf } from '../account';
import { askPatiently } from '../ask';
import { asError, VendorError, withOutcome } from '../failure';
import { timeoutOf } from '../http';
import { type Order, orderAt } from '../order';
import type { CreateRequest } from '../provider';
import { formatReference, type TaskReference } from '../reference';
import { cutOff, findOut } from '../recover';
import { isFinal, isGivenUp, type VideoTask, withFacts } from '../task';
import { dayAndTime, quoted } from '../text';
import type { LedgerEntry } from './entry';
import type { OrderRow } from './orderRow';

/** What became of an earlier order: its task, with a sentence for the person. */
export interface PickedUp {
	/** The order at the vendor that makes it. */
	readonly order: Order;
	readonly task: VideoTask;
	/** Milliseconds since 1970. */
	readonly acceptedAt: number;
	readonly hints: readonly string[];
}

/**
 * `again`: it has come to nothing, and the order may be sent, under the ID that was chosen for it
 * where there is one.
 */
export type Fate = PickedUp | { readonly again: true; readonly requestId?: string };

/** Milliseconds between two looks at an order that somebody else is sending. */
const lookEvery = 10_000;

/** Milliseconds in which a run that lives sees that its task has failed. */
const heldFor = 2 * 60_000;

/**
 * An order that was made under the same key before, by this execution or another one, and maybe at
 * another vendor of the chain.
 */
export class EarlierOrder {
	private readonly entry: LedgerEntry;

	/** The task that was last seen failed, and when that was first seen, by `host.elapsed`. */
	private failed?: { readonly name: string; readonly since: number };

	constructor(
		private readonly order: Order,
		private readonly requestOf: (order: Order, id: string) => Promise<CreateRequest>,
		/** By `host.elapsed`. */
		private readonly deadline: number,
	) {
		this.entry = order.entry as LedgerEntry;
	}

	/** Throws VendorError where nobody can know what became of it. */
	async fate(row: OrderRow): Promise<Fate> {
		const fate = row.reference ? this.follow(row, row.reference) : this.findOut(row);
		// No word of a vendor about an earlier order is a refusal of this one: nobody else is asked.
		return await fate.catch(withOutcome('unknown'));
	}

	/** The ledger has made sure that its vendor is one of the chain. */
	private orderOf({ provider }: OrderRow): Order {
		return orderAt(this.order, provider) ?? this.order;
	}

	private async follow(row: OrderRow, reference: TaskReference): Promise<Fate> {
		const { entry } = this;
		const order = this.orderOf(row);
		const task = await this.asked(row, reference);
		if (isFinal(task.status) && task.status !== 'completed') {
			if (this.mayGoOn(row, task)) {
				await order.connection.host.sleep(lookEvery);
				const now = await entry.earlier();
				return now ? await this.fate(now) : { again: true };
			}
			await entry.settle(row, task);
			return { again: true };
		}
		this.accept(order, reference);
		const name = `Order Key “${quoted(entry.key ?? '')}” was ordered on ${dayAndTime(row.orderedAt)}`;
		const what =
			task.status === 'completed'
				? `this is that video, ${formatReference(reference)}`
				: `went on with ${formatReference(reference)}, which is not finished yet`;
		return {
			order,
			task,
			acceptedAt: row.orderedAt,
			hints: [`${name}: ${what}. Nothing was paid again.`],
		};
	}

	/** Whoever holds the order has another vendor make it soon, unless the run has died. */
	private mayGoOn({ heldBy }: OrderRow, { reference, status }: VideoTask): boolean {
		const now = this.order.connection.host.elapsed();
		const name = formatReference(reference);
		if (this.failed?.name !== name) this.failed = { name, since: now };
		return heldBy !== '' && isGivenUp(status) && now - this.failed.since < heldFor;
	}

	private async asked(row: OrderRow, reference: TaskReference): Promise<VideoTask> {
		const { connection, provider, wait } = this.orderOf(row);
		const { facts } = row;
		try {
			return await askPatiently(connection, provider, { reference, facts }, this.deadline);
		} catch (cause) {
			if (!(cause instanceof VendorError)) throw asError(cause);
			if (cause.isHopeless) throw this.forgotten(row, reference, cause);
			if (!wait) throw asError(cause);
			return withFacts(facts, { reference, status: 'processing', videos: [] });
		}
	}

	/** Its row says that it was sent, and not what the vendor has answered. */
	private async findOut(row: OrderRow): Promise<Fate> {
		const { entry } = this;
		const order = this.orderOf(row);
		const { host } = order.connection;
		const account = accountOf(order.provider, order.connection);
		const request = await this.requestOf(order, row.requestId);
		const { sentAt = row.orderedAt } = row;
		const { overAt = sentAt + timeoutOf({ json: request.body }, true) } = row;
		for (;;) {
			const isOver = host.now() >= overAt;
			if (isOver || order.provider.recover) {
				const span = { from: sentAt, to: Math.min(overAt, host.now()) };
				const lost = { id: row.requestId, error: this.cutOff(row), rounds: 0 };
				const found = await findOut(order, account, request, span, lost, this.deadline).catch(
					(cause: unknown) => {
						if (!(cause instanceof VendorError)) throw asError(cause);
						if (isOver || cause.outcome === 'refused') throw this.orderAnew(cause);
						return undefined;
					},
				);
				if (found) return await this.found(row, sentAt, found);
			}
			if (isOver && (await entry.takeOver(row))) return { again: true, requestId: row.requestId };
			if (host.elapsed() > this.deadline) throw this.orderAnew(this.cutOff(row));
			await host.sleep(Math.max(0, Math.min(lookEvery, overAt - host.now())));
			// Whoever sends it may have come further.
			const now = await entry.earlier();
			if (!now) return { again: true };
			if (now.reference || now.row !== row.row || now.heldBy !== row.heldBy) {
				return await this.fate(now);
			}
			if (now.overAt !== row.overAt) return await this.findOut(now);
		}
	}

	private async found(row: OrderRow, acceptedAt: number, created: VideoTask): Promise<PickedUp> {
		const order = this.orderOf(row);
		const task = withFacts(order.facts, created);
		await this.entry.settle(row, task);
		this.accept(order, task.reference);
		return {
			order,
			task,
			acceptedAt,
			hints: [
				`An execution that ended early had ordered this; its task was found again as ${formatReference(task.reference)}. Nothing was paid twice.`,
			],
		};
	}

	private accept({ provider, connection, ready }: Order, reference: TaskReference) {
		accountOf(provider, connection).accepted(reference, ready, connection.host.elapsed());
	}

	private cutOff(row: OrderRow): VendorError {
		const { executionId, sentAt, orderedAt } = row;
		const { provider } = this.orderOf(row);
		const by = executionId === undefined ? 'Another execution' : `Execution ${executionId}`;
		const at = dayAndTime(sentAt ?? orderedAt);
		return cutOff(
			provider,
			`${by} sent this order to ${provider.name} on ${at} and did not write down the answer`,
		);
	}

	private forgotten(row: OrderRow, reference: TaskReference, cause: VendorError): VendorError {
		const isDone = row.state === 'completed';
		return this.orderAnew(
			cause.with({
				message: `The video of Order Key “${quoted(this.entry.key ?? '')}” was ${isDone ? 'made' : 'ordered'} on ${dayAndTime(row.orderedAt)} as ${formatReference(reference)}, and ${this.orderOf(row).provider.name} gives no link to it any more: ${cause.message}`,
				advice: isDone ? 'Use the file that was saved then.' : cause.advice,
			}),
		);
	}

	private orderAnew(cause: VendorError): VendorError {
		return withOrderAnew(cause, this.entry);
	}
}

/** Says as well how a video is ordered anew under a key that stands for one already. */
export function withOrderAnew(cause: VendorError, { key = '' }: LedgerEntry): VendorError {
	return cause.with({
		advice: `${cause.advice} To order it anew, delete the row of Order Key “${quoted(key)}” from the task table, or use another key.`,
	});
}
