import type { IAuthenticate, ICredentialTestRequest, INodeProperties } from 'n8n-workflow';

/** The field that every credential has. */
export const apiKeyField = (description: string): INodeProperties => ({
	displayName: 'API Key',
	name: 'apiKey',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	required: true,
	description,
});

/** Where keys are made: an address without https://, which people open from the form. */
export const keyNotice = (...pages: string[]): INodeProperties => ({
	displayName: `Keys are made at ${pages
		.map((page) => `<a href="https://${page}" target="_blank">${page.replace(/\/.*/, '')}</a>`)
		.join(' or ')}.`,
	name: 'keyNotice',
	type: 'notice',
	default: '',
});

/** The address of a gateway, which hardly anybody changes. */
export const gatewayUrlField = (url: string): INodeProperties => ({
	displayName: 'Base URL',
	name: 'baseUrl',
	type: 'string',
	default: url,
	placeholder: `e.g. ${url}`,
	description:
		'Change it only for another address of the same API, without a slash at the end. A private one must be allowed where N8N_SSRF_PROTECTION_ENABLED is on (N8N_SSRF_ALLOWED_HOSTNAMES).',
});

/**
 * Sends the key in a header. By a function, and not as n8n's expressions: those cannot be evaluated any
 * more once the call of a webhook has been answered, and tasks are followed up beyond it.
 */
export const keyInHeader =
	(header: string, prefix = ''): IAuthenticate =>
	async ({ apiKey }, request) => ({
		...request,
		headers: { ...request.headers, [header]: `${prefix}${String(apiKey)}` },
	});

/** An HTTP status, or a path into the body of HTTP 200 and what stands there; and what to say. */
type Refusal =
	| readonly [status: number, message: string]
	| readonly [path: string, value: string | number | boolean, message: string];

/** By what a credential's test tells that a key is refused. */
export function keyRefusals(...refusals: Refusal[]): ICredentialTestRequest['rules'] {
	const rules = refusals.map((refusal) => {
		if (refusal.length === 2) {
			const [value, message] = refusal;
			return { type: 'responseCode', properties: { value, message } };
		}
		const [key, value, message] = refusal;
		return { type: 'responseSuccessBody', properties: { key, value, message } };
	});
	// n8n checks both kinds of rules, its type knows arrays of one kind only.
	return rules as ICredentialTestRequest['rules'];
}
