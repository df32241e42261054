import fc from 'fast-check';
import { imageSize } from 'image-size';
import { directiveHints, hasDirectives, withCameraSteps } from '../../video/camera';
import { isPrivateHost } from '../../video/hosts';
import { retryAfter } from '../../video/answerErrors';
import { parseJson } from '../../video/json';
import { list } from '../../video/list';
import { mimeTypeOf, readImage } from '../../video/media';
import { formatReference, parseReference } from '../../video/reference';
import { nextLook } from '../../video/schedule';
import { Slots } from '../../video/slots';
import { taskItem } from '../../video/task';
import { characterCount, quoted } from '../../video/text';
import { png } from '../sandbox/images';

describe('JSON', () => {
	test('keeps the digits of integers beyond 2^53, wherever they stand', () => {
		const text =
			'{"file":{"file_id":176844028768320123,"n":12,"neg":-9007199254740993,"s":"1 76844028768320123, \\"9007199254740993\\""},"list":[393857704283172856,1.5e3]}';
		expect(parseJson(text)).toEqual({
			file: {
				file_id: '176844028768320123',
				n: 12,
				neg: '-9007199254740993',
				s: '1 76844028768320123, "9007199254740993"',
			},
			list: ['393857704283172856', 1500],
		});
	});

	test('leaves the error of a bare number as a name', () => {
		expect(() => parseJson('{176844028768320123 : 1}')).toThrow(SyntaxError);
	});

	test('refuses what is no JSON', () => {
		expect(() => parseJson('<html>')).toThrow(SyntaxError);
	});
});

describe('task references', () => {
	test.each(['minimax:v1:106916112212032', 'runware:video:5ab1e0a4-1', 'toapis:video:tsk:1'])(
		'%s survives the way there and back',
		(text) => {
			const reference = parseReference(text);
			expect(reference && formatReference(reference)).toBe(text);
		},
	);

	test.each(['', 'minimax', 'minimax:v1', 'minimax:v1:', ':v1:1', 'a b:c:d'])(
		'%j is none',
		(text) => expect(parseReference(text)).toBeUndefined(),
	);
});

describe('camera', () => {
	test('writes steps in order at the end of the prompt', () => {
		expect(withCameraSteps('A boat ', [['pushIn', 'panLeft'], [], ['staticShot']])).toBe(
			'A boat [Push in,Pan left] [Static shot]',
		);
		expect(withCameraSteps('', [['shake']], ', ')).toBe('[Shake]');
	});

	test('knows English and Chinese directives, whatever their case', () => {
		expect(hasDirectives('a [push IN] b')).toBe(true);
		expect(hasDirectives('a 【左摇，上升】 b')).toBe(true);
		expect(hasDirectives('a [smiling] b')).toBe(false);
	});

	test('hints at wrong words and too many together, and leaves others alone', () => {
		expect(directiveHints('x [Push out]')).toEqual([
			'[Push out] in the prompt is not a camera movement that Hailuo knows. Did you mean [Pull out]?',
		]);
		expect(directiveHints('x [Pan left,Tilt up,Zoom in,Shake]').join()).toContain('at most 3');
		expect(directiveHints('x [laughs] [Pan left] [推进]')).toEqual([]);
	});

	test('sees the inner one of brackets in brackets', () => {
		expect(hasDirectives('[a boat [Push in] sails]')).toBe(true);
	});

	test('hints carry no markup, and of a long text only its beginning', () => {
		expect(directiveHints('x [pan <a href="https://evil.example">sign in</a>]')).toEqual([
			'[pan ‹a href="https://evil.example"›sign in‹/a›] in the prompt is not a camera movement that Hailuo knows. Did you mean [Pan left]?',
		]);
		const [long] = directiveHints(`x [zoom into ${'the sea '.repeat(500)}]`);
		expect(long).toMatch(/^\[zoom into the sea .{30,50}…\] in the prompt .+ \[Zoom in\]\?$/);
		expect(directiveHints(`x [${'Pan left,'.repeat(200)}]`).join()).toMatch(/^\[Pan left,.{50}…\]/);
	});
});

describe('quoted texts', () => {
	test.each([
		['a  \n\t b\0', 'a b'],
		['<img src=x onerror=alert(1)>', '‹img src=x onerror=alert(1)›'],
		['Tom & Jerry &lt;b&gt; &#60; ?a=1&b=2', 'Tom & Jerry ＆lt;b＆gt; ＆#60; ?a=1＆b=2'],
		['x'.repeat(60), 'x'.repeat(60)],
		['x'.repeat(61), `${'x'.repeat(59)}…`],
		[`${' '.repeat(10_000)}a${' '.repeat(10_000)}b`, 'a…'],
		['😀'.repeat(70), `${'😀'.repeat(59)}…`],
		['', ''],
	])('%j', (text, expected) => expect(quoted(text)).toBe(expected));

	test('never hold markup, nor more than asked for', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 200 }),
				fc.integer({ min: 2, max: 80 }),
				(text, most) => {
					const result = quoted(text, most);
					expect(result).not.toMatch(/[<>\n]|&[#\w]/);
					expect(characterCount(result)).toBeLessThanOrEqual(most);
				},
			),
		);
	});

	test('characters are counted as people do', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(characterCount(text)).toBe([...text].length);
			}),
		);
	});
});

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

