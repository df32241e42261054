import type { SentCallback } from './callbacks';
import type { SandboxConfig, SandboxConfigInput, Vendor } from './config';
import type { ActiveFault, Fault } from './faults';
import type { GuestTasks } from './guests';
import type { Charge } from './ledger';
import type { Step } from './steps';
import type { Phase, Task } from './tasks';
import type { SeenRequest } from './world';

export interface RequestFilter {
	vendor?: Vendor;
	step?: Step;
	key?: string;
}

export type TaskView = Task & { phase: Phase };

/** The running sandbox. The control API offers the same over HTTP. */
export interface Sandbox {
	/** The first address: the control API, the downloads, and all vendors side by side. */
	url: string;
	port: number;
	/** What a client takes as its base URL: a port of the vendor's own. */
	baseUrl(vendor: Vendor): string;
	config(): SandboxConfig;
	configure(change: SandboxConfigInput): SandboxConfig;
	inject(fault: Fault): ActiveFault;
	faults(): ActiveFault[];
	clearFaults(): void;
	requests(filter?: RequestFilter): SeenRequest[];
	clearRequests(): void;
	charges(key?: string): Charge[];
	tasks(): TaskView[];
	/** The calls to users' own servers, also those that were kept back. */
	callbacks(): SentCallback[];
	/** Sends all of them once more, and tells how many, when they are answered. */
	repeatCallbacks(onlyMissed?: boolean): Promise<number>;
	/** Puts tasks that somebody else made with a key into the lists, uncharged: their IDs, newest first. */
	addTasks(tasks: GuestTasks): string[];
	/** Moves the clock forward. */
	advance(milliseconds: number): void;
	/**
	 * Forgets tasks, uploads, charges, requests, faults and changes of configuration, sets the clock
	 * back, and breaks the lines of requests that a slowAnswer holds.
	 */
	reset(): void;
	close(): Promise<void>;
}
