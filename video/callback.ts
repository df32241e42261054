import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { InputError } from './failure';
import { isPrivateHost } from './privateHosts';
import type { TaskReference } from './reference';

/** What somebody has posted to a callback address. Nobody knows yet who it was. */
export interface Callback {
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	/** Byte for byte, as signatures cover it. */
	readonly raw: Uint8Array;
	/** The same as JSON; undefined where it is none. */
	readonly body: unknown;
}

/** A task that a callback speaks of. */
export interface CallbackTask {
	/** What it may be, the likeliest first: not every vendor says the kind. */
	readonly references: readonly TaskReference[];
	/** Whether the callback says that it has ended, in whatever way. */
	readonly ended: boolean;
}

/** What a callback says in the form of a vendor. Whether it is true only the vendor knows. */
export type CallbackReading =
	/** A test of the address, to be answered with this and at once. */
	| { readonly is: 'challenge'; readonly answer: Readonly<Record<string, string>> }
	| { readonly is: 'tasks'; readonly tasks: readonly CallbackTask[] }
	/** Something else of the vendor's, to be acknowledged. */
	| { readonly is: 'other' };

/** HMAC-SHA256 of the parts one behind the other, in hexadecimal digits. */
export function hmacOf(
	secret: string | Uint8Array,
	...parts: ReadonlyArray<string | Uint8Array>
): string {
	const hmac = createHmac('sha256', secret);
	for (const part of parts) hmac.update(part);
	return hmac.digest('hex');
}

/** Whether two texts are the same, in a time that tells nothing about where they differ. */
export function isSameText(one: string, other: string): boolean {
	const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
	return timingSafeEqual(first, second);
}

/** Throws InputError for an address that a vendor out there cannot reach. */
export function checkCallbackUrl(url: string, vendor: { name: string; baseUrl: string }) {
	const { hostname } = new URL(url);
	if (!isPrivateHost(hostname) || isPrivateHost(new URL(vendor.baseUrl).hostname)) return;
	throw new InputError(
		`Callback URL leads to ${hostname}, which ${vendor.name} cannot reach`,
		'Use a public address. Where n8n itself shows a local one, set its environment variable WEBHOOK_URL to the address by which others reach it.',
	);
}
