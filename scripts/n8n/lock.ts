import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 5_000;
const silentMs = 60_000;

/**
 * Runs `work` while holding the lock file `path`; waits, with a line now and then, while another process holds it.
 * The holder touches the file. A lock whose process is dead, or that was not touched for a minute (process ids
 * are used again, above all in containers), is taken over.
 */
export async function withLock<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
	await mkdir(dirname(path), { recursive: true });
	for (let waited = 0; !(await take(path)); waited++) {
		if (await isStale(path)) {
			// Of several processes that see it, one succeeds in moving it away.
			const away = `${path}.${process.pid}`;
			await rename(path, away).then(
				() => rm(away),
				() => undefined,
			);
			continue;
		}
		if (waited % 10 === 0)
			console.log(`  Another process is preparing ${what}: waiting for it ...`);
		await sleep(500);
	}
	const heartbeat = setInterval(() => {
		utimes(path, new Date(), new Date()).catch(() => undefined);
	}, heartbeatMs);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		await rm(path, { force: true });
	}
}

async function take(path: string): Promise<boolean> {
	try {
		await writeFile(path, String(process.pid), { flag: 'wx' });
		return true;
	} catch (failure) {
		if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw failure;
	}
}

async function isStale(path: string): Promise<boolean> {
	try {
		const { mtimeMs } = await stat(path);
		if (Date.now() - mtimeMs > silentMs) return true;
		const holder = Number(await readFile(path, 'utf8'));
		// Zero: its writer is between making the file and filling it.
		return holder > 0 && !isAlive(holder);
	} catch {
		return false;
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
