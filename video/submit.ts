import { asError, StoppedError, VendorError } from './failure';
import type { Connection, Memory } from './host';
import type { MediaFile } from './media';
import type { CreateRequest, MediaWriter, Provider } from './provider';
import type { TaskReference } from './reference';
import { formatReference, parseReference } from './reference';
import type { Slots } from './slots';
import type { TaskFacts, VideoTask } from './task';
import { withFacts } from './task';
import type { Throttle } from './throttle';

/** One create: everything that is known before the vendor has seen it. */
export interface Submission {
	/** Names this create across a retry of the node: run, item and a digest of the request. */
	readonly memoryKey: string;
	readonly provider: Provider;
	readonly connection: Connection;
	readonly kind: string;
	readonly files: readonly MediaFile[];
	readonly facts: TaskFacts;
	/** Builds the request; `id` is a UUID that stays the same for all tries. */
	build(write: MediaWriter, id: string): CreateRequest;
}

export interface Submitted {
	readonly task: VideoTask;
	/** Milliseconds since 1970. */
	readonly acceptedAt: number;
	readonly hints: readonly string[];
}

/** What the memory holds of a create. */
interface Remembered {
	/** Chosen by us before the first try. */
	id: string;
	sentAt: number;
	state: 'sending' | 'accepted';
	taskRef?: string;
	acceptedAt?: number;
	facts?: TaskFacts;
}

export interface SubmitTools {
	readonly slots: Slots;
	readonly throttle: Throttle;
	/** Tasks that this run has already been given, so that a recovery does not take them twice. */
	readonly taken: Set<string>;
	/** Milliseconds since 1970; after it nothing is tried again. */
	readonly deadline: number;
}

const retryDelay = { first: 2000, longest: 60_000 };
/** A request that is still on its way at the vendor may turn up a moment later. */
const settleMs = 3000;

/**
 * Has the vendor make one video, once. A create that an earlier try of the node has already sent is
 * picked up instead of paid again. It is repeated only where the vendor has surely refused it or
 * surely not seen it. Throws VendorError.
 */
export async function submit(submission: Submission, tools: SubmitTools): Promise<Submitted> {
	const { memory } = submission.connection.host;
	const remembered = recall(memory, submission.memoryKey);
	if (remembered?.state === 'accepted') return pickUp(remembered, submission, tools);
	return await tools.slots.run(async () => await sendOnce(submission, tools, remembered));
}

/** Lets the node make a new task for this item: the vendor has given the old one up. */
export function forget({ memoryKey, connection }: Submission) {
	connection.host.memory.delete(memoryKey);
}

function pickUp(
	{ taskRef = '', acceptedAt = 0, facts = {} }: Remembered,
	{ facts: known }: Submission,
	tools: SubmitTools,
): Submitted {
	const reference = parseReference(taskRef) as TaskReference;
	tools.taken.add(taskRef);
	return {
		task: { ...known, ...facts, reference, status: 'processing', videos: [] },
		acceptedAt,
		hints: [
			`Went on waiting for ${taskRef}, which an earlier try had already made. Nothing was paid twice.`,
		],
	};
}

async function sendOnce(
	submission: Submission,
	tools: SubmitTools,
	remembered: Remembered | undefined,
): Promise<Submitted> {
	const { connection, provider, memoryKey } = submission;
	const { host } = connection;
	const links = await uploadFiles(submission, tools);
	const write: MediaWriter = (media) => ('url' in media ? media.url.trim() : links(media.file));
	let attempt: Remembered = remembered ?? { id: host.uuid(), sentAt: host.now(), state: 'sending' };
	let request = submission.build(write, attempt.id);
	// An earlier try of the node was cut off while sending: first find out what became of it.
	let lost = remembered
		? new VendorError({
				category: 'server',
				outcome: 'unknown',
				message: `An earlier try sent this request to ${provider.name} and never saw the answer`,
				advice: provider.whereToLook,
			})
		: undefined;
	for (let failures = 0; ; failures++) {
		if (lost) {
			const recovered = await recoverLost(submission, tools, request, attempt, lost);
			if (recovered) return accept(submission, tools, attempt, recovered, [foundHint(recovered)]);
			attempt = { id: host.uuid(), sentAt: host.now(), state: 'sending' };
			request = submission.build(write, attempt.id);
		}
		await tools.throttle.pass();
		attempt.sentAt = host.now();
		host.memory.set(memoryKey, attempt);
		try {
			const task = await provider.create(connection, request);
			return accept(submission, tools, attempt, task, []);
		} catch (cause) {
			lost = await afterFailure(cause, submission, tools, failures);
		}
	}
}

/** Undefined: refused and worth another try. An error: its outcome must be found out first. */
async function afterFailure(
	cause: unknown,
	{ connection: { host }, memoryKey }: Submission,
	{ deadline }: SubmitTools,
	failures: number,
): Promise<VendorError | undefined> {
	if (!(cause instanceof VendorError)) {
		if (!(cause instanceof StoppedError)) host.memory.delete(memoryKey);
		throw asError(cause);
	}
	if (cause.outcome === 'unknown') return cause;
	host.memory.delete(memoryKey);
	const delay = retryAfterFailure(failures, cause.retryAfterMs, host.random());
	if (!cause.retryable || host.now() + delay > deadline) throw asError(cause);
	await host.sleep(delay);
	return undefined;
}

