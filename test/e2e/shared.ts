import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nInstance } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';

/** The n8n that globalSetup.ts has started for this worker of jest. */
interface SharedN8n {
	/** The editor's address. */
	url: string;
	/** Its n8n.log is in here. */
	userFolder: string;
	/** The packed package, for tests that start an n8n of their own. */
	tarball: string;
}

// Test files run in module registries of their own; an environment variable reaches them all.
const variable = 'HAILUO_E2E_N8N';
const holder = globalThis as { hailuoN8n?: readonly N8nInstance[] };

export function share(instances: readonly N8nInstance[], tarball: string): void {
	holder.hailuoN8n = instances;
	const shared = instances.map(
		({ url, home }): SharedN8n => ({ url, userFolder: home.userFolder, tarball }),
	);
	process.env[variable] = JSON.stringify(shared);
}

export async function stopShared(): Promise<void> {
	for (const n8n of holder.hailuoN8n ?? []) {
		await n8n.stop();
		await n8n.home.remove();
	}
}

export function sharedN8n(): SharedN8n {
	const value = process.env[variable];
	if (!value)
		throw new Error('No n8n is running: start these tests with jest --selectProjects e2e.');
	const all = JSON.parse(value) as SharedN8n[];
	// jest counts its workers from 1.
	return all[Number(process.env.JEST_WORKER_ID) - 1];
}

/** What the shared n8n has printed. */
export const readLog = (): string => readFileSync(join(sharedN8n().userFolder, 'n8n.log'), 'utf8');

/** A session of the shared n8n's owner. */
export async function openSession(): Promise<N8nSession> {
	return await N8nSession.open(sharedN8n().url);
}
