import { parseJson } from '../../video/json';

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
