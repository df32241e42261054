import { asError, StoppedError, VendorError, vendorErrorOf } from './failure';
import { type FileNaming, videoFileName } from './fileName';
import type { Connection, Host, OpenedLink, StoredFile } from './host';
import { isPrivateHost } from './privateHosts';
import { retryAfter } from './answerErrors';
import { mimeTypeOf } from './media';
import { retryAfterFailure } from './retry';
import { sizeText } from './size';
import { blockedByN8n, isBlockedByN8n } from './ssrfProtection';
import type { VideoTask } from './task';
import { inTime } from './waiting';

export interface DownloadOptions {
	/** Bytes. */
	readonly maxBytes: number;
	/** By `host.elapsed`; no new try begins after it. */
	readonly deadline: number;
	readonly naming: FileNaming;
}

export interface Downloaded {
	readonly file: StoredFile;
	/** The link that worked, fresh where the first one had expired. */
	readonly task: VideoTask;
}

/** The file is there, but not to be had in the way the person asked for. Trying again is no use. */
export class TooLargeError extends Error {
	constructor(bytes: number, maxBytes: number) {
		super(
			`The video was not downloaded: it has ${bytes > maxBytes ? sizeText(bytes) : 'more'}, and Maximum Size is ${sizeText(maxBytes)}. It is still at its link.`,
		);
		this.name = 'TooLargeError';
	}
}

const maxRedirects = 5;
const stallMs = 60_000;
const leastTries = 4;
/** A link that has expired, was never there or is not ready yet. */
const staleStatus = new Set([401, 403, 404, 410]);

const extensions: Readonly<Record<string, string>> = {
	'video/mp4': 'mp4',
	'video/quicktime': 'mov',
	'video/webm': 'webm',
};

/**
 * Brings the video of a completed task into the binary store, chunk by chunk. Tries again after
 * every passing fault, with a fresh link where the old one no longer works.
 * Throws VendorError, or TooLargeError.
 */
export async function download(
	connection: Connection,
	completed: VideoTask,
	index: number,
	freshen: (task: VideoTask) => Promise<VideoTask>,
	options: DownloadOptions,
): Promise<Downloaded> {
	const { host } = connection;
	let task = completed;
	for (let failures = 0; ; failures++) {
		try {
			const link = await open(connection, task.videos[index].url);
			return { file: await receive(connection, link, options), task };
		} catch (cause) {
			if (cause instanceof StoppedError || cause instanceof TooLargeError) throw asError(cause);
			const error = asVendorError(cause);
			const delay = retryAfterFailure(failures, error.retryAfterMs, host.random());
			const inTime = host.elapsed() + delay <= options.deadline;
			if (!error.retryable || (!inTime && failures + 1 >= leastTries)) throw asError(error);
			await host.sleep(delay);
			if (staleStatus.has(error.status ?? 0)) task = await freshOrSame(task, freshen);
		}
	}
}

async function freshOrSame(
	task: VideoTask,
	freshen: (task: VideoTask) => Promise<VideoTask>,
): Promise<VideoTask> {
	const fresh = await freshen(task).catch(vendorErrorOf);
	return fresh instanceof VendorError || fresh.videos.length === 0 ? task : fresh;
}

/** Follows redirects by hand, so that no step leads into a private network unseen. */
async function open({ host, baseUrl }: Connection, url: string): Promise<OpenedLink> {
	const ownNetwork = isPrivateHost(new URL(baseUrl).hostname);
	let current = url;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		checkAddress(current, ownNetwork);
		const opening = inTime(host, host.open(current), stallMs, stoodStill);
		const link = await opening.catch((cause: unknown) => {
			throw isBlockedByN8n(cause) ? blockedByN8n(current) : cause;
		});
		if (link.status >= 200 && link.status < 300) return link;
		link.close();
		const next = link.headers.location;
		if (link.status < 300 || link.status >= 400 || !next) throw refusedDownload(link);
		current = new URL(next, current).href;
	}
	throw downloadError('The link of the video redirects in a circle', false);
}

