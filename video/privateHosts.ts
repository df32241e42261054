/**
 * Whether a host name or literal address belongs to a private network, as far as that can be seen
 * without asking DNS. n8n's own SSRF protection (N8N_SSRF_PROTECTION_ENABLED) covers the rest.
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.length > longestName) return true;
	const host = hostname
		.toLowerCase()
		.replace(/\.$/, '')
		.replace(/^\[|\]$/g, '');
	if (host === '') return true;
	if (host.includes(':')) return isPrivateIpv6(host);
	const ipv4 = ipv4Of(host);
	if (ipv4) return isPrivateIpv4(ipv4);
	return !host.includes('.') || privateNames.test(host);
}

/** Bytes of a name in DNS at the most. */
const longestName = 255;

/**
 * Endings that public DNS does not serve: RFC 6761, 6762 and 8375, what routers and companies use,
 * and the services of a Kubernetes cluster.
 */
const privateNames =
	/(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|home\.arpa|corp|test|svc)$/;

function ipv4Of(text: string): number[] | undefined {
	return /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
}

/** Blocks that are not public: https://www.iana.org/assignments/iana-ipv4-special-registry */
function isPrivateIpv4([a, b, c]: readonly number[]): boolean {
	return (
		a === 0 ||
		a === 10 ||
		a === 127 ||
		(a === 100 && b >= 64 && b <= 127) ||
		(a === 169 && b === 254) ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) ||
		(a === 198 && (b === 18 || b === 19)) ||
		a >= 224
	);
}

/**
 * Public is global unicast, 2000::/3, without what leads elsewhere; an address that carries an
 * IPv4 address is as private as that one.
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
function isPrivateIpv6(host: string): boolean {
	const groups = groupsOf(host);
	if (!groups) return true;
	const [first, second, third] = groups;
	const mapped = isPrefix(groups, [0, 0, 0, 0, 0, 0xffff]);
	const translated = isPrefix(groups, [0x64, 0xff9b, 0, 0, 0, 0]);
	if (mapped || translated) return isPrivateIpv4(bytesOf(groups[6], groups[7]));
	const sixToFour = first === 0x2002;
	if (sixToFour) return isPrivateIpv4(bytesOf(second, third));
	const teredo = isPrefix(groups, [0x2001, 0]);
	const documentation = isPrefix(groups, [0x2001, 0xdb8]);
	return first >> 13 !== 1 || teredo || documentation;
}

function isPrefix(groups: readonly number[], prefix: readonly number[]): boolean {
	return prefix.every((group, index) => groups[index] === group);
}

function bytesOf(high: number, low: number): number[] {
	return [high >> 8, high & 0xff, low >> 8, low & 0xff];
}

/** The eight groups of an address; undefined for what is none. */
function groupsOf(host: string): number[] | undefined {
	const halves = host.split('::').map((half) => (half === '' ? [] : half.split(':')));
	if (halves.length > 2) return undefined;
	const [head, tail] = halves.map((half) => half.flatMap(groupOrIpv4));
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (tail ? missing < 1 : missing !== 0) return undefined;
	const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
	return groups.some(Number.isNaN) ? undefined : groups;
}

function groupOrIpv4(text: string): number[] {
	const ipv4 = ipv4Of(text);
	if (ipv4) return [ipv4[0] * 256 + ipv4[1], ipv4[2] * 256 + ipv4[3]];
	return [/^[\da-f]{1,4}$/.test(text) ? parseInt(text, 16) : NaN];
}
