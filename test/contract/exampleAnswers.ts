import { encodeTemplate } from '../../providers/minimax/encode';
import type { CreateRequest } from '../../video/provider';
import { jobId, providerOf } from './ask';
import { forms } from './exampleForms';
import { bodyOf, example } from './examples';
import type { FakeAnswer } from './fakeConnection';
import { startOfTime } from './fakeConnection';
import type { Form } from './forms';
import { produce } from './forms';

type Ask =
	| { create: Form | CreateRequest }
	| { status: string; id: string }
	| { cancel: string; id: string; before: FakeAnswer }
	| { upload: { mimeType: string; size: number } };

/** What an example asks for, and what its answer has to become. */
export interface Answered {
	ask: Ask;
	/** Further examples whose answers follow. */
	then?: readonly string[];
	task?: object;
	error?: object;
	link?: string;
}

const created = (id: string) => ({ task: { reference: { id }, status: 'queued', videos: [] } });
const ofForm = (name: string): Ask => ({ create: forms[name] });
const anyForm = (provider: string): Ask => ({
	create: Object.entries(forms).find(([name]) => name.startsWith(provider))?.[1] as Form,
});

const templateRequest = encodeTemplate({
	templateId: '393769180141805569',
	images: [bodyOf('minimax template.create')['media_inputs'][0]['value']],
	texts: ['Lion'],
});

const toapisId = 'video_7497f4d5-3a88-44c7-923a-967fa7d941a0';
const runwareId = '24cd5dff-cb81-4db5-8506-b72a9425f9d1';
const png = { mimeType: 'image/png', size: 1000 };

