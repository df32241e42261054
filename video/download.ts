import { StoppedError, VendorError } from './failure';
import type { Connection, FileStream, OpenedLink, StoredFile } from './host';
import { isPrivateHost } from './hosts';
import { retryAfter } from './http';
import { mimeTypeOf } from './media';
import { retryAfterFailure } from './submit';
import type { VideoTask } from './task';

export interface DownloadOptions {
	/** Bytes. */
	readonly maxBytes: number;
	/** Milliseconds since 1970; no new try begins after it. */
	readonly deadline: number;
	/** Without an extension. */
	readonly baseName: string;
}

export interface Downloaded {
	readonly file: StoredFile;
	/** The link that worked, fresh where the first one had expired. */
	readonly task: VideoTask;
}

/** The file is there, but not to be had in the way the person asked for. Trying again is no use. */
export class TooLargeError extends Error {
	constructor(bytes: number, maxBytes: number) {
		const size = (value: number) => `${Math.round(value / 1024 / 1024)} MB`;
		super(
			`The video was not downloaded: it has ${bytes > maxBytes ? size(bytes) : 'more'}, and Maximum Size is ${size(maxBytes)}. It is still at its link.`,
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
			if (cause instanceof StoppedError || cause instanceof TooLargeError) rethrow(cause);
			const error = asVendorError(cause);
			const delay = retryAfterFailure(failures, error.retryAfterMs, host.random());
			const inTime = host.now() + delay <= options.deadline;
			if (!error.retryable || (!inTime && failures + 1 >= leastTries)) rethrow(error);
			await host.sleep(delay);
			if (staleStatus.has(error.status ?? 0)) task = await freshOrSame(task, freshen);
		}
	}
}

async function freshOrSame(
	task: VideoTask,
	freshen: (task: VideoTask) => Promise<VideoTask>,
): Promise<VideoTask> {
	try {
		const fresh = await freshen(task);
		return fresh.videos.length > 0 ? fresh : task;
	} catch (cause) {
		if (cause instanceof VendorError) return task;
		return rethrow(cause);
	}
}

/** Follows redirects by hand, so that no step leads into a private network unseen. */
async function open({ host, baseUrl }: Connection, url: string): Promise<OpenedLink> {
	const ownNetwork = isPrivateHost(new URL(baseUrl).hostname);
	let current = url;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		checkAddress(current, ownNetwork);
		const link = await host.open(current);
		if (link.status >= 200 && link.status < 300) return link;
		link.stream.destroy();
		const next = link.headers.location;
		if (link.status < 300 || link.status >= 400 || !next) throw refusedDownload(link);
		current = new URL(next, current).href;
	}
	throw downloadError('The link of the video redirects in a circle', false);
}

function checkAddress(address: string, ownNetwork: boolean) {
	let url: URL;
	try {
		url = new URL(address);
	} catch {
		throw downloadError('The vendor gave a link that is not a URL', true);
	}
	if (ownNetwork) return;
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
	{ stream, headers }: OpenedLink,
	{ maxBytes, baseName }: DownloadOptions,
): Promise<StoredFile> {
	const expected = Number(headers['content-length'] ?? NaN);
	if (expected > maxBytes) {
		stream.destroy();
		throw new TooLargeError(expected, maxBytes);
	}
	const progress = { bytes: 0, at: host.now() };
	let broken: Error | undefined;
	const breakOff = (error: Error) => {
		broken ??= error;
		stream.destroy(error);
	};
	stream.once('error', (error) => (broken ??= error));
	const finished = new AbortController();
	const watch = watchProgress(host, progress, finished.signal, breakOff);
	try {
		const mimeType = await firstBytes(stream, () => broken, watch);
		// Paused, a stream with a data listener waits for its reader and only shows what that reads.
		// It has to be here: the listener that has waited for the first bytes undid an earlier pause.
		stream.pause();
		stream.on('data', (chunk) => {
			progress.bytes += chunk.byteLength;
			progress.at = host.now();
			if (progress.bytes > maxBytes) breakOff(new TooLargeError(progress.bytes, maxBytes));
		});
		const stored = host.store(stream, `${baseName}.${extensions[mimeType] ?? 'mp4'}`, mimeType);
		stored.catch(() => undefined);
		const file = await Promise.race([stored, watch]);
		if (broken) throw asCutOff(broken);
		const arrived = Math.min(progress.bytes, file.bytes ?? progress.bytes);
		if (expected > arrived || arrived === 0) throw asCutOff(new Error('fewer bytes than announced'));
		return file;
	} catch (cause) {
		throw broken instanceof TooLargeError || cause instanceof StoppedError
			? (broken ?? cause)
			: cause;
	} finally {
		finished.abort();
		stream.destroy();
	}
}

/** Never resolves; rejects when nothing has arrived for too long, or the run is stopped. */
async function watchProgress(
	host: Connection['host'],
	progress: { at: number },
	finished: AbortSignal,
	breakOff: (error: Error) => void,
): Promise<never> {
	for (;;) {
		const quiet = host.now() - progress.at;
		if (quiet >= stallMs) {
			const error = downloadError(`The download stood still for ${stallMs / 1000} seconds`, true);
			breakOff(error);
			throw error;
		}
		try {
			await host.sleep(stallMs - quiet, finished);
		} catch (cause) {
			if (!finished.aborted) breakOff(new StoppedError());
			rethrow(cause);
		}
	}
}

/** Waits for the first chunk, tells its type and puts it back. */
async function firstBytes(
	stream: FileStream,
	broken: () => Error | undefined,
	watch: Promise<never>,
): Promise<string> {
	const readable = new Promise<void>((resolve) => {
		stream.once('readable', () => resolve());
		stream.once('end', () => resolve());
		stream.once('close', () => resolve());
		stream.once('error', () => resolve());
	});
	await Promise.race([readable, watch]);
	const failure = broken();
	if (failure) throw asCutOff(failure);
	const chunk = stream.read();
	if (!chunk) throw asCutOff(new Error('no content'));
	stream.unshift(chunk);
	const mimeType = mimeTypeOf(chunk);
	if (mimeType?.startsWith('video/')) return mimeType;
	throw downloadError('The link of the video gave something that is not a video', true);
}

function asCutOff(cause: Error): VendorError | TooLargeError {
	if (cause instanceof VendorError || cause instanceof TooLargeError) return cause;
	return downloadError(`The download of the video broke off (${cause.message})`, true);
}

function asVendorError(cause: unknown): VendorError {
	if (cause instanceof VendorError) return cause;
	const message = cause instanceof Error ? cause.message : 'unknown cause';
	return downloadError(`The download of the video broke off (${message})`, true);
}

function rethrow(cause: unknown): never {
	throw cause;
}
