import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';

/** What a key needs for everything that the nodes do with the table. */
export const neededScopes = [
	'dataTable:create',
	'dataTable:list',
	'dataTable:read',
	'dataTableRow:create',
	'dataTableRow:read',
	'dataTableRow:update',
];

const failed = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });
const passed = (message: string): INodeCredentialTestResult => ({ status: 'OK', message });

/** Tests a `hailuoTaskTableApi` credential; names the scopes that its key lacks. */
export async function testTaskTable(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const baseUrl = String(data?.baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	if (!/^https?:\/\/.+\/api\/v\d+$/.test(baseUrl)) {
		return failed('The Base URL must end with /api/v1, e.g. https://n8n.example.com/api/v1.');
	}
	// A credential test has no other way to the network.
	const { request } = this.helpers;
	const ask = async (path: string) =>
		(await request({
			method: 'GET',
			uri: `${baseUrl}${path}`,
			headers: { 'X-N8N-API-KEY': String(data?.apiKey ?? ''), Accept: 'application/json' },
			simple: false,
			resolveWithFullResponse: true,
		})) as { statusCode: number; body: unknown };
	try {
		const { statusCode, body } = await ask('/discover?resource=dataTable');
		if (statusCode === 401) return failed('n8n does not accept this API key. Was it deleted?');
		if (statusCode === 200) return judgeScopes(body);
		// n8n before 2.38 has no discovery: what can be read is all that can be known.
		const tables = await ask('/data-tables?limit=1');
		if (tables.statusCode === 200) return passed('The key works. Its scopes cannot be read here.');
		if (tables.statusCode === 401) return failed('n8n does not accept this API key.');
		if (tables.statusCode === 403) return failed('The key lacks the scope dataTable:list.');
		return failed(
			'No n8n API answers there. Check the Base URL, and that the public API is not switched off (N8N_PUBLIC_API_DISABLED). Data tables need n8n 1.114 or newer.',
		);
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		return failed(`The address could not be reached: ${reason}`);
	}
}

function judgeScopes(body: unknown): INodeCredentialTestResult {
	const answer = z
		.object({ data: z.object({ scopes: z.array(z.string()) }) })
		.safeParse(typeof body === 'string' ? parsed(body) : body);
	if (!answer.success) {
		return failed(
			'The address answers, but not as the n8n API. Is the public API switched off (N8N_PUBLIC_API_DISABLED)?',
		);
	}
	const missing = neededScopes.filter((scope) => !answer.data.data.scopes.includes(scope));
	return missing.length === 0
		? passed('The key works and has all scopes.')
		: failed(`The key lacks these scopes: ${missing.join(', ')}.`);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
