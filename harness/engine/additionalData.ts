import {
	type ICredentialDataDecryptedObject,
	ICredentialsHelper,
	type IHttpRequestOptions,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { sandboxAccounts } from '../accounts';
import { keyHeaders } from '../keyHeaders';
import type { Sandbox } from '../../sandbox/server';

/** Credential type to its fields. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

/** A credential for every vendor, at the sandbox. */
export function sandboxKeys(sandbox: Sandbox, apiKey = 'key'): Credentials {
	const keys = sandboxAccounts(sandbox).map(({ type, data }) => [type, { ...data, apiKey }]);
	return Object.fromEntries(keys) as Credentials;
}

const url = 'http://127.0.0.1/';

/** What n8n hands to every run of a node, with the credentials of a test. */
export function additionalData(credentials: () => Credentials): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper: new TestCredentials(credentials),
		restApiUrl: url,
		instanceBaseUrl: url,
		formWaitingBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		variables: {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

class TestCredentials extends ICredentialsHelper {
	constructor(private readonly all: () => Credentials) {
		super();
	}

	override getParentTypes(): string[] {
		return [];
	}

	override isCredentialUsableByNode(): boolean {
		return true;
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		type: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return {
			...options,
			headers: { ...options.headers, ...(await keyHeaders(type, credentials)) },
		};
	}

	override async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	override async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	override async getCredentials(): Promise<never> {
		throw new Error('Credentials of tests are not stored');
	}

	override getCredentialsProperties(): [] {
		return [];
	}

	override async getDecrypted(
		_data: IWorkflowExecuteAdditionalData,
		_node: unknown,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const found = this.all()[type];
		if (!found) throw new Error(`The test has no credential ${type}`);
		return { ...found };
	}

	override async updateCredentials(): Promise<void> {}

	override async updateCredentialsOauthTokenData(): Promise<void> {}
}
