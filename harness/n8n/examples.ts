import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendors } from '../../sandbox';
import type { Sandbox } from '../../sandbox/server';
import { isAccountName, sandboxAccounts, taskTableAccount, type Account } from '../accounts';
import { projectRoot } from '../pack';
import type { Credential, Workflow, WorkflowNode } from './home';
import type { N8nSession } from './session';

const folder = join(projectRoot, 'examples');
const vendorTypes = new Set(vendors.map(({ credential }) => credential.type));

/** File names without their extension. */
export const exampleNames = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

/** Credential type to the ID and name of the credential that n8n holds. */
export type Credentials = Record<string, { id: string; name: string }>;

/** Saves a credential of each type. */
export async function saveCredentials(
	session: N8nSession,
	...accounts: ReadonlyArray<Omit<Credential, 'id'>>
): Promise<Credentials> {
	const saved: Credentials = {};
	for (const { type, name, data } of accounts) {
		saved[type] = { id: await session.saveCredential({ name, type, data }), name };
	}
	return saved;
}

/** One credential for every vendor, all at the sandbox, whose port tells them from those of another one. */
export async function saveSandboxCredentials(
	session: N8nSession,
	sandbox: Sandbox,
	suffix = ` ${sandbox.port}`,
): Promise<Credentials> {
	const accounts = sandboxAccounts(sandbox);
	return await saveCredentials(
		session,
		...accounts.map(({ name, ...one }) => ({ ...one, name: name + suffix })),
	);
}

/** The same, and the credential with which nodes keep the task table in this n8n. */
export async function saveAllCredentials(
	session: N8nSession,
	sandbox: Sandbox,
	suffix?: string,
): Promise<Credentials> {
	return {
		...(await saveSandboxCredentials(session, sandbox, suffix)),
		...(await saveCredentials(session, await taskTableAccount(session))),
	};
}

/** An example as a person imports it, with the credentials chosen. */
export function readExample(name: string, credentials: Credentials): Workflow {
	const workflow = exampleFile(name);
	for (const node of workflow.nodes) choose(node, credentials);
	return workflow;
}

function exampleFile(name: string): Workflow {
	return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Workflow;
}

/** The credentials that the node has fields for; what there is no account of stays to be chosen. */
function choose(node: WorkflowNode, credentials: Credentials) {
	if (!node.credentials) return;
	const types = Object.keys(node.credentials).filter((type) => type in credentials);
	node.credentials = Object.fromEntries(types.map((type) => [type, credentials[type]]));
}

/** The types of all credentials that examples name, with the names that they give them. */
export function credentialsOfExamples(): Record<string, string> {
	const named = exampleNames.flatMap((name) => exampleFile(name).nodes);
	const all = named.flatMap(({ credentials = {} }) => Object.entries(credentials));
	return Object.fromEntries(all.map(([type, { name }]) => [type, name]));
}

/**
 * Saves the accounts as credentials and imports every example that n8n lacks, with them chosen;
 * gives the workflow IDs by the names of the files. Examples that n8n has follow a change of
 * accounts, but for nodes whose credential a person has chosen.
 */
export async function importExamples(
	session: N8nSession,
	accounts: readonly Account[],
): Promise<Record<string, string>> {
	// Of all that a new node may use, n8n chooses the newest one: the trigger's is the last one here.
	const table = await taskTableAccount(session);
	const credentials = await saveCredentials(session, ...accounts, table);
	const ids: Record<string, string> = {};
	for (const file of exampleNames) {
		const example = exampleFile(file);
		const kept = await session.findWorkflow(example.name);
		const before = JSON.stringify(kept);
		const { nodes } = kept ?? example;
		for (const node of kept ? nodes.filter(hasOurAccount) : nodes) {
			chooseVendor(node, accounts);
			choose(node, credentials);
		}
		if (!kept) ids[file] = await session.createWorkflow(example);
		else if (JSON.stringify(kept) === before) ids[file] = String(kept.id);
		else ids[file] = await session.updateWorkflow(kept);
	}
	return ids;
}

function hasOurAccount({ credentials = {} }: WorkflowNode): boolean {
	return Object.values(credentials).every(({ name }) => isAccountName(name));
}

/** Lets a node use the first account where there is none of its own vendor. Templates are MiniMax's alone. */
function chooseVendor(node: WorkflowNode, accounts: readonly Account[]) {
	const kind = node.type.replace(/^n8n-nodes-hailuo\.|Tool$/g, '');
	const types = Object.keys(node.credentials ?? {}).filter((type) => vendorTypes.has(type));
	if (types.length === 0 || kind === 'hailuoTemplateVideo') return;
	if (accounts.some(({ type }) => types.includes(type))) return;
	const [first] = accounts;
	if (kind === 'hailuoGenerateVideo') node.parameters.provider = first.provider;
	node.credentials = { ...node.credentials, [first.type]: { id: null, name: first.name } };
}