/** Milliseconds until the next try after so many failures in a row. */
export function retryAfterFailure(failures: number, retryAfterMs = 0, random = 0.5): number {
	const backoff = Math.min(retryDelay.longest, retryDelay.first * 2 ** Math.min(failures, 10));
	return Math.max(retryAfterMs, backoff * (0.75 + random / 2));
}

async function recoverLost(
	{ provider, connection, memoryKey }: Submission,
	{ taken, deadline }: SubmitTools,
	request: CreateRequest,
	{ sentAt }: Remembered,
	lost: VendorError,
): Promise<VideoTask | undefined> {
	const { host } = connection;
	const recover = provider.recover?.bind(provider);
	if (!recover) throw mayBeAccepted(provider, lost);
	await host.sleep(settleMs);
	for (let failures = 0; ; failures++) {
		try {
			const recovery = await recover(connection, request, sentAt, taken);
			if ('found' in recovery && claim(taken, recovery.found)) return recovery.found;
			if ('found' in recovery) throw takenMeanwhile(provider);
			if ('unclear' in recovery) throw mayBeAccepted(provider, lost, recovery.unclear);
			host.memory.delete(memoryKey);
			return undefined;
		} catch (cause) {
			const delay = retryAfterFailure(failures, undefined, host.random());
			const again = cause instanceof VendorError && cause.retryable && cause !== lost;
			if (!again || cause.code === unclearCode || host.now() + delay > deadline)
				throw asError(cause);
			await host.sleep(delay);
		}
	}
}

/** Two creates that were lost together may find the same task: the first one has it. */
function claim(taken: Set<string>, { reference }: VideoTask): boolean {
	const taskRef = formatReference(reference);
	if (taken.has(taskRef)) return false;
	taken.add(taskRef);
	return true;
}

function takenMeanwhile({ name, whereToLook }: Provider): VendorError {
	return new VendorError({
		category: 'server',
		outcome: 'unknown',
		message: `The task that was found at ${name} belongs to another item`,
		advice: whereToLook,
	});
}

const unclearCode = 'createUnclear';

function mayBeAccepted(provider: Provider, lost: VendorError, found?: string): VendorError {
	return new VendorError({
		category: 'input',
		outcome: 'unknown',
		code: unclearCode,
		message: `${lost.message}. ${provider.name} may have accepted the request and charged for it, so it was not sent again`,
		advice: [found, provider.whereToLook].filter(Boolean).join(' '),
	});
}

function foundHint({ reference }: VideoTask): string {
	return `The answer to the request was lost; the task was found again as ${formatReference(reference)}. Nothing was paid twice.`;
}

function accept(
	{ connection: { host }, memoryKey, facts }: Submission,
	{ taken }: SubmitTools,
	attempt: Remembered,
	created: VideoTask,
	hints: readonly string[],
): Submitted {
	const acceptedAt = host.now();
	const { createdAt = new Date(acceptedAt).toISOString(), results } = created;
	const known = { ...facts, createdAt, ...(results !== undefined && { results }) };
	const task = withFacts(known, created);
	const taskRef = formatReference(task.reference);
	const remembered: Remembered = {
		...attempt,
		state: 'accepted',
		taskRef,
		acceptedAt,
		facts: known,
	};
	host.memory.set(memoryKey, remembered);
	taken.add(taskRef);
	return { task, acceptedAt, hints };
}

function recall(memory: Memory, key: string): Remembered | undefined {
	const value = memory.get(key);
	return typeof value === 'object' && value !== null ? (value as Remembered) : undefined;
}

/** Uploads are repeatable: the worst that a second one costs is a file that nobody asks for. */
async function uploadFiles(
	{ provider, connection, files }: Submission,
	{ deadline }: SubmitTools,
): Promise<(file: MediaFile) => string> {
	const upload = provider.upload?.bind(provider);
	const links = new Map<MediaFile, string>();
	for (const file of files) {
		const link = upload
			? await repeat(connection, deadline, async () => await upload(connection, file))
			: await dataUrl(file);
		links.set(file, link);
	}
	return (file) => links.get(file) ?? '';
}

/** Calls until it succeeds, fails for good or the deadline has passed. For repeatable requests. */
export async function repeat<T>(
	{ host }: Pick<Connection, 'host'>,
	deadline: number,
	call: () => Promise<T>,
): Promise<T> {
	for (let failures = 0; ; failures++) {
		try {
			return await call();
		} catch (cause) {
			if (!(cause instanceof VendorError) || !cause.retryable) throw asError(cause);
			const delay = retryAfterFailure(failures, cause.retryAfterMs, host.random());
			if (host.now() + delay > deadline) throw asError(cause);
			await host.sleep(delay);
		}
	}
}

async function dataUrl(file: MediaFile): Promise<string> {
	const bytes = await file.read();
	return `data:${file.mimeType};base64,${Buffer.from(bytes).toString('base64')}`;
}
