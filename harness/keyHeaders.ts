import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { packageCredentials } from './package';

/** The headers that a credential of this type adds to a request. */
export async function keyHeaders(type: string, credentials: ICredentialDataDecryptedObject) {
	const found = (await packageCredentials()).find(({ name }) => name === type);
	if (typeof found?.authenticate !== 'function') throw new Error(`${type} sends no key`);
	const { headers } = await found.authenticate(credentials, { url: '' });
	return headers as Record<string, string>;
}
