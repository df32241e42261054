import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { apiKeyField, gatewayUrlField, keyNotice, keyInHeader } from './credentialFields';

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
		// n8n checks both kinds of rules, its type knows arrays of one kind only.
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'success',
					value: false,
					message: 'ToAPIs does not know this API key. Copy it again from the ToAPIs console.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: 'ToAPIs does not accept this API key. Copy it again from the ToAPIs console.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