function checkAddress(address: string, ownNetwork: boolean) {
	if (!URL.canParse(address)) {
		throw downloadError('The vendor gave a link that is not a URL', true);
	}
	if (ownNetwork) return;
	const url = new URL(address);
	if (url.protocol !== 'https:' || isPrivateHost(url.hostname)) {
		throw downloadError(
			`The link of the video leads to ${url.protocol}//${url.hostname}, which is not a public https address`,
			false,
		);
	}
}

function refusedDownload({ status, headers }: OpenedLink): VendorError {
	return new VendorError({
		category: status === 429 ? 'rateLimit' : 'server',
		outcome: 'refused',
		status,
		retryAfterMs: retryAfter(headers),
		message: `The download of the video was refused (HTTP ${status})`,
		advice: 'Download it with Hailuo Query Task, which asks the vendor for a fresh link.',
	});
}

function downloadError(message: string, retryable: boolean): VendorError {
	return new VendorError({
		category: retryable ? 'server' : 'input',
		outcome: 'unknown',
		message,
		advice: 'Download it with Hailuo Query Task, which asks the vendor for a fresh link.',
	});
}

async function receive(
	{ host }: Connection,
	link: OpenedLink,
	{ maxBytes, naming }: DownloadOptions,
): Promise<StoredFile> {
	const expected = Number(link.headers['content-length'] ?? NaN);
	if (expected > maxBytes) {
		link.close();
		throw new TooLargeError(expected, maxBytes);
	}
	const chunks = link.content[Symbol.asyncIterator]();
	const guard = new StandstillGuard(host, link);
	let bytes = 0;
	const next = async (): Promise<Uint8Array | undefined> => {
		const chunk = await guard.arrival(chunks);
		if (chunk.done) {
			if (expected > bytes) throw cutOff('fewer bytes than announced');
			return undefined;
		}
		bytes += chunk.value.byteLength;
		if (bytes > maxBytes) throw new TooLargeError(bytes, maxBytes);
		return chunk.value;
	};
	try {
		const first = await next();
		if (!first) throw cutOff('no content');
		const mimeType = mimeTypeOf(first);
		if (!mimeType?.startsWith('video/')) {
			throw downloadError('The link of the video gave something that is not a video', true);
		}
		const name = videoFileName(naming, extensions[mimeType] ?? 'mp4');
		const file = await link.store(follow(first, next), name, mimeType);
		if (file.bytes !== undefined && file.bytes < bytes) throw cutOff('it was not stored whole');
		return file;
	} finally {
		guard.end();
		link.close();
	}
}

async function* follow(
	first: Uint8Array,
	next: () => Promise<Uint8Array | undefined>,
): AsyncGenerator<Uint8Array> {
	for (let chunk: Uint8Array | undefined = first; chunk; chunk = await next()) yield chunk;
}

/**
 * Closes a link from which nothing arrives for too long, or when the run is stopped. It keeps one
 * timer for the whole file: a file has thousands of chunks.
 */
class StandstillGuard {
	private readonly over = new AbortController();

	private waitingSince?: number;

	private cause?: Error;

	constructor(
		private readonly host: Host,
		private readonly link: OpenedLink,
	) {
		void this.watch();
	}

	async arrival(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
		this.waitingSince = this.host.elapsed();
		try {
			return await chunks.next();
		} catch (cause) {
			throw this.cause ?? asError(cause);
		} finally {
			this.waitingSince = undefined;
		}
	}

	end() {
		this.over.abort();
	}

	private async watch() {
		try {
			for (let rest = stallMs; rest > 0; rest = stallMs - this.waited()) {
				await this.host.sleep(rest, this.over.signal);
			}
			throw stoodStill();
		} catch (cause) {
			if (this.over.signal.aborted) return;
			this.cause = asError(cause);
			this.link.close();
		}
	}

	private waited(): number {
		return this.waitingSince === undefined ? 0 : this.host.elapsed() - this.waitingSince;
	}
}

function stoodStill(): VendorError {
	return downloadError(`The download stood still for ${stallMs / 1000} seconds`, true);
}

function cutOff(how: string): VendorError {
	return downloadError(`The download of the video broke off (${how})`, true);
}

function asVendorError(cause: unknown): VendorError {
	if (cause instanceof VendorError) return cause;
	return cutOff(cause instanceof Error ? cause.message : 'unknown cause');
}
