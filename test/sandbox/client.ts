import type { Vendor } from '../../sandbox/config';
import type { Sandbox } from '../../sandbox/server';
import { usualKind } from '../support/vendors';

export interface Reply {
	status: number;
	headers: Headers;
	text: string;
	/** The parsed body; tests look into it freely. */
	json: Json;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of four vendors, looked into by tests
export type Json = any;

export interface Call {
	method?: string;
	key?: string;
	body?: unknown;
	headers?: Record<string, string>;
}

/** The header that a vendor takes a key in. */
export function authOf(vendor: Vendor, key = 'sk-test'): Record<string, string> {
	const { keyHeader } = usualKind(vendor);
	return keyHeader ? { [keyHeader]: key } : { Authorization: `Bearer ${key}` };
}

/** Calls a vendor of the sandbox the way its pages say. */
export async function call(
	sandbox: Sandbox,
	vendor: Vendor,
	path: string,
	{ method, key = 'sk-test', body, headers = {} }: Call = {},
): Promise<Reply> {
	const isForm = body instanceof FormData;
	const response = await fetch(`${sandbox.baseUrl(vendor)}${path}`, {
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: {
			...(key !== '' && authOf(vendor, key)),
			...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function form(
	bytes: Buffer,
	fileName: string,
	fields: Record<string, string> = {},
): FormData {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) data.set(name, value);
	data.set('file', new Blob([new Uint8Array(bytes)]), fileName);
	return data;
}
