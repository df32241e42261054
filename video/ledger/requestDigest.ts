import { createHash } from 'node:crypto';
import { settingLabels } from '../capabilities';
import type { SettingName } from '../request';

/**
 * What was ordered, as a text that shows nothing of it and tells later what has changed: every part
 * with a digest of its own, `prompt=1f0c66b0a3 model=9d3f08a1be`.
 */
export function requestDigest(provider: string, content: unknown): string {
	const { settings = {}, ...parts } = content as Record<string, unknown>;
	return Object.entries({ provider, ...parts, ...(settings as object) })
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}=${digestOf(value)}`)
		.join(' ');
}

/** The labels of the parts in which two orders differ; empty where they are the same. */
export function differences(one: string, other: string): string[] {
	const [before, now] = [partsOf(one), partsOf(other)];
	const names = [...new Set([...before.keys(), ...now.keys()])];
	return names.filter((name) => before.get(name) !== now.get(name)).map(labelOf);
}

function digestOf(value: unknown): string {
	const text = JSON.stringify(value, (name, part: unknown) => lasting(name, part));
	return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/** A file by its content alone, and a link without what is signed anew each time. */
function lasting(name: string, value: unknown): unknown {
	if (name === 'file') return (value as { digest: string }).digest;
	if (name === 'url' && typeof value === 'string') return withoutSignature(value);
	return value;
}

/** Query parameters of links that storage services sign for a while. */
const signing =
	/^(x-(amz|goog|oss|cos|tos)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|sig|expires|exp|token|s[tepvrk]|spr|ske|sks|skt|skv|skoid|sktid)$/i;

function withoutSignature(address: string): string {
	if (!URL.canParse(address)) return address;
	const url = new URL(address);
	for (const name of [...url.searchParams.keys()]) {
		if (signing.test(name)) url.searchParams.delete(name);
	}
	return url.href;
}

function partsOf(digest: string): Map<string, string> {
	const parts = digest.split(' ').filter((part) => part.includes('='));
	return new Map(parts.map((part) => part.split('=') as [string, string]));
}

/** Fields that are no settings are called as they are written: `firstFrame` is First Frame. */
function labelOf(name: string): string {
	const setting = settingLabels[name as SettingName] as string | undefined;
	return setting ?? name.replace(/([A-Z])/g, ' $1').replace(/^./, (first) => first.toUpperCase());
}
