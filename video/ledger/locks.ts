import { asError, StoppedError } from '../failure';
import type { Host } from '../host';

/** What is under way in this process under a name; each promise resolves when it has ended. */
const locks = new Map<string, Promise<void>>();

/** Milliseconds after which somebody who waits looks whether the run was stopped. */
const lookEvery = 60_000;

/** Runs one job under a name at a time in this process, in the order of arrival. Stop ends the wait. */
export async function withLock<T>(host: Host, name: string, job: () => Promise<T>): Promise<T> {
	for (let before = locks.get(name); before; before = locks.get(name)) await ended(host, before);
	let end: () => void = () => undefined;
	const lock = new Promise<void>((resolve) => (end = resolve));
	locks.set(name, lock);
	try {
		return await job();
	} finally {
		locks.delete(name);
		end();
	}
}

async function ended(host: Host, lock: Promise<void>): Promise<void> {
	const free = new AbortController();
	const slept = host.sleep(lookEvery, free.signal).catch((cause: unknown) => {
		if (!free.signal.aborted || !(cause instanceof StoppedError)) throw asError(cause);
	});
	await Promise.race([lock, slept]).finally(() => free.abort());
}
