import { encodeTemplate } from '../../../../providers/minimax/encode';
import { type Form, notOurs, type Sample } from '../vendor';
import examples from './examples.json';

const bodyOf = (kind: string) => examples.find((one) => one.kind === kind)?.request.body as never;

const h3: Form = {
	mode: 'textToVideo',
	model: 'MiniMax-H3',
	prompt: 'A boy playing basketball by the sea',
	resolution: '2K',
	duration: 5,
	aspectRatio: '16:9',
};
const illustration = {
	ask: { create: h3 },
	otherRequest: 'The request only illustrates: the form refuses an empty prompt.',
};
const regeneration = 'No node offers regeneration.';
const otherRegion = 'The same request at the host of another region.';

export const samples: Readonly<Record<string, Sample>> = {
	'v1.create.t2v': {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-2.3',
			prompt: 'A man picks up a book [Pedestal up], then reads [Static shot].',
			duration: 6,
			resolution: '1080P',
		},
	},
	'v1.create.i2v': {
		form: {
			mode: 'imageToVideo',
			model: 'MiniMax-Hailuo-2.3',
			prompt: 'A mouse runs toward the camera, smiling and blinking.',
			firstFrame: { url: bodyOf('v1.create.i2v')['first_frame_image'] },
			duration: 6,
			resolution: '1080P',
		},
	},
	'v1.create.fl2v': {
		form: {
			mode: 'firstLastFrame',
			model: 'MiniMax-Hailuo-02',
			prompt: 'A little girl grow up.',
			firstFrame: { url: bodyOf('v1.create.fl2v')['first_frame_image'] },
			lastFrame: { url: bodyOf('v1.create.fl2v')['last_frame_image'] },
			duration: 6,
			resolution: '1080P',
		},
	},
	'v1.query.success': {
		ask: { status: 'v1', id: '176843862716480' },
		then: ['v1.files.retrieve'],
		task: {
			status: 'completed',
			width: 1920,
			height: 1080,
			// An hour after the moment at which the tests stand.
			videos: [{ url: 'https://www.downloadurl.com', expiresAt: '2026-11-21T11:00:00.000Z' }],
		},
	},
	'v1.error.unauthenticated': {
		error: { category: 'credential', code: '1004', outcome: 'refused' },
		otherRequest: 'The tester did not record the request.',
		replay: 'without a key',
	},
	'v1.error.callback_check': {
		form: {
			mode: 'imageToVideo',
			model: 'MiniMax-Hailuo-02',
			prompt: '...',
			firstFrame: { url: 'data:image/jpeg;base64,...' },
			settings: { callbackUrl: 'https://unreachable.example/cb' },
		},
		error: { category: 'input', code: '2013', message: expect.stringContaining('Callback URL') },
	},
	'v1.callback.challenge': { notOurs: notOurs.callback },
	'template.create': {
		ask: {
			create: encodeTemplate({
				templateId: '393769180141805569',
				images: [bodyOf('template.create')['media_inputs'][0]['value']],
				texts: ['Lion'],
			}),
		},
		task: { reference: { kind: 'template', id: '401047179385389059' }, status: 'queued' },
		replay: 'with a key',
	},
	'template.query.success': {
		ask: { status: 'template', id: '401047179385389059' },
		task: {
			status: 'completed',
			videos: [{ url: 'https://cdn.hailuoai.com/prod/video_20250714_141232_cdc5ba74.mp4' }],
		},
	},
	'v2.create.t2va': { form: h3 },
	'v2.create.i2va': {
		form: {
			mode: 'imageToVideo',
			model: 'MiniMax-H3',
			prompt: 'Pull focus to the people in the background and add more steam to the ramen bowl.',
			firstFrame: { url: bodyOf('v2.create.i2va')['content'][1]['image_url']['url'] },
			resolution: '2K',
			duration: 5,
			aspectRatio: 'adaptive',
		},
	},
	'v2.create.fl2va': {
		form: {
			mode: 'firstLastFrame',
			model: 'MiniMax-H3',
			prompt: 'A little girl grows up.',
			firstFrame: { url: bodyOf('v2.create.fl2va')['content'][1]['image_url']['url'] },
			lastFrame: { url: bodyOf('v2.create.fl2va')['content'][2]['image_url']['url'] },
			resolution: '2K',
			duration: 5,
		},
	},
	'v2.query.succeeded': {
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
	'v2.query.running': {
		ask: { status: 'v2', id: 'task-123' },
		task: { status: 'processing', videos: [] },
		otherRequest: 'A fixture of an SDK, at a host of its own.',
	},
	'v2.query.regeneration': {
		ask: { status: 'v2', id: '424010985738631' },
		task: {
			status: 'completed',
			videos: [{ url: 'https://your-cdn.example.com/h3-regenerated-2k-output.mp4' }],
		},
		otherRequest: otherRegion,
	},
	// A text and not a video.
	'v2.query.context_ir': {
		ask: { status: 'v2', id: '426586401755526' },
		task: { status: 'completed', videos: [] },
		otherRequest: otherRegion,
	},
	'v2.delete': {
		ask: {
			cancel: 'v2',
			id: '424010985738629',
			before: { body: { task: { id: '424010985738629', status: 'queued' } } },
		},
		task: { status: 'cancelled', reference: { id: '424010985738629' } },
	},
	'v2.regenerate.source_task': { notOurs: regeneration },
	'v2.regenerate.base_video': { notOurs: regeneration, replay: 'with a key' },
	'v2.error.400': {
		...illustration,
		error: { category: 'input', code: '2013', status: 400, outcome: 'refused' },
		replay: 'with a key',
	},
	'v2.error.401': {
		...illustration,
		error: { category: 'credential', code: '1004', status: 401 },
		replay: 'without a key',
	},
	'v2.error.429': {
		...illustration,
		error: { category: 'rateLimit', code: '1002', retryable: true, outcome: 'refused' },
	},
	'v2.error.500': {
		...illustration,
		error: { category: 'server', code: '1000', outcome: 'unknown' },
	},
};
