import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import {
	apiKeyField,
	gatewayUrlField,
	keyInHeader,
	keyNotice,
	keyRefusals,
} from './credentialParts';

/** Key of a ToAPIs account. Source: https://docs.toapis.com/docs/en/api-reference/account/token-balance */
export class HailuoToApisApi implements ICredentialType {
	name = 'hailuoToApisApi';

	displayName = 'ToAPIs (Hailuo) API';

	icon = {
		light: 'file:../icons/toapis.svg',
		dark: 'file:../icons/toapis.dark.svg',
	} as const;

	documentationUrl = 'https://docs.toapis.com/docs/en/api-reference/account/token-balance';

	properties: INodeProperties[] = [
		apiKeyField('A key from the ToAPIs console under Token'),
		keyNotice('toapis.com/console/token'),
		gatewayUrlField('https://toapis.com'),
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The signing secret of the webhook, from the ToAPIs console under Token. Only Hailuo Callback Trigger needs it; without it signatures are not checked.',
		},
	];

	authenticate = keyInHeader('Authorization', 'Bearer ');

	/** ToAPIs can answer an unknown key with HTTP 200 and success: false. */
	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.baseUrl }}', url: '/v1/balance' },
		rules: keyRefusals(
			[
				'success',
				false,
				'ToAPIs does not know this API key. Copy it again from the ToAPIs console.',
			],
			[401, 'ToAPIs does not accept this API key. Copy it again from the ToAPIs console.'],
		),
	};
}
