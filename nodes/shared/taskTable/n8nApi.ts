import { z } from 'zod';
import { type JsonAnswer, meaningOfStatus, vendorError } from '../../../video/answerErrors';
import { type ErrorMeaning, InputError, VendorError, vendorErrorOf } from '../../../video/failure';
import type { Connection, HttpRequest } from '../../../video/host';
import { exchange } from '../../../video/http';
import type { Service } from '../host';

export const vendor = 'n8n’s API';
/** n8n asks itself: an answer that takes longer does not come. */
const timeout = 30_000;

/** What a key needs for everything that the nodes do with the table. */
export const neededScopes = [
	'dataTable:create',
	'dataTable:list',
	'dataTable:read',
	'dataTableRow:create',
	'dataTableRow:read',
	'dataTableRow:update',
] as const;

/** What a key needs besides: to bring tables of an older version up to date, and to delete old rows. */
export type Scope =
	| (typeof neededScopes)[number]
	| 'dataTableColumn:create'
	| 'dataTableRow:delete';

/** n8n refuses every key in the same words when its public API is switched off. */
export const makeKey =
	'Make a new key in n8n under Settings > n8n API and put it into the credential. If that page is missing, the public API is switched off (N8N_PUBLIC_API_DISABLED).';

/** The address of an n8n API, if it can be one. n8n can have another word in the place of `api`. */
export function apiAddress(baseUrl: unknown): string | undefined {
	const address = String(baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	return /^https?:\/\/[^/]+\/.*v\d+$/.test(address) ? address : undefined;
}

/** The task table: a Data Table of n8n, reached through n8n's own public API. */
export const account: Service = {
	name: 'n8n API',
	credential: 'hailuoTaskTableApi',
	baseUrl: ({ baseUrl }) => {
		const address = apiAddress(baseUrl);
		if (address !== undefined) return address;
		throw new InputError(
			'The Base URL of the n8n API credential is not the address of an n8n API',
			'Open the credential and enter an address that ends with /api/v1, e.g. https://n8n.example.com/api/v1.',
		);
	},
};

/** n8n refuses a plus sign for a space, which URLSearchParams would write. */
export function queryOf(values: Readonly<Record<string, string>>): string {
	return Object.entries(values)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join('&');
}

type Call = Omit<HttpRequest, 'url'> & { readonly path: string; readonly scope: Scope };

export async function call(
	connection: Connection,
	{ path, scope, ...request }: Call,
): Promise<JsonAnswer> {
	const url = `${connection.baseUrl}${path}`;
	const answer = await exchange(connection, { ...request, url }, { vendor, timeout }).catch(
		somethingElseAnswered,
	);
	if (answer.status < 400) return answer;
	const known = meaningOf(answer.status, scope);
	if (known) throw vendorError(answer, known);
	const { data } = z.object({ message: z.string() }).safeParse(answer.body);
	const words = data?.message;
	const meaning = isFull(words) ? full : meaningOfStatus(answer.status, vendor);
	throw vendorError(answer, meaning, undefined, words);
}

/**
 * n8n answers with a page where it has no API: elsewhere, or everywhere when it is switched off; and
 * for a moment while it starts.
 */
function somethingElseAnswered(cause: unknown): never {
	const { outcome, status = 0 } = vendorErrorOf(cause);
	if (outcome !== 'refused' || status === 0) throw cause;
	throw new VendorError({
		category: 'server',
		outcome,
		status,
		message: `No n8n API answers at the Base URL of the task table’s credential (HTTP ${status})`,
		advice:
			'Check the Base URL: it ends with /api/v1. If it is right, n8n may be starting, or its public API may be switched off (N8N_PUBLIC_API_DISABLED).',
	});
}

function meaningOf(status: number, scope: Scope): ErrorMeaning | undefined {
	switch (status) {
		case 401:
			return {
				category: 'credential',
				what: `${vendor} does not accept the API key of the task table`,
				advice: makeKey,
			};
		case 403:
			return {
				category: 'credential',
				what: `The API key of the task table lacks the scope ${scope}`,
				advice:
					'Give it the scope in n8n under Settings > n8n API. If it has it, the key’s owner may not use this table.',
			};
		case 404:
			return {
				category: 'notFound',
				...(isAboutOneTable(scope)
					? {
							what: 'The task table is gone: it was deleted a moment ago',
							advice: 'The next node that records a task makes it again.',
						}
					: {
							what: 'The API of this n8n has no data tables yet',
							advice: 'Update n8n to the newest 2.x.',
						}),
			};
		default:
			return undefined;
	}
}

/** Inserts and updates fail with HTTP 400 and these words; rows can still be deleted. */
const isFull = (words = '') => /data table size limit/i.test(words);

const full: ErrorMeaning = {
	category: 'balance',
	what: 'The data tables of this n8n have reached their size limit: nothing can be written into them',
	advice:
		'Delete rows or tables under Data tables, let Hailuo Trigger do it with Delete Finished Rows After (Days), or raise N8N_DATA_TABLES_MAX_SIZE_BYTES.',
};

const isAboutOneTable = (scope: Scope) => scope.startsWith('dataTableRow:');
