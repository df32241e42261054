import type { N8nInstance } from '../../scripts/n8n/instance';
import { N8nSession } from '../../scripts/n8n/session';

/** The n8n that globalSetup.ts has started. */
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
const holder = globalThis as { hailuoN8n?: N8nInstance };

export function share(n8n: N8nInstance, tarball: string): void {
	holder.hailuoN8n = n8n;
	const shared: SharedN8n = { url: n8n.url, userFolder: n8n.home.userFolder, tarball };
	process.env[variable] = JSON.stringify(shared);
}

export async function stopShared(): Promise<void> {
	await holder.hailuoN8n?.stop();
	await holder.hailuoN8n?.home.remove();
}

export function sharedN8n(): SharedN8n {
	const value = process.env[variable];
	if (!value)
		throw new Error('No n8n is running: start these tests with jest --selectProjects e2e.');
	return JSON.parse(value) as SharedN8n;
}

/** A session of the shared n8n's owner. */
export async function openSession(): Promise<N8nSession> {
	return await N8nSession.open(sharedN8n().url);
}