test.each([
	['localhost', true],
	['127.0.0.1', true],
	['10.1.2.3', true],
	['172.20.0.1', true],
	['192.168.1.1', true],
	['169.254.169.254', true],
	['100.64.0.1', true],
	['[::1]', true],
	['[fd00::1]', true],
	['[fe80::1]', true],
	['[::ffff:10.0.0.1]', true],
	['[::ffff:a00:1]', true],
	['metadata.google.internal', true],
	['printer.local', true],
	['intranet', true],
	['localhost.localdomain', true],
	['db.localdomain.', true],
	['kubernetes.default.svc', true],
	['api.shop.svc.cluster.local', true],
	['nas.home.arpa', true],
	['home.arpa', true],
	['[2002:a00:1::]', true],
	['[2002:7f00:1::1]', true],
	['[2001:0:4136:e378:8000:63bf:3fff:fdd2]', true],
	['[64:ff9b::a00:1]', true],
	['[64:ff9b:1::808:808]', true],
	['[::127.0.0.1]', true],
	['[::808:808]', true],
	['[::ffff:0:10.0.0.1]', true],
	['[::ffff:0:a00:1]', true],
	['[2001:db8::1]', true],
	['[ff02::1]', true],
	['[1:2:3]', true],
	['192.0.0.170', true],
	['a'.repeat(300), true],
	[`${'a.'.repeat(200)}com`, true],
	['localdomain.example.com', false],
	['svc.example.com', false],
	['mysvc.com', false],
	['home.arpa.example.com', false],
	['192.0.78.9', false],
	['[2002:5db8:d822::1]', false],
	['[2001:4860:4860::8888]', false],
	['[64:ff9b::5db8:d822]', false],
	['[::ffff:93.184.216.34]', false],
	['example.com', false],
	['93.184.216.34', false],
	['172.32.0.1', false],
	['[2606:2800:220:1::1]', false],
	['[::ffff:5db8:d822]', false],
])('%s is private: %s', (host, expected) => {
	expect(isPrivateHost(host)).toBe(expected);
});

test('Retry-After in seconds, as a date, and nonsense', () => {
	const now = Date.parse('2026-11-21T10:00:00Z');
	expect(retryAfter({ 'retry-after': '3' }, now)).toBe(3000);
	expect(retryAfter({ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, now)).toBe(30_000);
	expect(retryAfter({ 'retry-after': 'soon' }, now)).toBeUndefined();
	expect(retryAfter({}, now)).toBeUndefined();
});

describe('schedule', () => {
	const usual = {
		earliest: 15_000,
		typical: 120_000,
		scout: true,
		failures: 0,
		random: 0.5,
	};

	const times = (time: number) => ({ shortest: time, longest: time * 1.2, count: 3 });

	test('does not look before the task can be ready, unless the person says how often', () => {
		expect(nextLook(usual)).toBeGreaterThanOrEqual(14_000);
		expect(nextLook({ ...usual, fixedInterval: 2000 })).toBe(2000);
	});

	test('keeps a fixed interval', () => {
		expect(nextLook({ ...usual, lastLook: 50_000, fixedInterval: 7000 })).toBe(57_000);
	});

	test('waits at least as long as the vendor asks for', () => {
		for (const random of [0, 0.5, 0.99]) {
			const next = nextLook({ ...usual, lastLook: 20_000, retryAfter: 45_000, random });
			expect(next).toBeGreaterThanOrEqual(65_000);
		}
	});

	test('backs off after failures, within bounds', () => {
		const gap = (failures: number) => nextLook({ ...usual, lastLook: 20_000, failures }) - 20_000;
		expect(gap(6)).toBeGreaterThan(gap(1));
		expect(gap(50)).toBeLessThanOrEqual(66_000);
	});

	test('looks again in a finite time, later than before, for any input', () => {
		for (const lastLook of [0, 15_000, 120_000, 3_600_000]) {
			for (const learned of [undefined, times(20_000), times(240_000)]) {
				for (const scout of [true, false]) {
					const next = nextLook({ ...usual, lastLook, learned, scout });
					expect(next).toBeGreaterThan(lastLook);
					expect(next - lastLook).toBeLessThanOrEqual(66_000);
				}
			}
		}
	});
});

test('slots let no more than their number run, and go on after a failure', async () => {
	const slots = new Slots(2);
	let running = 0;
	let most = 0;
	const job = async (fails: boolean) => {
		most = Math.max(most, ++running);
		await new Promise((resolve) => setImmediate(resolve));
		running--;
		if (fails) throw new Error('one fails');
	};
	const results = await Promise.allSettled(
		Array.from({ length: 9 }, (_, index) => slots.run(async () => await job(index === 3))),
	);
	expect(most).toBe(2);
	expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
});

test('lists read like a sentence', () => {
	expect([list([]), list([1]), list([1, 2]), list([1, 2, 3], 'and')]).toEqual([
		'',
		'1',
		'1 or 2',
		'1, 2 and 3',
	]);
});

test('an item leaves out what is not known', () => {
	const reference = { provider: 'minimax', kind: 'v1', id: '1' };
	expect(taskItem({ reference, status: 'queued', videos: [], raw: { big: true } })).toEqual({
		taskRef: 'minimax:v1:1',
		provider: 'minimax',
		taskId: '1',
		status: 'queued',
	});
	const videos = [{ url: 'https://a' }, { url: 'https://b' }];
	expect(taskItem({ reference, status: 'completed', videos }, { simplify: false })).toMatchObject({
		progress: 100,
		videoUrl: 'https://a',
		videos,
	});
});
