import type { Callback, CallbackReading } from './callback';
import type { Capability } from './capabilities';
import type { VendorError } from './failure';
import type { Connection } from './host';
import type { Media, MediaFile } from './media';
import type { TaskReference } from './reference';
import type { VideoRequest } from './request';
import type { TaskFacts, TaskStatus, VideoTask } from './task';

/** Turns a picture, video or sound into what the vendor takes in its place: a link or a data URL. */
export type MediaWriter = (media: Media) => string;

/** A create, ready to be sent; also what a dry run shows. */
export interface CreateRequest {
	readonly kind: string;
	/** Below the base URL of the connection. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: unknown;
	/** How many videos the task makes. */
	readonly results?: number;
}

/** Answer to one status question. */
export type StatusAnswer = VideoTask | VendorError;

/** When a create was on its way: from our sending to our failure, in milliseconds since 1970. */
export interface TimeSpan {
	readonly from: number;
	readonly to: number;
}

/** What became of a create whose answer was lost. */
export type Recovery =
	| { readonly found: VideoTask }
	/** The vendor has surely not accepted it: it may be sent again. */
	| { readonly notCreated: true }
	/**
	 * All tasks of the vendor's list like the one that was ordered, made in that time or so shortly
	 * before or after it (`clockDifference`) that only the clocks may differ.
	 */
	| { readonly candidates: readonly VideoTask[] }
	/** Nobody can know. A sentence for the person, or nothing. */
	| { readonly unclear: string };

/** Milliseconds by which a vendor's clock may differ from ours. */
export const clockDifference = 30_000;

export interface RateLimit {
	readonly requests: number;
	/** Seconds. */
	readonly per: number;
}

export interface TaskFilter {
	readonly status?: TaskStatus;
	readonly model?: string;
	/** Milliseconds since 1970; only tasks created at or after it. */
	readonly createdAfter?: number;
}

export interface TaskPage {
	readonly tasks: readonly VideoTask[];
	/** Give it to the next call; absent on the last page. */
	readonly next?: string;
	/** When the newest entry was created, jobs of other kinds included. Milliseconds since 1970. */
	readonly newest?: number;
}

/** What a kind of task at one vendor is like. */
export interface TaskKind {
	readonly kind: string;
	/** Creates that the vendor takes from one key. */
	readonly createLimit?: RateLimit;
	/** Tasks that the vendor lets one key have unfinished. */
	readonly maxInFlight?: number;
	/** Tasks that one status call can ask for. */
	readonly statusBatch: number;
}

/**
 * A vendor of Hailuo videos: one folder that fulfils this interface. Everything below throws
 * VendorError in our words; vendors' spellings and units do not leave the folder.
 */
export interface Provider {
	/** As in task references and saved workflows. */
	readonly id: string;
	readonly name: string;
	/** n8n credential type. */
	readonly credential: string;
	/** The vendor's page about the API. */
	readonly documentation: string;
	readonly capabilities: readonly Capability[];
	readonly kinds: readonly TaskKind[];
	/** What to do when the answer to a create was lost, for the message. */
	readonly whereToLook: string;
	/** Whether it rewrites prompts unless told otherwise; absent where its pages do not say. */
	readonly optimizesPrompts?: boolean;
	/** Between movements in one bracket. */
	readonly cameraSeparator?: string;

	/** Where the account of a credential is reached. Absent: the credential's own `baseUrl`. */
	baseUrl?(credential: Readonly<Record<string, unknown>>): string;
	/** The kind of task that a model makes. */
	kindOf(model: string): string;
	/** A request as the vendor writes it. Pure. `id` is a fresh UUID. */
	encode(
		request: VideoRequest,
		write: MediaWriter,
		id: string,
		capability?: Capability,
	): CreateRequest;
	/** Uploads a file and gives its link; absent where a data URL inside the request does. */
	upload?(connection: Connection, file: MediaFile): Promise<string>;
	create(connection: Connection, request: CreateRequest): Promise<VideoTask>;
	/** Finds out what became of a create whose answer was lost. Absent: nobody can know. */
	recover?(connection: Connection, request: CreateRequest, sent: TimeSpan): Promise<Recovery>;
	/**
	 * Milliseconds after its sending in which `recover` can be trusted for a create: for so long the
	 * vendor keeps idempotency keys, IDs that we chose, or its list.
	 */
	readonly recoverableFor?: number;
	/**
	 * One answer for each reference, in order; a failed call may throw for all. A completed task may
	 * come without a link: what that means is the engine's to say.
	 */
	status(
		connection: Connection,
		references: readonly TaskReference[],
		facts: readonly TaskFacts[],
	): Promise<readonly StatusAnswer[]>;
	/**
	 * The account's own tasks, newest first; absent where the vendor has no list. With `createdAfter`
	 * the last page is the one that reaches back to it.
	 */
	list?(connection: Connection, filter: TaskFilter, page?: string): Promise<TaskPage>;
	/** Kinds of tasks that `cancel` takes. */
	readonly cancellable?: readonly string[];
	cancel?(connection: Connection, reference: TaskReference): Promise<VideoTask>;
	/** What a callback says, where it has a form of this vendor's. Nothing in it is believed. */
	readCallback?(callback: Callback): CallbackReading | undefined;
	/**
	 * Whether a callback bears the vendor's signature; undefined where that cannot be checked with
	 * this credential. Absent: the vendor signs nothing. `now` is in milliseconds since 1970.
	 */
	isSigned?(
		callback: Callback,
		credential: Readonly<Record<string, unknown>>,
		now: number,
	): boolean | undefined;
}
