/**
 * Whether a host name or literal address belongs to a private network, as far as that can be seen
 * without asking DNS. n8n's own SSRF protection (N8N_SSRF_PROTECTION_ENABLED) covers the rest.
 */
export function isPrivateHost(hostname: string): boolean {
	const host = hostname
		.toLowerCase()
		.replace(/\.$/, '')
		.replace(/^\[|\]$/g, '');
	if (host === '') return true;
	if (host.includes(':')) return isPrivateIpv6(host);
	const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
	if (ipv4) return isPrivateIpv4(ipv4.slice(1).map(Number));
	return (
		!host.includes('.') || /\.(localhost|local|internal|intranet|lan|home|corp|test)$/.test(host)
	);
}

/** Blocks that are not public: https://www.iana.org/assignments/iana-ipv4-special-registry */
function isPrivateIpv4([a, b]: number[]): boolean {
	return (
		a === 0 ||
		a === 10 ||
		a === 127 ||
		(a === 100 && b >= 64 && b <= 127) ||
		(a === 169 && b === 254) ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && (b === 0 || b === 168)) ||
		(a === 198 && (b === 18 || b === 19)) ||
		a >= 224
	);
}

function isPrivateIpv6(host: string): boolean {
	const mapped = /^(?:::ffff:|64:ff9b::)(.+)$/.exec(host);
	if (mapped) {
		const [high, low] = mapped[1].split(':').map((part) => parseInt(part, 16));
		if (mapped[1].includes('.')) return isPrivateIpv4(mapped[1].split('.').map(Number));
		return isPrivateIpv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
	}
	// Global unicast is 2000::/3; everything else is loopback, link-local, unique local or multicast.
	return !/^[23][0-9a-f]{3}:/.test(host) || host.startsWith('2001:db8:');
}
