import { VendorError } from '../../video/failure';
import type { TaskPage } from '../../video/provider';
import { taskKinds, testedVendors } from '../support/vendors';
import { create, providerOf, vendorError } from './ask';
import { everywhere, link, look, requestOf } from './everywhere';
import { fakeConnection } from './fakeConnection';
import { baseUrls, uuid } from './forms';
import { bodiesOf, type Path, paths, replaced } from './spoil';

/** What people see of an outcome; the vendor's own words are theirs. */
function seen(outcome: unknown): unknown {
	if (outcome instanceof VendorError) {
		const { category, outcome: carriedOut, fromVendor, code } = outcome;
		return { category, carriedOut, fromVendor, code };
	}
	if (Array.isArray(outcome)) return outcome.map(seen);
	if (typeof outcome !== 'object' || outcome === null) return outcome;
	if ('tasks' in outcome) return { ...outcome, tasks: (outcome as TaskPage).tasks.map(seen) };
	return { ...outcome, raw: undefined };
}

describe.each(everywhere)('null in the answers of %s (%s)', (vendor, kind) => {
	const provider = providerOf(vendor);
	const outcomes = async (body: unknown, id: string) => {
		const connection = () => fakeConnection(baseUrls[vendor], [{ body }]);
		const reference = { provider: vendor, kind, id };
		return await Promise.all([
			provider.status(connection(), [reference], [{}]).catch(vendorError).then(seen),
			provider.create(connection(), requestOf(vendor, kind)).catch(vendorError).then(seen),
			provider.list?.(connection(), {}).catch(vendorError).then(seen),
		]);
	};
	const fields = bodiesOf(vendor).flatMap((body) =>
		paths(body)
			.filter((path) => path.length > 0)
			.map((path): [string, unknown, Path] => [path.join('.'), body, path]),
	);

	test('is the same as a field that is left out', async () => {
		expect(fields.length).toBeGreaterThan(10);
		for (const [name, body, path] of fields) {
			// Runware's answers say whose they are.
			const [, id = uuid] = /"taskUUID":"([^"]+)"/.exec(JSON.stringify(body)) ?? [];
			const asNull = await outcomes(replaced(body, path, null), id);
			const leftOut = await outcomes(replaced(body, path, undefined), id);
			expect({ name, outcomes: asNull }).toEqual({ name, outcomes: leftOut });
		}
	});
});

describe('null in place of a field that is not needed', () => {
	const finished = taskKinds.flatMap(({ vendor, kind, withNulls }) =>
		(withNulls?.(uuid, link) ?? []).map((body) => [vendor, kind, body] as const),
	);

	it.each(finished)('a video of %s (%s) arrives all the same', async (vendor, kind, body) => {
		const task = await look(vendor, kind, { body }, { results: 1 });
		expect({ ...task, raw: undefined, results: undefined }).toEqual({
			reference: { provider: vendor, kind, id: uuid },
			status: 'completed',
			videos: [expect.objectContaining({ url: link })],
		});
	});

	const accepted = taskKinds.flatMap(({ vendor, kind, acceptedWithNulls }) =>
		acceptedWithNulls ? [[vendor, kind, acceptedWithNulls('7')] as const] : [],
	);

	it.each(accepted)('a create of %s (%s) counts', async (vendor, kind, body) => {
		expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject({
			status: 'queued',
			reference: { id: '7' },
		});
	});
});

describe('one bad entry does not hide the good ones', () => {
	const lists = testedVendors.flatMap(({ vendor, list }) =>
		list ? [[vendor, list] as const] : [],
	);

	it.each(lists)('in the list of %s', async (vendor, { answer, entry }) => {
		const body = answer([null, 7, {}, entry(null), entry('good')]);
		const page = await providerOf(vendor).list?.(fakeConnection(baseUrls[vendor], [{ body }]), {});
		expect(page?.tasks).toMatchObject([
			{ reference: { id: 'good' }, status: 'completed', videos: [] },
		]);
	});

	it('in an answer of Runware', async () => {
		const done = { taskUUID: uuid, status: 'success', videoURL: link };
		const body = { data: [null, 7, done], errors: [null, 7] };
		expect(await look('runware', 'video', { body }, { results: 1 })).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});
});
