import type { Host } from '../host';
import { sleepUntilWoken } from '../waiting';

/** What is under way in this process under a name; each promise resolves when it has ended. */
const locks = new Map<string, Promise<void>>();

/** Milliseconds after which somebody who waits looks whether the run was stopped. */
const lookEvery = 60_000;

/** Runs one job under a name at a time in this process, in the order of arrival. Stop ends the wait. */
export async function withLock<T>(host: Host, name: string, job: () => Promise<T>): Promise<T> {
	for (let before = locks.get(name); before; before = locks.get(name)) {
		const free = new AbortController();
		void before.then(() => free.abort());
		await sleepUntilWoken(host, lookEvery, free.signal);
	}
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
