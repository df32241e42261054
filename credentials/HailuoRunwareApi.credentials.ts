import type {
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	INodeProperties,
} from 'n8n-workflow';
import {
	apiKeyField,
	gatewayUrlField,
	keyInHeader,
	keyNotice,
	keyRefusals,
} from './credentialParts';

const wrongKey = 'Runware does not accept this API key. Copy it again from the Runware dashboard.';

/** Key of a Runware account. Source: https://runware.ai/docs/platform/authentication */
export class HailuoRunwareApi implements ICredentialType {
	name = 'hailuoRunwareApi';

	displayName = 'Runware (Hailuo) API';

	icon = {
		light: 'file:../icons/runware.svg',
		dark: 'file:../icons/runware.dark.svg',
	} as const;

	documentationUrl = 'https://runware.ai/docs/platform/authentication';

	properties: INodeProperties[] = [
		apiKeyField('A key from the Runware dashboard under API Keys'),
		keyNotice('my.runware.ai/keys'),
		gatewayUrlField('https://api.runware.ai/v1'),
	];

	authenticate = keyInHeader('Authorization', 'Bearer ');

	/**
	 * Reads the account. A key that may not do that is answered with 403, which proves that it is
	 * known, and a low balance with 402: both count as a working key.
	 */
	test: ICredentialTestRequest = {
		request: {
			method: 'POST',
			baseURL: '={{ $credentials.baseUrl }}',
			url: '',
			body: [
				{
					taskType: 'accountManagement',
					taskUUID: '5d1c7f66-6d1e-4c0a-9f6a-2f1f3c7a9b10',
					operation: 'getDetails',
				},
			] as unknown as IDataObject,
			ignoreHttpStatusErrors: {
				ignore: true,
				except: [400, 401, 404, 408, 429, 500, 502, 503, 504],
			},
		},
		rules: keyRefusals(
			[401, wrongKey],
			['errors[0].code', 'invalidApiKey', wrongKey],
			['errors[0].code', 'missingApiKey', wrongKey],
			['errors[0].code', 'unauthorized', wrongKey],
		),
	};
}
