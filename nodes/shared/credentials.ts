import type { INodeCredentialDescription } from 'n8n-workflow';
import { providers } from '../../providers';

/** The credential of the chosen provider, and only that one. */
export const credentialsOfProviders: INodeCredentialDescription[] = providers.map(
	({ id, credential }) => ({
		name: credential,
		required: true,
		displayOptions: { show: { provider: [id] } },
	}),
);

/** Task references of several vendors may come together: each credential is there, none is a must. */
export const credentialsOfTasks: INodeCredentialDescription[] = providers.map(
	({ id, credential }) => ({
		name: credential,
		required: false,
		displayOptions: { show: { provider: ['auto', id] } },
	}),
);
