import fc from 'fast-check';
import { directiveHints, hasDirectives } from '../../video/camera';
import { parseJson } from '../../video/json';
import { quoted } from '../../video/text';

/** A text of any length takes time in proportion to it: n8n does nothing else meanwhile. */
const growth = 8;
/** Three times what growth explains; quadratic work would take eight times that. */
const allowed = 3 * growth;
const tries = 25;

jest.setTimeout(60_000);

/** Time of this process alone, in microseconds: others on the machine do not count. */
function timeOf(work: () => void, times: number): number {
	const start = process.cpuUsage();
	for (let count = 0; count < times; count++) work();
	const { user, system } = process.cpuUsage(start);
	return user + system;
}

/** How much longer the large work takes, each at its best of several tries in turn. */
function ratioOf(small: () => void, large: () => void): number {
	// Often enough to be measured well, and to have been compiled.
	let times = 1;
	while (timeOf(small, times) < 4000) times *= 2;
	const best = { small: Infinity, large: Infinity };
	for (let count = 0; count < tries; count++) {
		best.small = Math.min(best.small, timeOf(small, times));
		best.large = Math.min(best.large, timeOf(large, times));
		if (best.large / best.small < allowed) break;
	}
	return best.large / best.small;
}

function withoutError(work: () => unknown) {
	try {
		work();
	} catch (cause) {
		if (!(cause instanceof SyntaxError)) throw cause;
	}
}

const hostile: Array<[string, (length: number) => string]> = [
	['opening brackets', (length) => '['.repeat(length)],
	['wide brackets', (length) => '【'.repeat(length)],
	['opening brackets with words', (length) => '[Pan left'.repeat(length / 9)],
	['one bracket with many words', (length) => `[${'a,'.repeat(length / 2)}b]`],
	['one bracket with a long word', (length) => `[${'a'.repeat(length)}]`],
	['one bracket with a long camera word', (length) => `[pan ${'a'.repeat(length)}]`],
	['many small brackets', (length) => '[x]'.repeat(length / 3)],
	['spaces in a bracket', (length) => `[${' '.repeat(length)}x`],
	['quotes', (length) => '"'.repeat(length + 1)],
	['quotes and backslashes', (length) => '"\\'.repeat(length / 2)],
	['backslashes', (length) => `"${'\\'.repeat(length)}`],
	['digits', (length) => '9'.repeat(length)],
	['signs', (length) => '-'.repeat(length)],
	['markup', (length) => '<&lt;>'.repeat(length / 6)],
];

const readers: Array<[string, (text: string) => unknown]> = [
	['directiveHints', directiveHints],
	['hasDirectives', hasDirectives],
	['quoted', quoted],
	['parseJson', parseJson],
	// With a long integer in it a text is searched, without one it is not.
	['parseJson with an ID', (text) => parseJson(`[176844028768320123,${text}`)],
];

describe.each(readers)('%s', (_, read) => {
	test.each(hostile)('%s', (__, make) => {
		const [small, large] = [make(3600), make(3600 * growth)];
		const ratio = ratioOf(
			() => withoutError(() => read(small)),
			() => withoutError(() => read(large)),
		);
		expect(ratio).toBeLessThan(allowed);
	});
});

describe('parseJson', () => {
	const id = '176844028768320123';

	test('takes an answer of many megabytes', () => {
		const long = 'x"\\'.repeat(4_000_000);
		const answer = parseJson(`{"id":${id},"text":${JSON.stringify(long)}}`) as { text: string };
		expect(answer).toHaveProperty('id', id);
		expect(answer.text === long).toBe(true);
	});

	test('takes or refuses any depth', () => {
		const open = '['.repeat(100_000);
		expect(() => parseJson(`${open}${id}`)).toThrow(SyntaxError);
		const nested = parseJson(`${open}${id}${']'.repeat(100_000)}`);
		expect(Array.isArray(nested)).toBe(true);
	});

	/** Texts that hold what the search looks for. */
	const text = fc
		.array(fc.constantFrom('"', '\\', id, `:${id},`, '{', ']', ' ', 'é', '😀', '\n'))
		.map((parts) => parts.join(''));
	// JSON.parse of Node 24 takes a name with an escape for one with a backslash that it has read before.
	const name = text.map((one) => one.replaceAll('\\', ''));
	const exact = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => {
		return !Number.isInteger(number) || Number.isSafeInteger(number);
	});
	const big = fc
		.bigInt({ min: 2n ** 53n, max: 2n ** 80n })
		.chain((number) => fc.constantFrom(number, -number));
	type Value = string | number | boolean | null | bigint | Value[] | { [name: string]: Value };
	const valueOf = (leaf: fc.Arbitrary<Value>) =>
		fc.letrec<{ value: Value }>((tie) => ({
			value: fc.oneof(
				{ maxDepth: 4 },
				leaf,
				fc.array(tie('value')),
				fc.dictionary(name, tie('value'), { noNullPrototype: true }),
			),
		})).value;

	const write = (value: Value, space: string): string => {
		if (typeof value === 'bigint') return value.toString();
		if (Array.isArray(value)) {
			return `[${value.map((one) => `${space}${write(one, space)}${space}`).join(',')}]`;
		}
		if (typeof value !== 'object' || value === null) return JSON.stringify(value);
		const members = Object.entries(value).map(
			([name, one]) => `${space}${JSON.stringify(name)}${space}:${space}${write(one, space)}`,
		);
		return `{${members.join(',')}}`;
	};

	const withTexts = (value: Value): Value => {
		if (typeof value === 'bigint') return value.toString();
		if (Array.isArray(value)) return value.map(withTexts);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTexts(one)]));
	};

	test('is JSON.parse where no integer is too long', () => {
		const leaf = fc.oneof(text, exact, fc.boolean(), fc.constant(null));
		fc.assert(
			fc.property(valueOf(leaf), (value) => {
				const json = JSON.stringify(value);
				expect(parseJson(json)).toEqual(JSON.parse(json));
			}),
		);
	});

	test('keeps all digits of the others, wherever they stand', () => {
		const leaf = fc.oneof(text, exact, big);
		const space = fc.constantFrom('', ' ', '\n\t');
		fc.assert(
			fc.property(valueOf(leaf), space, (value, between) => {
				// JSON has no -0 of its own.
				const expected = JSON.parse(JSON.stringify(withTexts(value))) as Value;
				expect(JSON.parse(JSON.stringify(parseJson(write(value, between))))).toEqual(expected);
			}),
		);
	});

	test('refuses what JSON.parse refuses, and nothing else', () => {
		const parts = ['[', ']', '{', '}', ',', ':', '"', '\\', ' ', '-', '0', '.5', 'e1', '1', id];
		const texts = fc.array(fc.constantFrom(...parts), { maxLength: 8 });
		const refused = (read: (text: string) => unknown, json: string) => {
			try {
				read(json);
				return false;
			} catch (cause) {
				return cause instanceof SyntaxError;
			}
		};
		fc.assert(
			fc.property(texts, (made) => {
				const json = made.join('');
				expect(refused(parseJson, json)).toBe(refused(JSON.parse, json));
			}),
			{
				numRuns: 20_000,
				examples: [[['{', id, ':', '1', '}']], [['0', id]], [['[', '-', '0', id, ']']]],
			},
		);
	});
});
