import { saveAllCredentials, type Credentials } from '../../harness/n8n/examples';
import type { N8nSession } from '../../harness/n8n/session';
import type { SandboxConfigInput } from '../../sandbox/config';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { openSession } from './shared';

/** What the tests of one file share; see `useWorld`. */
export let sandbox: Sandbox;
export let session: N8nSession;
/** For all vendors, at the sandbox, and for the task table. */
export let credentials: Credentials;

/** Starts the sandbox for the tests of this file, signs in to the n8n of this worker and saves the credentials there. */
export function useWorld(config: SandboxConfigInput = {}) {
	beforeAll(async () => {
		sandbox = await startSandbox({ config });
		session = await openSession();
		credentials = await saveAllCredentials(session, sandbox);
	});
	afterAll(async () => await sandbox.close());
}

const sandboxes: Sandbox[] = [];

/** A sandbox for one run of `sideBySide`, which is closed after the tests of this file. */
export async function ownSandbox(config: SandboxConfigInput = {}): Promise<Sandbox> {
	const own = await startSandbox({ config });
	sandboxes.push(own);
	return own;
}

/**
 * Signs in and begins the runs of all cases before the first test: waiting is nearly all of their time.
 * Gives each by its name.
 */
export function sideBySide<Rest extends unknown[], Run>(
	cases: ReadonlyArray<readonly [name: string, ...rest: Rest]>,
	run: (name: string, ...rest: Rest) => Promise<Run>,
): (name: string) => Promise<Run> {
	const running = new Map<string, Promise<Run>>();
	beforeAll(async () => {
		session = await openSession();
		for (const [name, ...rest] of cases) {
			const started = run(name, ...rest);
			// A failure is told by the test that asks for it.
			started.catch(() => undefined);
			running.set(name, started);
		}
	});
	afterAll(async () => await Promise.all(sandboxes.map(async (one) => await one.close())));
	return async (name) => await (running.get(name) as Promise<Run>);
}
