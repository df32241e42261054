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
