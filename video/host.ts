/**
 * All that the heart needs from outside: time, the network, a memory and a place for files. Made
 * from n8n's contexts in nodes/, and from simulated time in tests.
 */
export interface Host {
	/** Milliseconds since 1970, by a clock that may jump both ways: for dates that people see. */
	now(): number;
	/** Milliseconds that never jump and never go back: for deadlines, pauses and limits. */
	elapsed(): number;
	/** 0 (included) to 1 (excluded). */
	random(): number;
	/**
	 * Rejects with StoppedError as soon as the run is stopped. `cancel` frees the timer of a sleep
	 * that nobody waits for any more.
	 */
	sleep(milliseconds: number, cancel?: AbortSignal): Promise<void>;
	/** Fresh UUIDs of version 4. */
	uuid(): string;
	/** Opens a link of the vendor's file host, without any key. Redirects are not followed. */
	open(url: string): Promise<OpenedLink>;
	readonly memory: Memory;
}

/** Outlives a retry of the node and of the execution; gone with the execution. */
export interface Memory {
	get(key: string): unknown;
	set(key: string, value: unknown): void;
	delete(key: string): void;
}

export interface OpenedLink {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Chunk by chunk, as it arrives. */
	readonly content: AsyncIterable<Uint8Array>;
	/** Puts the content, checked on its way, into the binary store. */
	store(
		content: AsyncIterable<Uint8Array>,
		fileName: string,
		mimeType: string,
	): Promise<StoredFile>;
	/** Ends the connection; nothing more arrives. */
	close(): void;
}

/** The host's own handle of a stored file (in n8n: IBinaryData). Opaque to the heart. */
export interface StoredFile {
	readonly handle: unknown;
	/** What the store says it holds; absent where it does not say. */
	readonly bytes?: number;
}

export interface HttpRequest {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as JSON. */
	readonly json?: unknown;
	/** Sent as multipart/form-data. */
	readonly form?: FormData;
	/** Milliseconds after which nobody waits for an answer any more. */
	readonly timeout?: number;
	/** Ends the request. */
	readonly cancel?: AbortSignal;
}

export interface RawAnswer {
	readonly status: number;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** One vendor account: where it is, and a way to send requests that carry its key. */
export interface Connection {
	/** Without a slash at the end. */
	readonly baseUrl: string;
	/** A digest of the key. What is shared by all who use the account is kept under it. */
	readonly keyDigest: string;
	/** Any HTTP status resolves; only a missing answer rejects. */
	send(request: HttpRequest): Promise<RawAnswer>;
	readonly host: Host;
}
