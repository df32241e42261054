import { imageSize } from 'image-size';
import { mimeTypeOf, readImage } from '../../video/media';
import { png } from '../sandbox/images';

describe('images', () => {
	const webp = (chunk: string, write: (data: Buffer) => void) => {
		const data = Buffer.alloc(40);
		data.write('RIFF', 0, 'latin1');
		data.writeUInt32LE(32, 4);
		data.write(`WEBP${chunk}`, 8, 'latin1');
		write(data);
		return data;
	};
	const jpeg = Buffer.concat([
		Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
		Buffer.from('ffc0001108', 'hex'),
		Buffer.from([0x02, 0x58, 0x03, 0x20]),
		Buffer.from('03012200021101031101', 'hex'),
		Buffer.from('ffd9', 'hex'),
	]);
	const images: Array<[string, Buffer, string]> = [
		['png', png(640, 480), 'PNG'],
		[
			'gif',
			Buffer.concat([Buffer.from('GIF89a'), Buffer.from([0x40, 1, 0xf0, 0, 0, 0, 0])]),
			'GIF',
		],
		['jpeg', jpeg, 'JPEG'],
		[
			'webp, lossy',
			webp('VP8 ', (data) => {
				data.writeUInt32LE(20, 16);
				data.set([0x9d, 0x01, 0x2a], 23);
				data.writeUInt16LE(800, 26);
				data.writeUInt16LE(600, 28);
			}),
			'WebP',
		],
		[
			'webp, lossless',
			webp('VP8L', (data) => {
				data.writeUInt32LE(20, 16);
				data[20] = 0x2f;
				data.writeUInt32LE((599 << 14) | 799, 21);
			}),
			'WebP',
		],
		[
			'webp, extended',
			webp('VP8X', (data) => {
				data.writeUInt32LE(10, 16);
				data.writeUIntLE(1279, 24, 3);
				data.writeUIntLE(719, 27, 3);
			}),
			'WebP',
		],
	];

	test.each(images)('%s: format and size as another library reads them', (_, bytes, format) => {
		const second = imageSize(bytes);
		expect(readImage(bytes)).toEqual({ format, width: second.width, height: second.height });
	});

	test('anything else, and what is cut off, is no image', () => {
		expect(readImage(Buffer.from('hello, world, this is text'))).toBeUndefined();
		expect(readImage(png(640, 480).subarray(0, 10))).toBeUndefined();
		expect(readImage(Buffer.alloc(0))).toBeUndefined();
	});

	test('tells videos and sounds by their content', () => {
		const box = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}`, 'latin1');
		expect(mimeTypeOf(box('isom'))).toBe('video/mp4');
		expect(mimeTypeOf(box('qt  '))).toBe('video/quicktime');
		expect(mimeTypeOf(Buffer.from('1a45dfa3', 'hex'))).toBe('video/webm');
		expect(mimeTypeOf(Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'))).toBe('audio/wav');
		expect(mimeTypeOf(Buffer.from('ID3\x04'))).toBe('audio/mp3');
		expect(mimeTypeOf(Buffer.from('<html>'))).toBeUndefined();
	});
});
