import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import { usedCredential } from '../shared/credentials';
import { listField } from '../shared/fieldKinds';

/** Who makes the video when the provider cannot. */
export const fallbackFields: INodeProperties[] = [
	listField(
		{
			displayName: 'Fallback Providers',
			name: 'fallbackProviders',
			description:
				'Vendors that make the video when the provider cannot, asked in this order. Each needs its credential, and is passed over where it does not make what the form asks for.',
		},
		'Fallback Provider',
		[
			{
				displayName: 'Provider',
				name: 'provider',
				type: 'options',
				options: providers.map(({ id, name }) => ({ name, value: id })),
				default: 'runware',
				description:
					'The vendor that makes the video, and is paid for it, instead. Its credential is chosen at the top of this form.',
			},
			...providers.map(usedCredential),
		],
	),
	{
		displayName: 'Fallback When',
		name: 'fallbackWhen',
		type: 'multiOptions',
		options: [
			{
				name: 'Failed',
				value: 'failed',
				description: 'The vendor took the order and gave it up by a fault of its own',
			},
			{
				name: 'Refused',
				value: 'refused',
				description:
					'The vendor has surely not taken the order: balance, key, rate limit, unreachable, unknown model',
			},
		],
		default: ['refused'],
		description:
			'When the next vendor is asked. It never is after a refusal of the prompt or a picture, nor while nobody knows whether the order was taken.',
	},
];
