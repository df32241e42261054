import type { Hint } from './hint';
import type { Connection } from './host';
import type { LedgerEntry } from './ledger/entry';
import type { MediaFile } from './media';
import type { CreateRequest, MediaWriter, Provider } from './provider';
import type { TaskReference } from './reference';
import type { TaskFacts, VideoTask } from './task';
import type { Ready } from './watchlist';

/** What to make, read from a form and checked. Nothing has been sent for it yet. */
export interface Plan {
	readonly provider: Provider;
	readonly kind: string;
	/** Files of the item that go with it. */
	readonly files: readonly MediaFile[];
	readonly facts: TaskFacts;
	readonly ready: Ready;
	/** What makes it another video. Who is told of it, and where the file is put, does not. */
	readonly content: unknown;
	/** Builds the request; `id` is a UUID that stays the same for all tries. */
	build(write: MediaWriter, id: string): CreateRequest;
}

/** The order at the vendor that was asked for it, which may be another one of its chain. */
export function orderAt(order: Order, provider: string): Order | undefined {
	return (order.chain ?? [order]).find((one) => one.provider.id === provider);
}

/** Whether another vendor makes it should this one take the order and give it up: this run sees to it. */
export const outlivesItsTask = ({ wait, haste }: Pick<Order, 'wait' | 'haste'>): boolean =>
	wait !== undefined && haste?.afterFailure === true;

/** One video to make, with its wishes for the wait and the download. */
export interface Order extends Plan {
	readonly connection: Connection;
	/** Names it across a retry of the node and of the execution. */
	readonly memoryKey: string;
	readonly wait?: WaitWishes;
	readonly download?: DownloadWishes;
	/** Who is asked when this vendor cannot make it. */
	readonly fallback?: Fallback;
	/** Its row, where it is written down. */
	readonly entry?: LedgerEntry;
	/** Called right after the vendor accepted the task and before any waiting. */
	readonly onAccepted?: (task: VideoTask) => void;
	/**
	 * Which of these tasks are written down as somebody's, outside of this process. Throws where
	 * that cannot be found out.
	 */
	readonly claimed?: (references: readonly TaskReference[]) => Promise<ReadonlySet<string>>;
	/** What the person should know where a fallback makes it. */
	readonly hints?: readonly Hint[];
	/** Set while other vendors may make it as well. */
	readonly haste?: Haste;
	/** The same at every vendor that may make it, this one among them; absent where it is the only one. */
	readonly chain?: readonly Order[];
}

/**
 * `refused`: the vendor has surely not taken the order. `failed`: it has taken it, and given it up
 * by a fault of its own.
 */
export type FallbackReason = 'refused' | 'failed';

/** The same video at other vendors, for when the first cannot make it. */
export interface Fallback {
	readonly orders: readonly Order[];
	readonly when: readonly FallbackReason[];
	/** Milliseconds that each vendor but the last has to take the order. */
	readonly patience: number;
}

/** What ends an order early that others may make. Both by `host.elapsed`. */
export interface Haste {
	/** An account that has refused for a lasting reason since then is not asked again. */
	readonly since: number;
	/** When it goes to the next vendor unless this one has taken it; absent for the last one. */
	readonly until?: number;
	/** Whether the next vendor is asked after this error. */
	readonly goesOn: (cause: Error) => boolean;
	/** Whether it is asked as well after this one has taken the order and given it up. */
	readonly afterFailure: boolean;
}

export interface WaitWishes {
	/** Milliseconds. */
	readonly timeout: number;
	/** Milliseconds; absent for the automatic schedule. */
	readonly fixedInterval?: number;
	readonly onTimeout: 'fail' | 'returnPending';
}

export interface DownloadWishes {
	/** Bytes. */
	readonly maxBytes: number;
	/** As the person wrote it; see `videoFileName`. */
	readonly fileName?: string;
}
