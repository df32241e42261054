/**
 * The portable name of one task: `<provider>:<kind>:<id>`, e.g. `minimax:v1:106916112212032`.
 * Kinds: `v1`, `v2`, `template` (MiniMax) and `video` (the gateways). IDs are opaque strings.
 */
export interface TaskReference {
	readonly provider: string;
	readonly kind: string;
	readonly id: string;
}

const pattern = /^([a-z][a-z0-9]*):([a-z][a-z0-9]*):(\S+)$/i;

export function formatReference({ provider, kind, id }: TaskReference): string {
	return `${provider}:${kind}:${id}`;
}

/** The reference in a text, or undefined when the text has another shape. */
export function parseReference(text: string): TaskReference | undefined {
	const match = pattern.exec(text.trim());
	if (!match) return undefined;
	const [, provider, kind, id] = match;
	return { provider: provider.toLowerCase(), kind: kind.toLowerCase(), id };
}
