/** What the header of an MP4 file says. */
export interface Mp4Facts {
	brand: string;
	durationSeconds: number;
	width: number;
	height: number;
}

/**
 * Reads the boxes of an MP4 file: ftyp, moov/mvhd (duration) and the largest moov/trak/tkhd (picture size).
 * @throws Error when it is no complete MP4
 */
export function readMp4(file: Buffer): Mp4Facts {
	const top = boxes(file);
	const moov = boxes(only(top, 'moov'));
	const header = only(moov, 'mvhd');
	const long = header[0] === 1;
	const timescale = header.readUInt32BE(long ? 20 : 12);
	const duration = long ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
	const sizes = moov
		.filter(({ type }) => type === 'trak')
		.map(({ content }) => only(boxes(content), 'tkhd'))
		// The last eight bytes: width and height as 16.16 fixed point.
		.map((track) => [track.readUInt16BE(track.length - 8), track.readUInt16BE(track.length - 4)])
		.sort(([a = 0], [b = 0]) => b - a);
	const [width = 0, height = 0] = sizes[0] ?? [];
	only(top, 'mdat');
	return {
		brand: only(top, 'ftyp').toString('latin1', 0, 4),
		durationSeconds: duration / timescale,
		width,
		height,
	};
}

interface Box {
	type: string;
	content: Buffer;
}

function boxes(data: Buffer): Box[] {
	const found: Box[] = [];
	for (let at = 0; at < data.length; ) {
		const size = data.readUInt32BE(at);
		const type = data.toString('latin1', at + 4, at + 8);
		if (size < 8 || at + size > data.length)
			throw new Error(`The box ${type} at byte ${at} is cut off.`);
		found.push({ type, content: data.subarray(at + 8, at + size) });
		at += size;
	}
	return found;
}

function only(list: Box[], type: string): Buffer {
	const box = list.find((candidate) => candidate.type === type);
	if (!box) throw new Error(`There is no ${type} box.`);
	return box.content;
}
