import type { VideoTask } from '../../video/task';
import { ask, plainCreate, providerOf } from './ask';
import { type FakeAnswer, fakeConnection, startOfTime } from './fakeConnection';
import { baseUrls, produce } from './forms';

const minimax = providerOf('minimax');
const url = 'https://video-product.cdn.minimax.io/output.mp4';
const seconds = startOfTime / 1000;
const h3 = (id: string, fields: object = {}) => ({
	id,
	model: 'MiniMax-H3',
	status: 'queued',
	resolution: '2K',
	duration: 5,
	created_at: seconds + 1,
	...fields,
});
const page = (items: unknown[], more: object = {}): FakeAnswer => ({ body: { items, ...more } });
/** A page that is full, of tasks that are not ours. */
const full = (created: number, ...own: object[]) =>
	page([
		...own,
		...Array.from({ length: 50 - own.length }, (_, index) =>
			h3(`other-${created}-${index}`, { created_at: created, model: 'MiniMax-H3-Max' }),
		),
	]);
const idsOf = (tasks: readonly VideoTask[] = []) => tasks.map(({ reference }) => reference.id);

describe('a lost create at MiniMax', () => {
	const request = produce(minimax, {
		mode: 'textToVideo',
		model: 'MiniMax-H3',
		resolution: '2K',
		duration: 5,
	});
	const sent = { from: startOfTime, to: startOfTime + 60_000 };
	const recover = async (answers: FakeAnswer[], lost = request) => {
		const connection = fakeConnection(baseUrls.minimax, answers);
		const recovery = await minimax.recover?.(connection, lost, sent);
		const { candidates } = { candidates: undefined, ...recovery };
		const pages = connection.requests.map(({ url: asked }) =>
			new URL(asked).searchParams.get('page_num'),
		);
		return { recovery, ids: idsOf(candidates), pages };
	};

	it('may be any task of the same model and output that was made meanwhile', async () => {
		const { ids } = await recover([
			page([
				h3('too late', { created_at: seconds + 91 }),
				h3('at the end', { created_at: seconds + 90 }),
				h3('in other letters', { model: 'minimax-h3', resolution: '2k' }),
				h3('without facts', { model: null, resolution: null, duration: null, created_at: null }),
				h3('of another model', { model: 'MiniMax-H3-Max' }),
				h3('longer', { duration: 6 }),
				h3('smaller', { resolution: '768P' }),
				h3('a text', { task_type: 'h3_context_ir' }),
				h3('at the start', { created_at: seconds - 30 }),
				h3('too early', { created_at: seconds - 31 }),
			]),
		]);
		expect(ids).toEqual(['at the end', 'in other letters', 'without facts', 'at the start']);
	});

	it('is found behind many newer tasks, and nothing older is read', async () => {
		const { ids, pages } = await recover([
			full(seconds + 600),
			full(seconds + 300),
			full(seconds - 60, h3('mine')),
			page([h3('older', { created_at: seconds - 60 })]),
		]);
		expect(ids).toEqual(['mine']);
		expect(pages).toEqual(['1', '2', '3']);
	});

	it('counts once when it has moved to the next page meanwhile', async () => {
		const { ids } = await recover([full(seconds + 2, h3('mine')), page([h3('mine')])]);
		expect(ids).toEqual(['mine']);
	});

	it('was surely not made when the list has none like it', async () => {
		const { recovery } = await recover([page([h3('older', { created_at: seconds - 31 })])]);
		expect(recovery).toEqual({ notCreated: true });
		expect((await recover([page([])])).recovery).toEqual({ notCreated: true });
		expect((await recover([{ body: { items: null, total: 0 } }])).recovery).toEqual({
			notCreated: true,
		});
	});

	it.each([
		['has an entry that cannot be read', page([{ status: 'queued' }])],
		['does not end', full(seconds + 10)],
	])('is left to the person when the list %s', async (_, answer) => {
		expect((await recover([answer])).recovery).toEqual({ unclear: '' });
	});

	it.each([
		['without items', {}],
		['without items and with a total', { items: null, total: 3 }],
	])('is asked for again after a list %s', async (_, body) => {
		await expect(recover([{ body }])).rejects.toMatchObject({ retryable: true });
	});

	it('cannot be looked up when it is of the first generation', async () => {
		const { recovery, pages } = await recover([page([])], plainCreate('minimax'));
		expect(recovery).toEqual({ unclear: '' });
		expect(pages).toEqual([]);
	});
});

