import fc from 'fast-check';
import { VendorError } from '../../video/failure';
import { providerOf, vendorError } from './ask';
import { everywhere, requestOf } from './everywhere';
import { type FakeAnswer, fakeConnection } from './fakeConnection';
import { baseUrls, uuid } from './forms';
import { bodiesOf, paths, replaced } from './spoil';

/** Ends in a task, a list, a link or a VendorError; anything else rejects. */
async function tryAll(vendor: string, kind: string, answer: FakeAnswer) {
	const provider = providerOf(vendor);
	const connection = () => fakeConnection(baseUrls[vendor], [answer]);
	const reference = { provider: vendor, kind, id: uuid };
	const request = requestOf(vendor, kind);
	const file = {
		name: 'frame.png',
		mimeType: 'image/png',
		size: 3,
		digest: '',
		read: async () => new Uint8Array(3),
	};
	const statuses = await provider
		.status(connection(), [reference, reference], [{}, {}])
		.catch(vendorError);
	const outcomes = await Promise.all([
		provider.create(connection(), request).catch(vendorError),
		provider.recover?.(connection(), request, { from: 0, to: 0 }).catch(vendorError),
		provider.list?.(connection(), { createdAfter: 0 }).catch(vendorError),
		provider.upload?.(connection(), file).catch(vendorError),
		provider.cancellable?.includes(kind)
			? provider.cancel?.(connection(), reference).catch(vendorError)
			: undefined,
	]);
	for (const one of statuses instanceof VendorError ? [] : statuses) {
		if (one instanceof VendorError) continue;
		expect(typeof one.status).toBe('string');
		if (one.status !== 'completed') expect(one.videos).toEqual([]);
		for (const { url } of one.videos) expect(url).toMatch(/^https?:/);
	}
	return outcomes;
}

const oddValues: readonly unknown[] = [
	null,
	'',
	'constructor',
	'__proto__',
	-1,
	1e21,
	2 ** 53,
	true,
	[],
	{},
	[null],
	[[]],
	'x'.repeat(500),
];

const oddValue = fc.oneof(fc.constantFrom(...oddValues), fc.jsonValue({ maxDepth: 2 }));

const oddBody = (vendor: string) =>
	fc.oneof(
		{
			weight: 4,
			arbitrary: fc
				.tuple(fc.constantFrom(...bodiesOf(vendor)), fc.nat(), oddValue)
				.map(([body, where, value]) => {
					const all = paths(body);
					return replaced(body, all[where % all.length], value);
				}),
		},
		{ weight: 1, arbitrary: fc.jsonValue() },
		{ weight: 1, arbitrary: fc.string() },
	);

const httpStatus = fc.oneof(
	fc.constant(200),
	fc.constantFrom(201, 204, 302, 400, 401, 404, 429, 500, 503),
);

describe.each(everywhere)('malformed answers of %s (%s)', (vendor, kind) => {
	test('with one value that is odd end in a task or in a VendorError', async () => {
		const failures: string[] = [];
		for (const body of bodiesOf(vendor)) {
			for (const path of paths(body)) {
				for (const value of oddValues) {
					const answer = { body: replaced(body, path, value) };
					await tryAll(vendor, kind, answer).catch((cause: unknown) => {
						failures.push(`${String(cause)} for ${JSON.stringify(answer.body)}`);
					});
				}
			}
		}
		expect(failures).toEqual([]);
	});

	it('of any kind end in a task or in a VendorError', async () => {
		await fc.assert(
			fc.asyncProperty(oddBody(vendor), httpStatus, async (body, status) => {
				await tryAll(vendor, kind, { status, body });
			}),
			{ numRuns: 300, seed: 20261121 },
		);
	});

	it.each(['', '<html>502 Bad Gateway</html>', '{"task', 'null', '[]', '0', '"ok"'])(
		'the text %j is no success',
		async (body) => {
			for (const status of [200, 429, 502]) {
				const [created] = await tryAll(vendor, kind, { status, body });
				expect(created).toBeInstanceOf(VendorError);
			}
		},
	);
});
