import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/server';
import { sandboxAccounts, taskTableAccount } from '../accounts';
import { projectRoot } from '../pack';
import type { Workflow } from './home';
import type { N8nSession } from './session';

const folder = join(projectRoot, 'examples');

/** File names without their extension. */
export const exampleNames = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

/** Credential type to the ID and name of the credential that n8n holds. */
export type Credentials = Record<string, { id: string; name: string }>;

/** One credential for every vendor, all at the sandbox, whose port tells them from those of another one. */
export async function saveSandboxCredentials(
	session: N8nSession,
	sandbox: Sandbox,
	suffix = ` ${sandbox.port}`,
): Promise<Credentials> {
	const saved: Credentials = {};
	for (const { type, name: plain, data } of sandboxAccounts(sandbox)) {
		const name = plain + suffix;
		saved[type] = { id: await session.saveCredential({ name, type, data }), name };
	}
	return saved;
}

/** The credential with which nodes keep the task table in this n8n. */
export async function saveTaskTableCredential(session: N8nSession): Promise<Credentials> {
	const account = await taskTableAccount(session);
	const id = await session.saveCredential(account);
	return { [account.type]: { id, name: account.name } };
}

/** An example as a person imports it, with the credentials chosen. */
export function readExample(name: string, credentials: Credentials): Workflow {
	const text = readFileSync(join(folder, `${name}.json`), 'utf8');
	return withCredentials(JSON.parse(text) as Workflow, credentials);
}

function withCredentials(workflow: Workflow, credentials: Credentials): Workflow {
	const nodes = workflow.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.keys(node.credentials).map((type) => [type, credentials[type]]),
			),
		}),
	}));
	return { ...workflow, nodes };
}
