import { VendorError } from '../../video/failure';
import type { TaskPage } from '../../video/provider';
import { create, providerOf, vendorError } from './ask';
import { everywhere, idAt, link, look, requestOf } from './everywhere';
import { fakeConnection } from './fakeConnection';
import { baseUrls, uuid } from './forms';
import type { Path } from './spoil';
import { bodiesOf, paths, replaced } from './spoil';

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
			const [, id = idAt(vendor)] = /"taskUUID":"([^"]+)"/.exec(JSON.stringify(body)) ?? [];
			const asNull = await outcomes(replaced(body, path, null), id);
			const leftOut = await outcomes(replaced(body, path, undefined), id);
			expect({ name, outcomes: asNull }).toEqual({ name, outcomes: leftOut });
		}
	});
});

/** Finished tasks in which null stands for all that may be absent. */
const bare: Array<[vendor: string, kind: string, body: object]> = [
	[
		'minimax',
		'template',
		{
			task_id: null,
			base_resp: null,
			status: 'Success',
			video_url: link,
			file_id: null,
			video_width: null,
		},
	],
	[
		'minimax',
		'v2',
		{
			task: {
				id: '1',
				status: 'succeeded',
				model: null,
				error: null,
				content: { url: link },
				created_at: null,
				updated_at: null,
				duration: null,
				resolution: null,
			},
		},
	],
	[
		'minimax',
		'v2',
		{
			task: {
				id: '1',
				status: 'succeeded',
				error: { code: null, message: null },
				content: { url: link },
			},
		},
	],
	[
		'toapis',
		'video',
		{
			id: '1',
			status: 'completed',
			model: null,
			progress: null,
			created_at: null,
			completed_at: null,
			expires_at: null,
			error: null,
			result: null,
			url: link,
		},
	],
	[
		'runware',
		'video',
		{
			data: [
				{
					taskUUID: uuid,
					status: null,
					videoUUID: null,
					videoURL: link,
					cost: null,
					progress: null,
					error: null,
				},
			],
			errors: null,
			error: null,
		},
	],
	[
		'apiframe',
		'video',
		{
			id: '1',
			status: 'COMPLETED',
			model: null,
			progress: null,
			result: { videoUrl: link },
			error: null,
			creditCost: null,
			createdAt: null,
			completedAt: null,
			expired: null,
		},
	],
];

describe('null in place of a field that is not needed', () => {
	it.each(bare)('a video of %s (%s) arrives all the same', async (vendor, kind, body) => {
		const task = await look(vendor, kind, { body }, { results: 1 });
		expect({ ...task, raw: undefined, results: undefined }).toEqual({
			reference: { provider: vendor, kind, id: idAt(vendor) },
			status: 'completed',
			videos: [expect.objectContaining({ url: link })],
		});
	});

	it.each([
		['minimax', 'v1', { task_id: '7', base_resp: null }],
		['minimax', 'v2', { task_id: '7', error: null }],
		['toapis', 'video', { id: null, task_id: '7', status: null, error: null }],
		['apiframe', 'video', { jobId: '7', status: null, error: null }],
	])('a create of %s (%s) counts', async (vendor, kind, body) => {
		expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject({
			status: 'queued',
			reference: { id: '7' },
		});
	});
});

describe('one bad entry does not hide the good ones', () => {
	it.each([
		[
			'minimax',
			{
				items: [
					null,
					7,
					{},
					{ id: null, status: 'queued' },
					{ id: 'good', status: 'succeeded', model: null, content: null },
				],
			},
		],
		[
			'apiframe',
			{
				jobs: [
					null,
					7,
					{},
					{ id: null, status: 'QUEUED' },
					{ id: 'good', status: 'COMPLETED', model: 'hailuo-02', result: null },
				],
			},
		],
	])('in the list of %s', async (vendor, body) => {
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
