import type { ListedTask } from '../../video/trigger/accountCursor';
import type { Found } from '../../video/trigger/events';

export type FoundTask = Found<ListedTask>;

/** A part of the list that is still to be read. Times are the vendor's, in milliseconds. */
export interface ListPart {
	/** Where it begins; absent: with the newest. */
	readonly page?: string;
	/** Tasks that were created before it are not wanted. */
	readonly since: number;
}

/** How far this process has read the list of an account. */
export interface ListReading {
	readonly account: string;
	/** Tasks that were not done with when they were last seen, by name. */
	readonly running: Map<string, FoundTask>;
	/** Everything that is older was read, apart from `rest`. */
	readTo?: number;
	/** What the looks so far had no time for. */
	rest?: ListPart;
}
