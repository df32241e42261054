import { list } from './list';
import { sizeText } from './size';

/** What a person gives as an image, video or sound: a link, or a file of the item. */
export type Media = { readonly url: string } | { readonly file: MediaFile };

export type MediaKind = 'image' | 'video' | 'audio';

/** A file of the item. Its content is read when it is sent, so that many items need little memory. */
export interface MediaFile {
	readonly name: string;
	/** By content where it is known, else as the item says. */
	readonly mimeType: string;
	/** Bytes. */
	readonly size: number;
	/** SHA-256 of the content. */
	readonly digest: string;
	/** Absent for anything that is not an image of a known format. */
	readonly image?: ImageInfo;
	read(): Promise<Uint8Array>;
}

export interface ImageInfo {
	readonly format: string;
	readonly width: number;
	readonly height: number;
}

/** What a vendor takes as an image. Sides in pixels, ratio is width by height. */
export interface ImageRules {
	readonly formats: readonly string[];
	readonly maxBytes: number;
	readonly minSide?: number;
	readonly maxSide?: number;
	readonly minRatio?: number;
	readonly maxRatio?: number;
}

const imageMimeTypes: Readonly<Record<string, string>> = {
	JPEG: 'image/jpeg',
	PNG: 'image/png',
	WebP: 'image/webp',
	GIF: 'image/gif',
	HEIC: 'image/heic',
};

/**
 * Reads format and size from the first bytes of an image. Undefined for anything that is not an
 * image of a known format; sides are 0 where the header does not tell them (HEIC without `ispe`).
 */
export function readImage(bytes: Uint8Array): ImageInfo | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const text = (offset: number, length: number) =>
		String.fromCharCode(...bytes.subarray(offset, offset + length));
	try {
		if (view.getUint32(0) === 0x89504e47) {
			return { format: 'PNG', width: view.getUint32(16), height: view.getUint32(20) };
		}
		if (view.getUint16(0) === 0xffd8) return readJpeg(view);
		if (text(0, 4) === 'GIF8') {
			return { format: 'GIF', width: view.getUint16(6, true), height: view.getUint16(8, true) };
		}
		if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return readWebP(view, text(12, 4));
		if (text(4, 4) === 'ftyp' && /^(heic|heix|hevc|heim|heis|mif1|msf1)$/.test(text(8, 4))) {
			return readHeic(view, bytes);
		}
	} catch (cause) {
		// A RangeError means that the file ends inside its own header.
		if (!(cause instanceof RangeError)) return undefined;
	}
	return undefined;
}

function readJpeg(view: DataView): ImageInfo {
	let offset = 2;
	for (;;) {
		const marker = view.getUint8(offset + 1);
		const startOfFrame =
			marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
		if (startOfFrame) {
			return {
				format: 'JPEG',
				height: view.getUint16(offset + 5),
				width: view.getUint16(offset + 7),
			};
		}
		if (view.getUint8(offset) !== 0xff) return { format: 'JPEG', width: 0, height: 0 };
		const fillByte = marker === 0xff;
		offset += fillByte ? 1 : 2 + view.getUint16(offset + 2);
	}
}

function readWebP(view: DataView, chunk: string): ImageInfo {
	if (chunk === 'VP8X') {
		const side = (offset: number) =>
			1 + view.getUint16(offset, true) + (view.getUint8(offset + 2) << 16);
		return { format: 'WebP', width: side(24), height: side(27) };
	}
	if (chunk === 'VP8L') {
		const bits = view.getUint32(21, true);
		return { format: 'WebP', width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
	}
	return {
		format: 'WebP',
		width: view.getUint16(26, true) & 0x3fff,
		height: view.getUint16(28, true) & 0x3fff,
	};
}

function readHeic(view: DataView, bytes: Uint8Array): ImageInfo {
	let largest = { width: 0, height: 0 };
	const end = Math.min(bytes.length - 16, 64 * 1024);
	for (let offset = 0; offset < end; offset++) {
		if (view.getUint32(offset) !== 0x69737065) continue;
		const found = { width: view.getUint32(offset + 8), height: view.getUint32(offset + 12) };
		if (found.width * found.height > largest.width * largest.height) largest = found;
	}
	return { format: 'HEIC', ...largest };
}

/** The first rule that an image breaks, as the end of a sentence that begins with its label. */
export function brokenImageRule(
	{ image, size }: Pick<MediaFile, 'image' | 'size'>,
	rules: ImageRules,
): string | undefined {
	const formats = list(rules.formats);
	if (!image) return `is not an image. Use ${formats}`;
	if (!rules.formats.includes(image.format)) return `is a ${image.format} image. Use ${formats}`;
	if (size > rules.maxBytes) {
		return `has ${sizeText(size)}. At most ${sizeText(rules.maxBytes)} are allowed`;
	}
	const { width, height } = image;
	if (width === 0 || height === 0) return undefined;
	const measured = `is ${width} x ${height} pixels`;
	if (rules.minSide !== undefined && Math.min(width, height) < rules.minSide) {
		return `${measured}. The shorter side must have at least ${rules.minSide} pixels`;
	}
	if (rules.maxSide !== undefined && Math.max(width, height) > rules.maxSide) {
		return `${measured}. The longer side must have at most ${rules.maxSide} pixels`;
	}
	const ratio = width / height;
	const { minRatio = 0, maxRatio = Infinity } = rules;
	if (ratio < minRatio || ratio > maxRatio) {
		return `${measured}. Width to height must be between ${asRatio(minRatio)} and ${asRatio(maxRatio)}`;
	}
	return undefined;
}

function asRatio(value: number): string {
	return value < 1 ? `2:${+(2 / value).toFixed(1)}` : `${+(value * 2).toFixed(1)}:2`;
}

/** The MIME type of a file's content: images by their header, then MP4, MOV, WAV and MP3. */
export function mimeTypeOf(bytes: Uint8Array): string | undefined {
	const image = readImage(bytes);
	if (image) return imageMimeTypes[image.format];
	const text = String.fromCharCode(...bytes.subarray(0, 12));
	if (text.slice(4, 8) === 'ftyp')
		return text.startsWith('qt', 8) ? 'video/quicktime' : 'video/mp4';
	if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3) {
		return 'video/webm';
	}
	if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'audio/wav';
	if (text.startsWith('ID3') || (bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0)) {
		return 'audio/mp3';
	}
	return undefined;
}

/** The wrong thing about a link that can be known without opening it, as the end of a sentence. */
export function brokenLinkRule(url: string): string | undefined {
	const text = url.trim();
	if (/^data:/i.test(text)) return undefined;
	if (!URL.canParse(text)) {
		return 'is not a URL. Use a public address such as https://example.com/frame.jpg';
	}
	const { protocol } = new URL(text);
	if (/^https?:$/.test(protocol)) return undefined;
	return `begins with ${protocol}. Use an address that begins with https://`;
}
