import { isPrivateHost } from './privateHosts';
import type { Media } from './media';

/** Pages around a picture, which are no picture. */
const sharePages = [
	/^(drive|docs)\.google\.com\/(file|open|document|drive)/,
	/^photos\.(google\.com|app\.goo\.gl)\//,
	/^(www\.)?dropbox\.com\/(?!.*[?&](dl|raw)=1)/,
	/^(1drv\.ms|onedrive\.live\.com|www\.icloud\.com)\//,
	/^imgur\.com\//,
];

/** Hints for the links among a request's media, by their labels. */
export function linkHints(media: ReadonlyArray<readonly [string, Media | undefined]>): string[] {
	return media.flatMap(([label, one]) => {
		const doubt = one && 'url' in one ? linkDoubt(one.url) : undefined;
		return doubt === undefined ? [] : [`${label} ${doubt}`];
	});
}

/** Why a vendor will hardly be able to use a link, as the end of a sentence; it is sent all the same. */
function linkDoubt(link: string): string | undefined {
	if (!URL.canParse(link.trim())) return undefined;
	const url = new URL(link.trim());
	if (!/^https?:$/.test(url.protocol)) return undefined;
	if (isPrivateHost(url.hostname)) {
		return 'points into your own network, where the vendor cannot fetch it. Use Binary Field instead.';
	}
	if (sharePages.some((page) => page.test(`${url.hostname}${url.pathname}${url.search}`))) {
		return 'is a page that shows the file and not the file itself. Use a direct link, or download it and use Binary Field.';
	}
	return undefined;
}
