import fc from 'fast-check';
import { videoFileName } from '../../video/fileName';

const named = (wish?: string, number = 1, extension = 'mp4') =>
	videoFileName({ wish, id: '106916112212032', number }, extension);

test.each([
	['Red sneaker', 'Red sneaker.mp4'],
	['red-sneaker.mp4', 'red-sneaker.mp4'],
	['clip.MOV', 'clip.mp4'],
	['v1.2 final', 'v1.2 final.mp4'],
	['a/b\\c', 'a b c.mp4'],
	['../../etc/passwd', 'etc passwd.mp4'],
	['what? "this": <that>|*', 'what this that.mp4'],
	['line one\r\nline\ttwo\u0000', 'line one line two.mp4'],
	['CON', '_CON.mp4'],
	['con.mp4', '_con.mp4'],
	['aux.tar', '_aux.tar.mp4'],
	['lpt¹', '_lpt¹.mp4'],
	['console', 'console.mp4'],
	['ends with dots...', 'ends with dots.mp4'],
	['.hidden', 'hidden.mp4'],
	['-rf', 'rf.mp4'],
	['invoice\u202e4pm.exe', 'invoice 4pm.exe.mp4'],
	['Größe 👟👨‍👩‍👧 日本', 'Größe 👟👨‍👩‍👧 日本.mp4'],
	['Gro\u0308ße', 'Größe.mp4'],
	['half \ud83d emoji', 'half emoji.mp4'],
	['', 'hailuo-106916112212032.mp4'],
	[' ... ', 'hailuo-106916112212032.mp4'],
	['///', 'hailuo-106916112212032.mp4'],
	['.mp4', 'mp4.mp4'],
	[undefined, 'hailuo-106916112212032.mp4'],
])('%j becomes %j', (wish, name) => {
	expect(named(wish)).toBe(name);
});

test('several videos are numbered, and the extension is that of the file', () => {
	expect(named('boat.mp4', 2, 'webm')).toBe('boat-2.webm');
	expect(named(undefined, 3)).toBe('hailuo-106916112212032-3.mp4');
});

test('what is too long is cut between characters, and keeps its number and extension', () => {
	const name = named('👟'.repeat(300), 4);
	expect(name).toMatch(/^(👟){48}-4\.mp4$/u);
	expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
});

/** Pieces that make names unsafe, mixed with any text. */
const wishes = fc
	.array(
		fc.oneof(
			fc.fullUnicodeString({ maxLength: 60 }),
			fc.string16bits({ maxLength: 20 }),
			fc.constantFrom('con', 'NUL', 'com1', 'LPT²', '.', '..', ' ', '/', '\\', '-', '.mp4', '👨‍👩‍👧'),
			fc.constantFrom('\u0000', '\n', '\u007f', '\u0085', '\u2028', '\u202e', '\u200d', '\ud83d'),
			fc.constantFrom('a'.repeat(300), '日'.repeat(200)),
		),
		{ maxLength: 8 },
	)
	.map((pieces) => pieces.join(''));

test('every name is safe on every system, whatever was written', () => {
	const windows = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;
	fc.assert(
		fc.property(wishes, fc.integer({ min: 1, max: 4 }), (wish, number) => {
			const name = named(wish, number);
			expect(name).not.toMatch(/[\\/:*?"<>|\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
			expect(name).not.toMatch(windows);
			expect(name).not.toMatch(/^[\s.-]|[\s.]$|[\s.\u200d](-\d)?\.mp4$/);
			expect(name).toMatch(number > 1 ? new RegExp(`^.+-${number}\\.mp4$`, 'su') : /^.+\.mp4$/su);
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
			// Who takes the name of a file for the next one gets the same.
			expect(named(name)).toBe(name);
		}),
		{ numRuns: 5000 },
	);
});