describe('the list of MiniMax', () => {
	const list = async (answer: FakeAnswer, filter: object, at?: string) =>
		await minimax.list?.(fakeConnection(baseUrls.minimax, [answer]), filter, at);

	it('ends where older tasks begin', async () => {
		const createdAfter = startOfTime + 1500;
		const found = await list(full(seconds - 60, h3('mine')), { createdAfter });
		expect(idsOf(found?.tasks)).toEqual(['mine']);
		expect(found).not.toHaveProperty('next');
		expect(await list(full(seconds + 60), { createdAfter })).toMatchObject({ next: '2' });
	});

	it.each([
		['a full page', full(seconds), '1', '2'],
		['a short page', page([h3('a')]), '1', undefined],
		['an empty page', page([], { total: 90 }), '3', undefined],
		['a full page that makes the total up', page([h3('a')], { total: 51 }), '2', undefined],
		['a page that is shorter than was asked for', page([h3('a')], { total: 90 }), '1', '2'],
	])('goes on or ends after %s', async (_, answer, at, next) => {
		expect((await list(answer, {}, at))?.next).toBe(next);
	});
});

describe('videos of the first generation', () => {
	const status = { task_id: '1', status: 'Success', base_resp: { status_code: 0 } };
	const askFor = async (query: object, file?: unknown) => {
		const connection = fakeConnection(baseUrls.minimax, [
			{ body: { ...status, ...query } },
			{ body: { file, base_resp: { status_code: 0 } } },
		]);
		const reference = { provider: 'minimax', kind: 'v1', id: '1' };
		const [answer] = await minimax.status(connection, [reference], [{}]);
		return { answer, requests: connection.requests.length };
	};

	it.each([
		['no file', { file_id: '' }, undefined, 1],
		['a file of null', { file_id: null }, undefined, 1],
		['no link', { file_id: '7' }, { download_url: '' }, 2],
		['links of null', { file_id: '7' }, { download_url: null, backup_download_url: null }, 2],
		['a file without anything', { file_id: '7' }, null, 2],
	])('a completed task with %s has no link', async (_, query, file, requests) => {
		expect(await askFor(query, file)).toMatchObject({
			answer: { status: 'completed', videos: [] },
			requests,
		});
	});

	it.each([
		['the link beside a backup of null', { download_url: url, backup_download_url: null }, url],
		['the backup beside a link of null', { download_url: null, backup_download_url: url }, url],
		[
			'the backup beside a link that is none',
			{ download_url: 'h ttp:', backup_download_url: url },
			url,
		],
		['a link without a scheme', { download_url: 'www.example.com/a' }, 'https://www.example.com/a'],
	])('%s is taken', async (_, file, link) => {
		const { answer } = await askFor({ file_id: '7' }, file);
		expect(answer).toMatchObject({ status: 'completed', videos: [{ url: link }] });
	});

	it('a template whose link is missing is completed without one', async () => {
		const body = { ...status, video_url: null };
		expect(await ask('minimax', { body }, { kind: 'template', id: '1' })).toMatchObject({
			status: 'completed',
			videos: [],
		});
	});
});

describe('many tasks of the second generation in one question', () => {
	const references = ['1', '2'].map((id) => ({ provider: 'minimax', kind: 'v2', id }));
	const askBoth = async (answers: FakeAnswer[]) => {
		const connection = fakeConnection(baseUrls.minimax, answers);
		const found = await minimax.status(connection, references, [{}, {}]);
		return { found, requests: connection.requests.length };
	};

	it('keeps completed tasks without a link', async () => {
		const done = (id: string) => h3(id, { status: 'succeeded', content: { url: null } });
		expect(await askBoth([page([done('1'), done('2')])])).toMatchObject({
			found: [
				{ status: 'completed', videos: [] },
				{ status: 'completed', videos: [] },
			],
			requests: 1,
		});
	});

	it.each([
		['input', 'invalid params (2013)'],
		['an ID', 'invalid task_id (2013)'],
	])('asks for each alone when the list refuses %s', async (_, message) => {
		const refused = { status: 400, body: { type: 'error', error: { type: 'bad', message } } };
		const alone = { body: { task: h3('1', { status: 'running' }) } };
		expect(await askBoth([refused, alone])).toMatchObject({
			found: [
				{ status: 'processing', reference: { id: '1' } },
				{ status: 'processing', reference: { id: '2' } },
			],
			requests: 3,
		});
	});
});
