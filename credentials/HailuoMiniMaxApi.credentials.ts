import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { regionHosts } from '../providers/minimax/regions';
import { apiKeyField, keyInHeader, keyNotice, keyRefusals } from './credentialParts';

const wrongKey =
	'MiniMax does not accept this API key. Check the key and the Region: a key works in the region that issued it only.';

/** Key and region of a MiniMax account. Source: https://platform.minimax.io/docs/guides/quickstart */
export class HailuoMiniMaxApi implements ICredentialType {
	name = 'hailuoMiniMaxApi';

	displayName = 'MiniMax (Hailuo) API';

	icon = {
		light: 'file:../icons/minimax.svg',
		dark: 'file:../icons/minimax.dark.svg',
	} as const;

	documentationUrl = 'https://platform.minimax.io/docs/guides/quickstart';

	properties: INodeProperties[] = [
		apiKeyField(
			'The key of your MiniMax account, from Account Management > API Keys. Video needs a pay-as-you-go key or a plan that includes the model.',
		),
		keyNotice(
			'platform.minimax.io/user-center/basic-information/interface-key',
			'platform.minimaxi.com/user-center/basic-information/interface-key',
		),
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'Global', value: 'global', description: regionHosts.global },
				{ name: 'China', value: 'china', description: regionHosts.china },
				{ name: 'Custom', value: 'custom', description: 'Another address, e.g. a proxy' },
			],
			default: 'global',
			description:
				'The site that issued the key: platform.minimax.io is Global, platform.minimaxi.com is China',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://minimax.example.com',
			displayOptions: { show: { region: ['custom'] } },
			description: 'The address before /v1, without a slash at the end',
		},
	];

	authenticate = keyInHeader('Authorization', 'Bearer ');

	/** MiniMax answers a wrong key with HTTP 200 and a code in the body. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ $credentials.region === "custom" ? $credentials.baseUrl : $credentials.region === "china" ? "${regionHosts.china}" : "${regionHosts.global}" }}`,
			url: '/v1/files/list',
			qs: { purpose: 'voice_clone' },
		},
		rules: keyRefusals(
			['base_resp.status_code', 1004, wrongKey],
			['base_resp.status_code', 2049, wrongKey],
		),
	};
}
