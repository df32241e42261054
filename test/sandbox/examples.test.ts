import { randomUUID } from 'node:crypto';

import type { Vendor } from '../../sandbox/config';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import { call, form } from './client';
import { testedVendors } from '../support/vendors';
import type { Example } from '../support/vendors/vendor';
import { png } from './images';

/** Every key of the sample must be in the answer, with a value of the same type. */
function expectShape(answer: unknown, sample: unknown, path = 'answer'): void {
	if (sample === null) return;
	if (Array.isArray(sample)) {
		if (!Array.isArray(answer)) throw new Error(`${path} is not an array`);
		if (sample.length > 0) expectShape(answer[0], sample[0], `${path}[0]`);
		return;
	}
	if (typeof answer !== typeof sample) {
		throw new Error(`${path} is ${typeof answer}, the sample has ${typeof sample}`);
	}
	if (typeof sample !== 'object') return;
	for (const [key, value] of Object.entries(sample as object)) {
		expectShape((answer as Record<string, unknown>)[key], value, `${path}.${key}`);
	}
}

const find = (vendor: Vendor, kind: string): Example => {
	const example = testedVendors
		.find((one) => one.vendor === vendor)
		?.examples.find((one) => one.kind === kind);
	if (!example) throw new Error(`no example ${vendor} ${kind}`);
	return example;
};

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 10, rateLimits: false } });
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

const replay = async (
	provider: Vendor,
	kind: string,
	change: { path?: string; body?: unknown; key?: string } = {},
) => {
	const { request, response } = find(provider, kind);
	const answer = await call(sandbox, provider, change.path ?? request.path ?? '', {
		method: request.method,
		body: change.body ?? request.body,
		key: change.key,
	});
	expect({
		status: answer.status,
		text: answer.status === response.status || answer.text,
	}).toEqual({ status: response.status, text: true });
	expectShape(answer.json, response.body);
	return answer;
};

describe('the documented examples', () => {
	const keys = { 'with a key': undefined, 'with a bad key': 'sk-bad', 'without a key': '' };
	const replayed = testedVendors.flatMap(({ vendor, samples }) =>
		Object.entries(samples).flatMap(([kind, { form, ask, error, replay: told }]) => {
			const how = told ?? (form && !ask && !error ? 'with a key' : undefined);
			return how ? [{ vendor, kind, how, code: error?.code ?? '' }] : [];
		}),
	);

	it.each(replayed)('$vendor $kind, $how', async ({ vendor, kind, how, code }) => {
		const { text } = await replay(vendor, kind, { key: keys[how] });
		expect(text).toContain(code);
	});
});

describe('the documented examples of MiniMax and ToAPIs', () => {
	it('minimax v1.query.success and v1.files.retrieve', async () => {
		const { json: created } = await replay('minimax', 'v1.create.t2v');
		sandbox.advance(10_000);
		const { json: task } = await replay('minimax', 'v1.query.success', {
			path: `/v1/query/video_generation?task_id=${created.task_id}`,
		});
		expect(task).toMatchObject({ status: 'Success', video_width: 1920, video_height: 1080 });
		await replay('minimax', 'v1.files.retrieve', {
			path: `/v1/files/retrieve?file_id=${task.file_id}`,
		});
	});

	it('minimax template.query.success', async () => {
		const { json: created } = await replay('minimax', 'template.create');
		sandbox.advance(10_000);
		await replay('minimax', 'template.query.success', {
			path: `/v1/query/video_template_generation?task_id=${created.task_id}`,
		});
	});

	it('minimax v2 queries and delete', async () => {
		const { json: created } = await replay('minimax', 'v2.create.t2va');
		const path = `/v2/query/video_generation/${created.task_id}`;
		sandbox.advance(5_000);
		expect((await call(sandbox, 'minimax', path)).json.task.status).toBe('running');
		sandbox.advance(5_000);
		await replay('minimax', 'v2.query.succeeded', { path });
		const source = { model: 'MiniMax-H3', source_task_id: created.task_id, resolution: '2K' };
		const { json: again } = await replay('minimax', 'v2.regenerate.source_task', { body: source });
		await replay('minimax', 'v2.delete', { path: `/v2/video_generation/${again.task_id}` });
	});

	it('toapis status_queued, status_in_progress, status_completed', async () => {
		const { json: created } = await replay('toapis', 'submit_t2v');
		const path = `/v1/videos/generations/${created.id}`;
		expect((await replay('toapis', 'status_queued', { path })).json.status).toBe('queued');
		sandbox.advance(5_000);
		const { json: running } = await replay('toapis', 'status_in_progress', { path });
		expect(running.status).toBe('in_progress');
		sandbox.advance(5_000);
		const { json: done } = await replay('toapis', 'status_completed', { path });
		expect(done.expires_at - done.completed_at).toBe(86_400);
	});

	it('toapis uploads', async () => {
		const upload = async (path: string, bytes: Buffer, name: string) =>
			await call(sandbox, 'toapis', path, { body: form(bytes, name) });
		const ok = find('toapis', 'upload_image_ok').response.body;
		expectShape((await upload('/v1/uploads/images', png(8, 8), 'a.png')).json, ok);
		const refused = await upload('/v1/uploads/images', Buffer.from('not an image at all'), 'a.png');
		expect(refused.status).toBe(400);
		expectShape(refused.json, find('toapis', 'upload_image_bad_type').response.body);
	});
});

