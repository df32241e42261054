import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Clip {
	width: number;
	height: number;
	seconds: number;
	bytes: Buffer;
}

const folder = join(__dirname, 'clips');

let cache: Clip[] | undefined;

/** The committed clips; their names say what they are: `1366x768-6s.mp4`. */
function clips(): Clip[] {
	cache ??= readdirSync(folder).flatMap((name) => {
		const match = /^(\d+)x(\d+)-(\d+)s\.mp4$/.exec(name);
		if (!match) return [];
		const [width, height, seconds] = match.slice(1).map(Number) as [number, number, number];
		return [{ width, height, seconds, bytes: readFileSync(join(folder, name)) }];
	});
	return cache;
}

/** The clip that is nearest to what was ordered: shape first, then area, then length. */
export function nearestClip(wanted: { width: number; height: number; seconds: number }): Clip {
	const distance = (clip: Clip): number =>
		100 * Math.abs(Math.log(clip.width / clip.height / (wanted.width / wanted.height))) +
		10 * Math.abs(Math.log((clip.width * clip.height) / (wanted.width * wanted.height))) +
		Math.abs(Math.log(clip.seconds / wanted.seconds));
	return clips().reduce((best, clip) => (distance(clip) < distance(best) ? clip : best));
}

const BOX_HEADER = 8;
const CHUNK = Buffer.alloc(64 * 1024);

/**
 * Bytes `start` to `end` (inclusive) of the clip padded to `total` bytes. The padding is one MP4 `free`
 * box, which players skip, and it is made as it is sent.
 */
export function* clipBytes(
	clip: Clip,
	total: number,
	start: number,
	end: number,
): Generator<Buffer, void> {
	const header = Buffer.alloc(total > clip.bytes.length ? BOX_HEADER : 0);
	if (header.length > 0) {
		header.writeUInt32BE(total - clip.bytes.length);
		header.write('free', 4, 'latin1');
	}
	const solid = Buffer.concat([clip.bytes, header]);
	let position = start;
	if (position < solid.length) {
		const piece = solid.subarray(position, Math.min(end + 1, solid.length));
		position += piece.length;
		yield piece;
	}
	while (position <= end) {
		const piece = CHUNK.subarray(0, Math.min(CHUNK.length, end + 1 - position));
		position += piece.length;
		yield piece;
	}
}

/** How long a download of the clip is when `wanted` bytes are asked for. */
export const paddedLength = (clip: Clip, wanted: number | null): number =>
	wanted === null || wanted <= clip.bytes.length
		? clip.bytes.length
		: Math.max(wanted, clip.bytes.length + BOX_HEADER);
