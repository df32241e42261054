import { imageSize } from 'image-size';

export interface ImageRules {
	/** Names as image-size gives them. */
	formats: string[];
	maxBytes: number;
	/** The shorter side must be at least this many pixels. */
	minSide: number;
	maxSide?: number;
	/** Bounds of width / height. */
	minRatio: number;
	maxRatio: number;
}

export const MEGABYTE = 1024 * 1024;

/** First and last frames and subjects of the Hailuo and 01 models, and template images. */
export const HAILUO_IMAGE: ImageRules = {
	formats: ['jpg', 'png', 'webp'],
	maxBytes: 20 * MEGABYTE - 1,
	minSide: 301,
	minRatio: 2 / 5,
	maxRatio: 5 / 2,
};

/** Images of the H3 family. */
export const H3_IMAGE: ImageRules = {
	formats: ['jpg', 'png', 'webp', 'heic', 'heif'],
	maxBytes: 30 * MEGABYTE,
	minSide: 256,
	maxSide: 5760,
	minRatio: 0.4,
	maxRatio: 2.5,
};

export const isHttpUrl = (value: string): boolean => {
	try {
		return ['http:', 'https:'].includes(new URL(value).protocol);
	} catch {
		return false;
	}
};

export const isDataUrl = (value: string): boolean => value.startsWith('data:');

/** The bytes of a base64 data URL of the given family (image, video, audio), if it is one. */
export function readDataUrl(value: string, family: string): Buffer | undefined {
	const match = new RegExp(`^data:${family}/[a-z0-9.+-]+;base64,([A-Za-z0-9+/]+={0,2})$`).exec(
		value,
	);
	return match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64');
}

/** What is wrong with the bytes of an image, or undefined. */
export function imageProblem(bytes: Uint8Array, rules: ImageRules): string | undefined {
	if (bytes.length > rules.maxBytes) return 'image file is too large';
	let size: { width: number; height: number; type?: string };
	try {
		size = imageSize(bytes);
	} catch {
		return 'image cannot be decoded';
	}
	const { width, height, type = '' } = size;
	if (!rules.formats.includes(type)) return `image format ${type} is not supported`;
	if (Math.min(width, height) < rules.minSide) {
		return `image is ${width}x${height}, its shorter side must be at least ${rules.minSide} px`;
	}
	if (rules.maxSide !== undefined && Math.max(width, height) > rules.maxSide) {
		return `image is ${width}x${height}, its longer side must be at most ${rules.maxSide} px`;
	}
	const ratio = width / height;
	if (ratio < rules.minRatio || ratio > rules.maxRatio) {
		return `image is ${width}x${height}, width / height must be ${rules.minRatio} to ${rules.maxRatio}`;
	}
	return undefined;
}

/** An image given as a link or a data URL. Links are not fetched: nothing leaves this machine. */
export function imageReferenceProblem(value: string, rules: ImageRules): string | undefined {
	if (isHttpUrl(value)) return undefined;
	if (!isDataUrl(value)) return 'image must be a URL or a data URL';
	const bytes = readDataUrl(value, 'image');
	return bytes ? imageProblem(bytes, rules) : 'image data URL cannot be read';
}

const SIGNATURES: Array<{ type: string; matches(bytes: Buffer): boolean }> = [
	{ type: 'image/png', matches: (bytes) => bytes.readUInt32BE(0) === 0x89504e47 },
	{ type: 'image/jpeg', matches: (bytes) => bytes.readUInt16BE(0) === 0xffd8 },
	{ type: 'image/gif', matches: (bytes) => bytes.toString('latin1', 0, 4) === 'GIF8' },
	{
		type: 'image/webp',
		matches: (bytes) =>
			bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
	},
	{
		type: 'audio/wav',
		matches: (bytes) =>
			bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE',
	},
	{
		type: 'image/heic',
		matches: (bytes) => /^ftyp(heic|heix|mif1)$/.test(bytes.toString('latin1', 4, 12)),
	},
	{ type: 'audio/mp4', matches: (bytes) => bytes.toString('latin1', 4, 11) === 'ftypM4A' },
	{ type: 'video/quicktime', matches: (bytes) => bytes.toString('latin1', 4, 10) === 'ftypqt' },
	{ type: 'video/mp4', matches: (bytes) => bytes.toString('latin1', 4, 8) === 'ftyp' },
	{ type: 'video/webm', matches: (bytes) => bytes.readUInt32BE(0) === 0x1a45dfa3 },
	{ type: 'audio/ogg', matches: (bytes) => bytes.toString('latin1', 0, 4) === 'OggS' },
	{
		type: 'audio/mpeg',
		matches: (bytes) =>
			bytes.toString('latin1', 0, 3) === 'ID3' || (bytes.readUInt16BE(0) & 0xffe0) === 0xffe0,
	},
];

/** The media type that the first bytes show, whatever the sender calls the file. */
export function mediaType(bytes: Buffer): string | undefined {
	if (bytes.length < 12) return undefined;
	return SIGNATURES.find((signature) => signature.matches(bytes))?.type;
}

const EXTENSIONS: Record<string, string> = {
	'image/jpeg': 'jpg',
	'audio/mpeg': 'mp3',
	'audio/mp4': 'm4a',
	'video/quicktime': 'mov',
};
export const extensionOf = (type: string): string =>
	EXTENSIONS[type] ?? type.slice(type.indexOf('/') + 1);
