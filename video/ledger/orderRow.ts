import type { TaskReference } from '../reference';
import { type Attempt, isFinal, type TaskFacts, type TaskStatus, type VideoTask } from '../task';

/**
 * How far an order is, as its row says: `reserved` (nothing was sent), `sending` (a create is, or
 * was, on its way, and nobody has written down what became of it), then the status of its task.
 */
export type OrderState = 'reserved' | 'sending' | TaskStatus;

/** A vendor that may be sent an order, and what the order is in its words. */
export interface Asked {
	readonly provider: string;
	/** What is ordered, see `requestDigest`. */
	readonly request: string;
	readonly facts: TaskFacts;
}

/** The row of one order. All times in milliseconds since 1970. */
export interface OrderRow {
	readonly row: number;
	readonly state: OrderState;
	/** Who was asked for it last. */
	readonly provider: string;
	/** What was ordered there, see `requestDigest`. */
	readonly request: string;
	/** The ID that was chosen for the create. */
	readonly requestId: string;
	/**
	 * Whose turn it is to send it. Once the vendor has accepted it: who has another vendor make it
	 * should the task fail; empty where nobody has.
	 */
	readonly heldBy: string;
	/** When the last create was sent, and when it is surely over. */
	readonly sentAt?: number;
	readonly overAt?: number;
	readonly reference?: TaskReference;
	readonly facts: TaskFacts;
	readonly orderedAt: number;
	readonly executionId?: string;
}

/** A task that runs, as far as is known, and whose order may go on after it. */
export const isHeldTask = ({ reference, state, heldBy }: OrderRow): boolean =>
	reference !== undefined &&
	heldBy !== '' &&
	state !== 'reserved' &&
	state !== 'sending' &&
	!isFinal(state);

/** A row as it was seen: only as long as it is so, it is changed. */
export type SeenOrder = Pick<OrderRow, 'row' | 'state' | 'heldBy'>;

/** What is written into the row of an order; what is absent stays. */
export interface OrderChange {
	readonly state?: OrderState;
	/** Who is asked from now on. */
	readonly asked?: Asked;
	/** Who could not make it, in the order in which they were asked. */
	readonly attempts?: readonly Attempt[];
	readonly requestId?: string;
	readonly heldBy?: string;
	readonly sentAt?: number;
	readonly overAt?: number;
	/** Null: the one that it had was given up. */
	readonly task?: VideoTask | null;
	/** Why it came to nothing, or what is known of a create that was lost. */
	readonly failure?: string;
}

export type NewOrder = OrderChange &
	Required<Pick<OrderChange, 'state' | 'asked' | 'requestId' | 'heldBy'>>;

export interface TaskRowOptions {
	/** The row of its order, which does not name the task yet. */
	readonly row?: number;
	readonly attempts?: readonly Attempt[];
	/** In whose hands the row stays while the task runs, empty for nobody's; absent: as it is. */
	readonly heldBy?: string;
	/** Others may know more of the task: a row that is there stays as it is. */
	readonly ifMissing?: boolean;
}

/**
 * The rows of orders, wherever they are kept: shared by all processes. Throws VendorError where the
 * rows cannot be reached now, and InputError where they never will be.
 */
export interface OrderRows {
	/** Rows under a key whose order has not failed, the oldest first. */
	ofKey(key: string): Promise<OrderRow[]>;
	/** The row with an ID that was chosen for a create; undefined where there is none. */
	ofRequest(requestId: string): Promise<OrderRow | undefined>;
	/** The row of a task; undefined where there is none. */
	ofTask(reference: TaskReference): Promise<OrderRow | undefined>;
	/** Makes the row of this order; gives its number, which is higher than those before it. */
	insert(order: NewOrder): Promise<number>;
	/** Changes a row while it is as it was seen, in one step. Whether it was. */
	change(seen: SeenOrder, change: OrderChange): Promise<boolean>;
	/**
	 * The same, as soon as the rows can be reached and until the execution ends. Resolves when it is
	 * written or has to wait; never throws.
	 */
	owe(seen: SeenOrder, change: OrderChange): Promise<void>;
	/**
	 * Brings the one row of a task up to date, or makes it; when it can, as `owe` does. Leaves out a
	 * task that was given up and whose order has gone on at another vendor.
	 */
	oweTask(task: VideoTask, options?: TaskRowOptions): Promise<void>;
}
