import { vendors } from '../sandbox';
import type { SandboxConfigInput, Vendor } from '../sandbox/config';
import type { Sandbox } from '../sandbox/server';
import type { CredentialForm } from '../sandbox/vendor';
import { neededScopes } from '../nodes/shared/taskTable/n8nApi';
import type { Credential } from './n8n/home';
import type { N8nSession } from './n8n/session';
import { Problem } from './setup.cjs';

/** A credential to make in n8n, and the provider that it is for. */
export interface Account {
	provider: Vendor;
	/** Where its videos come from, as people say it. */
	service: string;
	/** Credential type and name in n8n. */
	type: string;
	name: string;
	data: Record<string, unknown>;
}

/** The environment variables with real keys. */
export const keyVariables = vendors.map(({ credential }) => credential.keyVariable);

/** One account for every vendor whose key is in the environment; the first one makes the first video. */
export function realAccounts(environment: NodeJS.ProcessEnv): Account[] {
	return vendors.flatMap(({ name: provider, title, credential }) => {
		const { type, keyVariable } = credential;
		const apiKey = environment[keyVariable];
		if (!apiKey) return [];
		const name = realName(title, keyVariable);
		const data = { apiKey, ...credential.real, ...chosen(credential, environment) };
		return [{ provider, service: title, type, name, data }];
	});
}

/** The fields that the environment decides. */
function chosen({ choices = {} }: CredentialForm, environment: NodeJS.ProcessEnv) {
	return Object.fromEntries(
		Object.entries(choices).map(([field, { variable, values }]) => {
			const value = environment[variable] ?? values[0];
			if (!values.includes(value)) {
				throw new Problem(`${variable} is ${value}: set it to ${values.join(' or ')}.`);
			}
			return [field, value];
		}),
	);
}

/** One account for every vendor, at the sandbox. */
export function sandboxAccounts(sandbox: Sandbox): Account[] {
	return vendors.map(({ name: provider, title, credential }) => ({
		provider,
		service: `the sandbox, which stands in for ${title}`,
		type: credential.type,
		name: sandboxName(title),
		data: { apiKey: 'sandbox-key', ...credential.sandbox(sandbox.baseUrl(provider)) },
	}));
}

/** A sandbox that takes as many orders as one likes. */
export const unlimited: SandboxConfigInput = {
	rateLimits: false,
	toapisBalance: 1e6,
	apiframeCredits: 1e6,
	runwareBalance: 1e6,
};

const tableName = 'Task table of this n8n';

/** The n8n's own API, for the task table, with a new key. */
export async function taskTableAccount(session: N8nSession): Promise<Omit<Credential, 'id'>> {
	const apiKey = await session.publicApiKey(tableName, neededScopes);
	const data = { apiKey, baseUrl: `${session.url}/api/v1` };
	return { name: tableName, type: 'hailuoTaskTableApi', data };
}

const realName = (title: string, keyVariable: string) => `${title} (${keyVariable})`;

const sandboxName = (title: string) => `${title} sandbox`;

const accountNames = new Set([
	tableName,
	...vendors.flatMap(({ title, credential: { keyVariable } }) => [
		realName(title, keyVariable),
		sandboxName(title),
	]),
]);

/** Whether a credential of this name is one of those that are made here. */
export const isAccountName = (name: string): boolean => accountNames.has(name);