describe('the documented examples of Runware and Apiframe', () => {
	it('runware t2v_task_and_final_result, poll_processing, task_details', async () => {
		const { request, response } = find('runware', 't2v_task_and_final_result');
		const [task] = request.body as [Record<string, unknown>];
		const taskUUID = String(task.taskUUID);
		await replay('runware', 'submit_ack', {
			body: [{ ...task, positivePrompt: 'a lighthouse', includeCost: true }],
		});
		const poll = [{ taskType: 'getResponse', taskUUID }];
		sandbox.advance(5_000);
		const { json: running } = await replay('runware', 'poll_processing', { body: poll });
		expect(running.data[0].status).toBe('processing');
		sandbox.advance(5_000);
		const { json: done } = await call(sandbox, 'runware', '', { body: poll });
		expectShape(done, response.body);
		expect(done.data[0].cost).toBe(0.49);
		await replay('runware', 'task_details', { body: [{ taskType: 'getTaskDetails', taskUUID }] });
	});

	it('runware submit_validation_error', async () => {
		const [task] = find('runware', 'submit_validation_error').request.body as [object];
		const { json } = await replay('runware', 'submit_validation_error', {
			body: [{ ...task, model: 'minimax:1@1', positivePrompt: 'a lighthouse' }],
		});
		expect(json.errors[0]).toMatchObject({ code: 'unsupportedDuration', allowedValues: [6] });
	});

	it('runware account and media', async () => {
		const taskUUID = randomUUID();
		const image = `data:image/png;base64,${png(400, 400).toString('base64')}`;
		const { json } = await replay('runware', 'media_upload', {
			body: [{ taskType: 'mediaStorage', taskUUID, operation: 'upload', media: image }],
		});
		await replay('runware', 'media_delete', {
			body: [
				{ taskType: 'mediaStorage', taskUUID, operation: 'delete', media: json.data[0].mediaUUID },
			],
		});
	});

	it('apiframe jobs and upload', async () => {
		const { json: created } = await replay('apiframe', 'submit_t2v');
		const path = `/v2/jobs/${created.jobId}`;
		await replay('apiframe', 'job_queued', { path });
		sandbox.advance(5_000);
		await replay('apiframe', 'job_processing', { path });
		sandbox.advance(5_000);
		expect((await call(sandbox, 'apiframe', path)).json).toMatchObject({
			status: 'COMPLETED',
			progress: 100,
			result: { videoUrl: expect.stringContaining('/files/apiframe/') },
			creditCost: 10,
		});
		const upload = await call(sandbox, 'apiframe', '/v2/uploads', {
			body: form(png(8, 8), 'a.png'),
		});
		expect(upload.status).toBe(201);
		expectShape(upload.json, find('apiframe', 'upload').response.body);
	});
});
