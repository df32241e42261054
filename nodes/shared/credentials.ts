import type { INodeCredentialDescription } from 'n8n-workflow';
import { providers } from '../../providers';

/**
 * Every credential is there unless another provider is chosen. It says which providers hide it and
 * not which show it: n8n would move a field that decides which credential is shown out of the form.
 */
const credentials = (required: boolean): INodeCredentialDescription[] =>
	providers.map(({ id, name, credential }) => ({
		name: credential,
		displayName: `Credential for ${name}`,
		required,
		displayOptions: {
			hide: { provider: providers.filter((other) => other.id !== id).map((other) => other.id) },
		},
	}));

/** For nodes that make a video: the credential of the chosen provider is a must. */
export const credentialsOfProviders = credentials(true);

/** For task references, of which several vendors' may come together: none is a must. */
export const credentialsOfTasks = credentials(false);
