import type { Account } from '../account';
import { ask } from '../ask';
import { asError, VendorError } from '../failure';
import { timeoutOf } from '../http';
import type { Order } from '../order';
import type { CreateRequest } from '../provider';
import type { TaskReference } from '../reference';
import { formatReference } from '../reference';
import { repeat } from '../retry';
import { findOut } from '../recover';
import type { VideoTask } from '../task';
import { isFinal, withFacts } from '../task';
import { dayAndTime, quoted } from '../text';
import type { LedgerEntry } from './entry';
import type { OrderRow } from './orderRow';

/** What became of an earlier order: its task, with a sentence for the person. */
export interface PickedUp {
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

/** An order that was made under the same key before, by this execution or another one. */
export class EarlierOrder {
	private readonly entry: LedgerEntry;

	constructor(
		private readonly order: Order,
		private readonly account: Account,
		private readonly requestOf: (id: string) => Promise<CreateRequest>,
		/** By `host.elapsed`. */
		private readonly deadline: number,
	) {
		this.entry = order.entry as LedgerEntry;
	}

	/** Throws VendorError where nobody can know what became of it. */
	async fate(row: OrderRow): Promise<Fate> {
		return row.reference ? await this.follow(row, row.reference) : await this.findOut(row);
	}

	private async follow(row: OrderRow, reference: TaskReference): Promise<Fate> {
		const { entry, order } = this;
		const task = await this.asked(row, reference);
		if (isFinal(task.status) && task.status !== 'completed') {
			await entry.settle(row, task);
			return { again: true };
		}
		this.account.accepted(reference, order.ready, order.connection.host.elapsed());
		const name = `Order Key “${quoted(entry.key ?? '')}” was ordered on ${dayAndTime(row.orderedAt)}`;
		const what =
			task.status === 'completed'
				? `this is that video, ${formatReference(reference)}`
				: `went on with ${formatReference(reference)}, which is not finished yet`;
		return {
			task,
			acceptedAt: row.orderedAt,
			hints: [`${name}: ${what}. Nothing was paid again.`],
		};
	}

	private async asked(row: OrderRow, reference: TaskReference): Promise<VideoTask> {
		const { connection, provider, wait } = this.order;
		const { facts } = row;
		try {
			return await repeat(connection, this.deadline, async () => {
				const [answer] = await ask(connection, provider, [{ reference, facts }]);
				if (answer instanceof VendorError) throw answer;
				return answer;
			});
		} catch (cause) {
			if (!(cause instanceof VendorError)) throw asError(cause);
			if (cause.isHopeless) throw this.forgotten(row, reference, cause);
			if (!wait) throw asError(cause);
			return withFacts(facts, { reference, status: 'processing', videos: [] });
		}
	}

	/** Its row says that it was sent, and not what the vendor has answered. */
	private async findOut(row: OrderRow): Promise<Fate> {
		const { order, entry, account } = this;
		const { host } = order.connection;
		const request = await this.requestOf(row.requestId);
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
		const task = withFacts(this.order.facts, created);
		await this.entry.settle(row, task);
		this.account.accepted(task.reference, this.order.ready, this.order.connection.host.elapsed());
		return {
			task,
			acceptedAt,
			hints: [
				`An execution that ended early had ordered this; its task was found again as ${formatReference(task.reference)}. Nothing was paid twice.`,
			],
		};
	}

	private cutOff({ executionId, sentAt, orderedAt }: OrderRow): VendorError {
		const { name, whereToLook } = this.order.provider;
		const by = executionId === undefined ? 'Another execution' : `Execution ${executionId}`;
		return new VendorError({
			category: 'server',
			outcome: 'unknown',
			message: `${by} sent this order to ${name} on ${dayAndTime(sentAt ?? orderedAt)} and did not write down the answer`,
			advice: whereToLook,
		});
	}

	private forgotten(row: OrderRow, reference: TaskReference, cause: VendorError): VendorError {
		const isDone = row.state === 'completed';
		return this.orderAnew(
			new VendorError({
				...cause.options,
				message: `The video of Order Key “${quoted(this.entry.key ?? '')}” was ${isDone ? 'made' : 'ordered'} on ${dayAndTime(row.orderedAt)} as ${formatReference(reference)}, and ${this.order.provider.name} gives no link to it any more: ${cause.message}`,
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
	return new VendorError({
		...cause.options,
		advice: `${cause.advice} To order it anew, delete the row of Order Key “${quoted(key)}” from the task table, or use another key.`,
	});
}
