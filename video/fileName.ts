/**
 * Bytes of a whole name in UTF-8. File systems take 255; others put something before or behind it.
 */
const mostBytes = 200;
/** More than could be left of a name. */
const mostCharacters = 1000;

/** What Windows, macOS or Linux refuse, a shell reads, or nobody sees: some of it turns text around. */
const unsafe =
	/[\\/:*?"<>|\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]+/gu;
/** Devices of Windows, also with something behind a dot. */
const reserved = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(\.|$)/i;
const videoExtension = /\.(mp4|m4v|mov|webm|mkv|avi)$/i;

/** What a file is called: by the person, else by its task. */
export interface FileNaming {
	/** As the person wrote it, with or without an extension. */
	readonly wish?: string;
	/** The ID of the task. */
	readonly id: string;
	/** Which of several videos of the task it is, from 1. */
	readonly number: number;
}

/**
 * A name that every system takes for a file, e.g. `red-sneaker-2.mp4`. Of what the person wrote as
 * much stays as can; an extension of a video gives way to the real one.
 */
export function videoFileName({ wish = '', id, number }: FileNaming, extension: string): string {
	const ending = `${number > 1 ? `-${number}` : ''}.${extension}`;
	const name = safeName(wish.slice(0, mostCharacters), mostBytes - ending.length);
	return `${name || `hailuo-${id.replace(/[^\w-]+/g, '-').slice(-40)}`}${ending}`;
}

/** Empty where nothing is left. */
function safeName(text: string, most: number): string {
	const line = trimmed(text.normalize('NFC').replace(unsafe, ' ').replace(/\s+/g, ' '));
	const name = trimmed(line.replace(videoExtension, ''));
	return trimmed(cut(reserved.test(name) ? `_${name}` : name, most));
}

/** Dots in front hide a file, dots and spaces at its end are lost on Windows; a hyphen begins an option. */
const trimmed = (text: string) => text.replace(/^[\s.-]+/, '').replace(/[\s.\u200d]+$/, '');

/** As many whole characters as fit into so many bytes. */
function cut(text: string, most: number): string {
	let bytes = 0;
	let kept = '';
	for (const character of text) {
		bytes += Buffer.byteLength(character);
		if (bytes > most) break;
		kept += character;
	}
	return kept;
}
