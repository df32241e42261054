import { z } from 'zod';

import { H3_IMAGE, MEGABYTE, imageProblem, isHttpUrl, readDataUrl } from '../../media';
import { v2Refusal } from '../answers';
import type { MiniMaxWorld } from '../settings';

const refuse = (detail: string) => v2Refusal('params', detail);

const media = z.object({ url: z.string() });
export const contentItem = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), text: z.string() }),
	z.object({
		type: z.literal('image_url'),
		image_url: media,
		role: z.enum(['first_frame', 'last_frame', 'reference_image']).optional(),
	}),
	z.object({
		type: z.literal('video_url'),
		video_url: media,
		role: z.enum(['reference_video', 'base_video']),
	}),
	z.object({
		type: z.literal('audio_url'),
		audio_url: media,
		role: z.literal('reference_audio'),
	}),
]);
export type ContentItem = z.output<typeof contentItem>;

const mediaOf = (item: ContentItem): { family: string; url: string } | undefined => {
	if (item.type === 'image_url') return { family: 'image', url: item.image_url.url };
	if (item.type === 'video_url') return { family: 'video', url: item.video_url.url };
	if (item.type === 'audio_url') return { family: 'audio', url: item.audio_url.url };
	return undefined;
};

export interface Inputs {
	text: string;
	frames: number;
	images: number;
	videos: number;
	audios: number;
}

/** The role of each item. One image that says nothing of its role is the first frame. */
function rolesOf(content: ContentItem[]): string[] {
	const images = content.filter((item) => item.type === 'image_url');
	return content.flatMap((item) => {
		if (item.type === 'text') return [];
		const role = item.role ?? (images.length === 1 ? 'first_frame' : undefined);
		if (!role) throw refuse('every image needs a role');
		return [role];
	});
}

/** How many of each role one task may have. */
const ROLE_LIMITS: Array<[role: string, limit: number]> = [
	['first_frame', 1],
	['last_frame', 1],
	['reference_image', 9],
	['reference_video', 3],
	['reference_audio', 3],
];

/** The counts and combinations of a content array. */
export function checkContent(content: ContentItem[], maxText: number): Inputs {
	const texts = content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
	const text = texts.join('\n');
	if (!text.trim()) throw refuse('content must include a non-empty text item (prompt is required)');
	if (texts.some((one) => one.length > maxText)) {
		throw refuse(`text must be at most ${maxText} characters`);
	}

	const roles = rolesOf(content);
	const count = (role: string): number => roles.filter((one) => one === role).length;
	for (const [role, limit] of ROLE_LIMITS) {
		if (count(role) > limit) throw refuse(`at most ${limit} ${role}`);
	}
	const frames = count('first_frame') + count('last_frame');
	const visible = count('reference_image') + count('reference_video');
	const references = visible + count('reference_audio');
	if (frames > 0 && references > 0) throw refuse('frames and references cannot be mixed');
	if (references > 12) throw refuse('at most 12 reference files');
	if (count('reference_audio') > 0 && visible === 0) {
		throw refuse('reference_audio needs a reference image or video');
	}
	return {
		text,
		frames,
		images: content.filter((item) => item.type === 'image_url').length,
		videos: count('reference_video'),
		audios: count('reference_audio'),
	};
}

const FAMILY_BYTES: Record<string, number> = { video: 50 * MEGABYTE, audio: 15 * MEGABYTE };

/** The media of a content array: links are not fetched, uploads must be the key's own. */
export function checkMedia(world: MiniMaxWorld, content: ContentItem[], key: string): void {
	for (const item of content) {
		const input = mediaOf(item);
		if (!input || isHttpUrl(input.url)) continue;
		const { family, url } = input;
		const fileId = /^mm_file:\/\/(\d+)$/.exec(url)?.[1];
		if (fileId) checkUpload(world, { url, fileId, family, key });
		else checkDataUrl(url, family, item.type);
	}
}

function checkUpload(
	world: MiniMaxWorld,
	{ url, fileId, family, key }: { url: string; fileId: string; family: string; key: string },
): void {
	const upload = world.uploads.get('minimax', fileId);
	if (upload?.key !== key || !upload.type.startsWith(family)) {
		throw refuse(`${url}: file not found`);
	}
	if (world.clock.now() >= upload.expiresAt) throw refuse(`${url}: file expired`);
}

function checkDataUrl(url: string, family: string, type: string): void {
	const bytes = readDataUrl(url, family);
	if (!bytes) throw refuse(`${type}: neither a URL nor a data URL nor mm_file://`);
	if (bytes.length > (FAMILY_BYTES[family] ?? Infinity)) {
		throw refuse(`${type}: file is too large`);
	}
	const problem = family === 'image' ? imageProblem(bytes, H3_IMAGE) : undefined;
	if (problem) throw refuse(`${type}: ${problem}`);
}
