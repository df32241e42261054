import fc from 'fast-check';
import { list } from '../../video/list';
import { characterCount, quoted } from '../../video/text';

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

test('lists read like a sentence', () => {
	expect([list([]), list([1]), list([1, 2]), list([1, 2, 3], 'and')]).toEqual([
		'',
		'1',
		'1 or 2',
		'1, 2 and 3',
	]);
});
