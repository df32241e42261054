import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { apiKeyField, keyInHeader } from './credentialParts';

/** n8n writes its own name with a small n. */
const displayName = 'n8n API (Hailuo Task Table)';

/**
 * Key for this n8n's own public API, which keeps the task table. The nodes test it: which scopes a
 * key lacks cannot be said by a single request. Source: https://docs.n8n.io/api/authentication/
 */
export class HailuoTaskTableApi implements ICredentialType {
	name = 'hailuoTaskTableApi';

	displayName = displayName;

	icon = {
		light: 'file:../icons/tasktable.svg',
		dark: 'file:../icons/tasktable.dark.svg',
	} as const;

	documentationUrl = 'https://docs.n8n.io/api/authentication/';

	properties: INodeProperties[] = [
		apiKeyField(
			'From Settings > n8n API of this n8n, with the scopes of Data Tables. It ends after 30 days unless Expiration says otherwise.',
		),
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://localhost:5678/api/v1',
			required: true,
			placeholder: 'e.g. https://n8n.example.com/api/v1',
			description:
				'The address of this n8n as it reaches itself, with /api/v1 at the end. The default is right where n8n runs on its usual port, also in a container. With N8N_SSRF_PROTECTION_ENABLED its host must be in N8N_SSRF_ALLOWED_HOSTNAMES.',
		},
	];

	authenticate = keyInHeader('X-N8N-API-KEY');
}