/** Answers of the examples, by their names. */
export const answers: Readonly<Record<string, Answered>> = {
	...Object.fromEntries(
		Object.keys(forms)
			.filter((name) => name !== 'minimax v1.error.callback_check' && !name.startsWith('runware'))
			.map((name) => {
				const body = example(name).response.body as Record<string, string>;
				const id = body.task_id ?? body.id ?? body.jobId;
				return [name, { ask: ofForm(name), ...created(id) }];
			}),
	),
	'minimax v1.query.success': {
		ask: { status: 'v1', id: '176843862716480' },
		then: ['minimax v1.files.retrieve'],
		task: {
			status: 'completed',
			width: 1920,
			height: 1080,
			videos: [
				{
					url: 'https://www.downloadurl.com',
					expiresAt: new Date(startOfTime + 3600_000).toISOString(),
				},
			],
		},
	},
	'minimax v1.error.unauthenticated': {
		ask: anyForm('minimax'),
		error: { category: 'credential', code: '1004', outcome: 'refused' },
	},
	'minimax v1.error.callback_check': {
		ask: ofForm('minimax v1.error.callback_check'),
		error: { category: 'input', code: '2013', message: expect.stringContaining('Callback URL') },
	},
	'minimax template.create': {
		ask: { create: templateRequest },
		task: { reference: { kind: 'template', id: '401047179385389059' }, status: 'queued' },
	},
	'minimax template.query.success': {
		ask: { status: 'template', id: '401047179385389059' },
		task: {
			status: 'completed',
			videos: [{ url: 'https://cdn.hailuoai.com/prod/video_20250714_141232_cdc5ba74.mp4' }],
		},
	},
	'minimax v2.query.succeeded': {
		ask: { status: 'v2', id: '424010985738629' },
		task: {
			status: 'completed',
			model: 'MiniMax-H3',
			resolution: '2K',
			durationSeconds: 5,
			createdAt: '2026-07-27T04:12:09.000Z',
			videos: [{ url: expect.stringContaining('/output.mp4') }],
		},
	},
	'minimax v2.query.running': {
		ask: { status: 'v2', id: 'task-123' },
		task: { status: 'processing', videos: [] },
	},
	'minimax v2.query.regeneration': {
		ask: { status: 'v2', id: '424010985738631' },
		task: {
			status: 'completed',
			videos: [{ url: 'https://your-cdn.example.com/h3-regenerated-2k-output.mp4' }],
		},
	},
	// A text and not a video.
	'minimax v2.query.context_ir': {
		ask: { status: 'v2', id: '426586401755526' },
		task: { status: 'completed', videos: [] },
	},
	'minimax v2.delete': {
		ask: {
			cancel: 'v2',
			id: '424010985738629',
			before: { body: { task: { id: '424010985738629', status: 'queued' } } },
		},
		task: { status: 'cancelled', reference: { id: '424010985738629' } },
	},
	'minimax v2.error.400': {
		ask: { create: forms['minimax v2.create.t2va'] },
		error: { category: 'input', code: '2013', status: 400, outcome: 'refused' },
	},
	'minimax v2.error.401': {
		ask: { create: forms['minimax v2.create.t2va'] },
		error: { category: 'credential', code: '1004', status: 401 },
	},
	'minimax v2.error.429': {
		ask: { create: forms['minimax v2.create.t2va'] },
		error: { category: 'rateLimit', code: '1002', retryable: true, outcome: 'refused' },
	},
	'minimax v2.error.500': {
		ask: { create: forms['minimax v2.create.t2va'] },
		error: { category: 'server', code: '1000', outcome: 'unknown' },
	},
	'toapis status_queued': {
		ask: { status: 'video', id: toapisId },
		task: { status: 'queued', progress: 0, createdAt: '2026-01-14T08:43:42.000Z' },
	},
	'toapis status_in_progress': {
		ask: { status: 'video', id: toapisId },
		task: { status: 'processing', progress: 65, videos: [] },
	},
	'toapis status_completed': {
		ask: { status: 'video', id: 'tsk_vid_01KRDG4S50XXXXXXXXXXXXXXX' },
		task: {
			status: 'completed',
			progress: 100,
			completedAt: '2026-05-12T07:11:40.000Z',
			videos: [
				{
					url: expect.stringContaining('/x_y.mp4'),
					expiresAt: '2026-05-13T07:11:40.000Z',
				},
			],
		},
	},
	'toapis error_404': {
		ask: { status: 'video', id: 'nope' },
		error: { category: 'notFound', code: '404', status: 404 },
	},
	'toapis error_401': {
		ask: { status: 'video', id: toapisId },
		error: { category: 'credential', code: '401', status: 401 },
	},
	'toapis error_429_async': {
		ask: anyForm('toapis'),
		error: { category: 'rateLimit', code: 'rate_limit_exceeded', outcome: 'refused' },
	},
	'toapis upload_image_ok': {
		ask: { upload: png },
		link: 'https://files.toapis.com/uploads/123/1737568800_abc12345.jpg',
	},
	'toapis upload_image_bad_type': {
		ask: { upload: png },
		error: { category: 'input', message: expect.stringContaining('Unsupported image type') },
	},
	'toapis upload_image_too_large': {
		ask: { upload: png },
		error: { category: 'input', message: expect.stringContaining('Maximum size is 10MB') },
	},
	'toapis upload_video_ok': {
		ask: { upload: { mimeType: 'video/mp4', size: 1000 } },
		link: 'https://files.toapis.com/uploads/123/videos/1737568800_abc12345.mp4',
	},
	'runware t2v_task_and_final_result': {
		ask: { status: 'video', id: '12c20a98-991b-459f-b3a3-41741a7dfd19' },
		then: ['runware task_details'],
		task: {
			status: 'completed',
			results: 1,
			videos: [{ url: expect.stringContaining('bfe8f918-e001-4d15-99ed-57b2abf769b5.mp4') }],
			cost: { amount: 0.49, unit: 'USD', source: 'provider' },
		},
	},
	'runware submit_ack': {
		ask: {
			create: produce(providerOf('runware'), forms['runware t2v_task_and_final_result'], runwareId),
		},
		task: { reference: { id: runwareId }, status: 'queued', width: 1920, height: 1080 },
	},
	'runware submit_validation_error': {
		ask: {
			create: produce(providerOf('runware'), forms['runware t2v_task_and_final_result'], runwareId),
		},
		error: {
			category: 'input',
			code: 'unsupportedDuration',
			message: expect.stringContaining('duration may be 6'),
			outcome: 'refused',
		},
	},
	'runware poll_processing': {
		ask: { status: 'video', id: runwareId },
		task: { status: 'processing', progress: 35, videos: [] },
	},
	'runware error_invalid_key': {
		ask: anyForm('runware'),
		error: { category: 'credential', code: 'invalidApiKey', status: 401 },
	},
	'apiframe job_queued': {
		ask: { status: 'video', id: jobId },
		task: {
			status: 'queued',
			cost: { amount: 10, unit: 'credits', source: 'provider' },
			createdAt: '2026-03-15T10:00:00.000Z',
		},
	},
	'apiframe job_processing': {
		ask: { status: 'video', id: jobId },
		task: { status: 'processing', progress: 65 },
	},
	'apiframe job_completed_video': {
		ask: { status: 'video', id: jobId },
		task: {
			status: 'completed',
			model: 'MiniMax-Hailuo-2.3',
			videos: [{ url: 'https://cdn2.apiframe.ai/videos/x.mp4' }],
			cost: { amount: 5, unit: 'credits', source: 'provider' },
			completedAt: '2026-03-15T10:00:32.000Z',
		},
	},
	'apiframe job_failed': {
		ask: { status: 'video', id: jobId },
		task: {
			status: 'failed',
			cost: { amount: 0, unit: 'credits', source: 'provider' },
			failure: { retryable: false, message: expect.stringContaining('content policy violation') },
		},
	},
	'apiframe upload': { ask: { upload: png }, link: 'https://cdn.example.com/x.png' },
	'apiframe error_400': {
		ask: anyForm('apiframe'),
		error: { category: 'input', status: 400, message: expect.stringContaining('prompt: ‹msg›') },
	},
	'apiframe error_429': {
		ask: anyForm('apiframe'),
		error: { category: 'rateLimit', status: 429, retryAfterMs: 7000 },
	},
};
