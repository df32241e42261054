import type { Sandbox } from '../sandbox/server';
import { neededScopes } from '../nodes/shared/taskTable/access';
import type { Credential } from './n8n/home';
import type { N8nSession } from './n8n/session';
import { Problem } from './setup.cjs';

type Provider = 'minimax' | 'toapis' | 'runware' | 'apiframe';

/** A credential to make in n8n, and the provider that it is for. */
export interface Account {
	provider: Provider;
	/** Where its videos come from, as people say it. */
	service: string;
	/** Credential type and name in n8n. */
	type: string;
	name: string;
	data: Record<string, unknown>;
}

interface Vendor {
	provider: Provider;
	title: string;
	credentialType: string;
	keyVariable: string;
	/** The credential's fields beside the key. */
	real(environment: NodeJS.ProcessEnv): Record<string, unknown>;
	custom(baseUrl: string): Record<string, unknown>;
}

const gateway = (
	provider: Provider,
	title: string,
	credentialType: string,
	keyVariable: string,
	baseUrl: string,
): Vendor => ({
	provider,
	title,
	credentialType,
	keyVariable,
	real: () => ({ baseUrl }),
	custom: (url) => ({ baseUrl: url }),
});

const vendors: Vendor[] = [
	{
		provider: 'minimax',
		title: 'MiniMax',
		credentialType: 'hailuoMiniMaxApi',
		keyVariable: 'MINIMAX_API_KEY',
		real: ({ MINIMAX_REGION: region = 'global' }) => {
			if (region !== 'global' && region !== 'china') {
				throw new Problem(`MINIMAX_REGION is ${region}: set it to global or china.`);
			}
			return { region };
		},
		custom: (baseUrl) => ({ region: 'custom', baseUrl }),
	},
	gateway('toapis', 'ToAPIs', 'hailuoToApisApi', 'TOAPIS_API_KEY', 'https://toapis.com'),
	gateway('runware', 'Runware', 'hailuoRunwareApi', 'RUNWARE_API_KEY', 'https://api.runware.ai/v1'),
	gateway(
		'apiframe',
		'Apiframe',
		'hailuoApiframeApi',
		'APIFRAME_API_KEY',
		'https://api.apiframe.ai',
	),
];

/** One account for every vendor whose key is in the environment; the first one makes the first video. */
export function realAccounts(environment: NodeJS.ProcessEnv): Account[] {
	return vendors.flatMap(({ provider, title, credentialType, keyVariable, real }) => {
		const apiKey = environment[keyVariable];
		if (!apiKey) return [];
		const name = `${title} (${keyVariable})`;
		return [
			{
				provider,
				service: title,
				type: credentialType,
				name,
				data: { apiKey, ...real(environment) },
			},
		];
	});
}

/** One account for every vendor, at the sandbox. */
export function sandboxAccounts(sandbox: Sandbox): Account[] {
	return vendors.map(({ provider, title, credentialType, custom }) => ({
		provider,
		service: `the sandbox, which stands in for ${title}`,
		type: credentialType,
		name: `${title} sandbox`,
		data: { apiKey: 'sandbox-key', ...custom(sandbox.baseUrl(provider)) },
	}));
}

/** The n8n's own API, for the task table, with a new key. */
export async function taskTableAccount(session: N8nSession): Promise<Omit<Credential, 'id'>> {
	const name = 'Task table of this n8n';
	const apiKey = await session.publicApiKey(name, neededScopes);
	return { name, type: 'hailuoTaskTableApi', data: { apiKey, baseUrl: `${session.url}/api/v1` } };
}
