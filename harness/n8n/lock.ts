import { lock } from 'proper-lockfile';
import { Problem, withProgress } from '../setup.cjs';

const heartbeatMs = 5_000;
const silentMs = 30_000;
const retries = { retries: 7_200, minTimeout: 500, factor: 1 };

/**
 * Runs `work` while holding the lock `path`, a folder that the holder touches; waits up to an hour, showing
 * progress, while another process holds it. A lock that was not touched for 30 seconds belongs to a dead
 * process and is taken over.
 * @throws Error with the code ELOCKED when the hour is over
 */
export async function withLock<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
	const options = {
		lockfilePath: path,
		realpath: false,
		update: heartbeatMs,
		stale: silentMs,
		// Thrown outside of every promise: it ends this process and with it the commands that it runs.
		onCompromised: () => {
			throw new Problem(
				`Another process took over preparing ${what}, because this one stood still: run this again when that one is done.`,
			);
		},
	};
	const release = await lock(path, options).catch((failure: NodeJS.ErrnoException) => {
		if (failure.code !== 'ELOCKED') throw failure;
		return withProgress(`Waiting for another process that prepares ${what}`, () =>
			lock(path, { ...options, retries }),
		);
	});
	try {
		return await work();
	} finally {
		await release();
	}
}

/** Whether a process of this ID exists. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (failure) {
		return (failure as NodeJS.ErrnoException).code === 'EPERM';
	}
}
