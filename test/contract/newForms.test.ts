import type { VideoTask } from '../../video/task';
import { taskKinds } from '../support/vendors';
import { link, look } from './everywhere';
import { uuid } from './forms';

describe('a video in a form that is new', () => {
	const other = 'https://files.example.com/other.mp4';

	it.each<[string, unknown]>([
		['a link', link],
		['a list of links', [link]],
		['[{ videoUrl }]', [{ videoUrl: link }]],
		['[{ url }]', [null, { url: link }]],
		['{ video_url }', { video_url: link }],
		['{ url }', { url: link, thumbnailUrl: other }],
		['{ videos }', { videos: [null, { url: link }] }],
		['videos within videos', { videos: [{ videos: [{ videoUrl: link }] }] }],
		['{ output }', { output: [link] }],
		['the same link twice', { videos: [link, { url: link }] }],
	])('arrives from Apiframe: %s', async (_, result) => {
		const body = { id: uuid, status: 'completed', result };
		expect(await look('apiframe', 'video', { body })).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});

	it.each([
		['result.data as an object', { result: { data: { url: link } } }],
		['result as a link', { result: link }],
		['a link beside a result without one', { result: { data: [null] }, url: link }],
		['the same link twice', { result: { data: [{ url: link }, { url: link }] } }],
		['data', undefined],
	])('arrives from ToAPIs: %s', async (_, fields) => {
		const task = { id: uuid, status: 'SUCCESS', ...fields };
		const body = fields ? task : { success: true, data: { ...task, result: { data: [link] } } };
		expect((await look('toapis', 'video', { body })) as VideoTask).toMatchObject({
			status: 'completed',
			videos: [{ url: link }],
		});
	});

	it.each<[string, object]>([
		['data as an object', { data: { taskUUID: uuid, status: 'success', videoURL: link } }],
		['a status in capitals', { data: [{ taskUUID: uuid, status: 'SUCCESS', videoURL: link }] }],
		[
			'the same result twice',
			{
				data: [
					{ taskUUID: uuid, status: 'success', videoUUID: 'a', videoURL: link },
					{ taskUUID: uuid, status: 'success', videoUUID: 'a', videoURL: other },
					{ taskUUID: uuid, status: 'success', videoURL: link },
				],
			},
		],
	])('arrives from Runware: %s', async (_, body) => {
		const task = (await look('runware', 'video', { body }, { results: 1 })) as VideoTask;
		expect(task).toMatchObject({ status: 'completed' });
		expect(task.videos).toEqual([{ url: link }]);
	});

	it.each<[string, object]>([
		[
			'errors as an object',
			{ errors: { taskUUID: uuid, status: 'error', code: 'timeoutProvider', message: 'Slow' } },
		],
		[
			'a status in capitals',
			{ data: [{ taskUUID: uuid, status: 'ERROR', code: 'timeoutProvider', message: 'Slow' }] },
		],
		['an error as words', { data: [{ taskUUID: uuid, status: 'error', error: 'Slow' }] }],
		['an error as words beside the ID', { error: 'Slow', taskUUID: uuid }],
	])('a failure at Runware is told: %s', async (_, body) => {
		expect(await look('runware', 'video', { body }, { results: 1 })).toMatchObject({
			status: 'failed',
			failure: { message: expect.stringContaining('(“Slow”)') },
		});
	});

	it.each(['POLISHING', 'constructor', '3'])(
		'the new status %s is a task that runs',
		async (word) => {
			for (const { vendor, kind, answered } of taskKinds) {
				if (!answered) continue;
				const body = answered([{ id: uuid, status: word }]);
				expect(await look(vendor, kind, { body })).toMatchObject({
					status: 'processing',
					videos: [],
				});
			}
		},
	);
});
