import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';
import { parseJson } from '../../../video/json';
import { blockedByN8n, isBlockedByN8n } from '../../../video/ssrfProtection';
import { apiAddress, makeKey, neededScopes } from './n8nApi';

const failed = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });
const passed = (message: string): INodeCredentialTestResult => ({ status: 'OK', message });

const refused = `n8n does not accept this API key: it may have been deleted or have expired. ${makeKey}`;
const noApi =
	'No n8n API answers there. Check the Base URL, and that the public API is not switched off (N8N_PUBLIC_API_DISABLED).';

/** Tests a `hailuoTaskTableApi` credential; names the scopes that its key lacks. */
export async function testTaskTable(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const address = apiAddress(data?.baseUrl);
	if (address === undefined) {
		return failed(
			'The Base URL must begin with http:// or https:// and end with /api/v1, e.g. https://n8n.example.com/api/v1.',
		);
	}
	// A credential test has no other way to the network.
	const { request } = this.helpers;
	const ask = async (path: string) =>
		(await request({
			method: 'GET',
			uri: `${address}${path}`,
			headers: { 'X-N8N-API-KEY': String(data?.apiKey ?? ''), Accept: 'application/json' },
			simple: false,
			resolveWithFullResponse: true,
			timeout: 30_000,
		})) as { statusCode: number; body: unknown };
	try {
		const { statusCode, body } = await ask('/discover?resource=dataTable');
		if (statusCode === 401) return failed(refused);
		if (statusCode === 200) return judgeScopes(body);
		return judgeTables(await ask('/data-tables?limit=1'));
	} catch (cause) {
		if (isBlockedByN8n(cause)) {
			const { message, advice } = blockedByN8n(address);
			return failed(`${message}. ${advice}`);
		}
		const reason = cause instanceof Error ? cause.message : String(cause);
		return failed(
			`The Base URL could not be reached: ${reason}. It is the address of this n8n as n8n itself reaches it.`,
		);
	}
}

/** For an n8n that cannot tell the scopes of a key: the one request that changes nothing. */
function judgeTables({ statusCode, body }: { statusCode: number; body: unknown }) {
	if (statusCode === 401) return failed(refused);
	if (!isJson(body)) return failed(noApi);
	switch (statusCode) {
		case 200:
			return passed('The key works. This n8n does not tell the scopes of a key.');
		case 403:
			return failed('The key lacks the scope dataTable:list.');
		case 404:
			return failed('The API of that n8n has no data tables yet: update n8n to the newest 2.x.');
		default:
			return failed(`n8n answered with HTTP ${statusCode}. Try again later.`);
	}
}

function judgeScopes(body: unknown): INodeCredentialTestResult {
	const answer = z
		.object({ data: z.object({ scopes: z.array(z.string()) }) })
		.safeParse(jsonOf(body));
	if (!answer.success) return failed(noApi);
	const missing = neededScopes.filter((scope) => !answer.data.data.scopes.includes(scope));
	return missing.length === 0
		? passed('The key works and has all scopes.')
		: failed(
				`The key lacks these scopes: ${missing.join(', ')}. Give them to it under Settings > n8n API.`,
			);
}

const isJson = (body: unknown) => typeof jsonOf(body) === 'object';

function jsonOf(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return parseJson(body);
	} catch {
		return undefined;
	}
}
