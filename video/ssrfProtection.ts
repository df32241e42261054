import { causesOf, VendorError } from './failure';

/** n8n's errors for addresses that its SSRF protection blocks, wherever they are wrapped. */
const names = new Set<unknown>(['SsrfBlockedIpError', 'SsrfBlockedHostnameError']);

/** Whether n8n itself has blocked a request (N8N_SSRF_PROTECTION_ENABLED): nothing was sent. */
export function isBlockedByN8n(cause: unknown): boolean {
	return causesOf(cause).some(({ name }) => names.has(name));
}

/** Says what the host of an address needs to be allowed. */
export function blockedByN8n(url: string): VendorError {
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
	const isIpv6 = host.includes(':');
	const isAddress = isIpv6 || /^\d+(\.\d+){3}$/.test(host);
	const setting = isAddress
		? `N8N_SSRF_ALLOWED_IP_RANGES=${host}/${isIpv6 ? 128 : 32}`
		: `N8N_SSRF_ALLOWED_HOSTNAMES=${host}`;
	return new VendorError({
		category: 'input',
		outcome: 'refused',
		message: `n8n has blocked the request to ${host}: its SSRF protection (N8N_SSRF_PROTECTION_ENABLED) lets no private address through`,
		advice: `Start n8n with ${setting} (several with commas between), or use a public address.`,
	});
}
