import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import {
	apiKeyField,
	gatewayUrlField,
	keyInHeader,
	keyNotice,
	keyRefusals,
} from './credentialParts';

/** Key of an Apiframe v2 account. Source: https://docs-v2.apiframe.ai/docs/getting-started/authentication */
export class HailuoApiframeApi implements ICredentialType {
	name = 'hailuoApiframeApi';

	displayName = 'Apiframe (Hailuo) API';

	icon = {
		light: 'file:../icons/apiframe.svg',
		dark: 'file:../icons/apiframe.dark.svg',
	} as const;

	documentationUrl = 'https://docs-v2.apiframe.ai/docs/getting-started/authentication';

	properties: INodeProperties[] = [
		apiKeyField(
			'A key from the Apiframe console under API Keys; it begins with afk_. Keys of the older v1 product do not work here.',
		),
		keyNotice('console.apiframe.ai/dashboard/api-keys'),
		gatewayUrlField('https://api.apiframe.ai'),
	];

	authenticate = keyInHeader('X-API-Key');

	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.baseUrl }}', url: '/v2/me' },
		rules: keyRefusals(
			[401, 'Apiframe does not accept this API key. Copy it again from the Apiframe console.'],
			[403, 'This Apiframe API key is inactive. Activate it in the Apiframe console.'],
		),
	};
}
