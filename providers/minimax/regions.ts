/** A key works in the region that issued it; the package never goes from one region to another. */
export const regionHosts = {
	global: 'https://api.minimax.io',
	china: 'https://api.minimaxi.com',
} as const;

/** The address of a `hailuoMiniMaxApi` credential. */
export function baseUrl({ region, baseUrl: custom }: Readonly<Record<string, unknown>>): string {
	if (region === 'custom') return String(custom ?? '');
	return region === 'china' ? regionHosts.china : regionHosts.global;
}
