import { notOurs, type Sample } from '../vendor';

const id = 'video_7497f4d5-3a88-44c7-923a-967fa7d941a0';
const uploaded = { upload: { mimeType: 'image/png', size: 1000 } };

export const samples: Readonly<Record<string, Sample>> = {
	submit_t2v: {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-2.3',
			duration: 6,
			resolution: '1080P',
		},
	},
	submit_i2v: {
		form: {
			mode: 'imageToVideo',
			model: 'MiniMax-Hailuo-2.3',
			firstFrame: { url: 'https://example.com/portrait.jpg' },
			duration: 6,
			resolution: '1080P',
		},
	},
	submit_i2v_fast: {
		form: {
			mode: 'imageToVideo',
			model: 'MiniMax-Hailuo-2.3-Fast',
			firstFrame: { url: 'https://example.com/person.jpg' },
			duration: 6,
			resolution: '768P',
		},
	},
	submit_metadata: {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-2.3',
			duration: 10,
			resolution: '768P',
			settings: { promptOptimizer: true, fastPretreatment: true },
		},
	},
	submit_h3_t2v: {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-H3',
			duration: 5,
			resolution: '2K',
			aspectRatio: '16:9',
		},
	},
	submit_h3_first_last: {
		form: {
			mode: 'firstLastFrame',
			model: 'MiniMax-H3',
			firstFrame: { url: 'https://example.com/start.jpg' },
			lastFrame: { url: 'https://example.com/end.jpg' },
			duration: 5,
			resolution: '768P',
		},
	},
	status_queued: {
		ask: { status: 'video', id },
		task: { status: 'queued', progress: 0, createdAt: '2026-01-14T08:43:42.000Z' },
	},
	status_in_progress: {
		ask: { status: 'video', id },
		task: { status: 'processing', progress: 65, videos: [] },
	},
	status_completed: {
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
	error_404: {
		ask: { status: 'video', id: 'nope' },
		error: { category: 'notFound', code: '404', status: 404 },
		replay: 'with a key',
	},
	error_401: {
		ask: { status: 'video', id },
		error: { category: 'credential', code: '401', status: 401 },
		replay: 'with a bad key',
	},
	error_429_async: {
		error: { category: 'rateLimit', code: 'rate_limit_exceeded', outcome: 'refused' },
		otherRequest: 'The page shows no body.',
	},
	balance_ok: { notOurs: notOurs.account, replay: 'with a key' },
	balance_429: { notOurs: notOurs.account },
	user_balance_ok: { notOurs: notOurs.account, replay: 'with a key' },
	models: { notOurs: notOurs.models, replay: 'with a key' },
	upload_image_ok: {
		ask: uploaded,
		link: 'https://files.toapis.com/uploads/123/1737568800_abc12345.jpg',
	},
	upload_image_bad_type: {
		ask: uploaded,
		error: { category: 'input', message: expect.stringContaining('Unsupported image type') },
	},
	upload_image_too_large: {
		ask: uploaded,
		error: { category: 'input', message: expect.stringContaining('Maximum size is 10MB') },
	},
	upload_video_ok: {
		ask: { upload: { mimeType: 'video/mp4', size: 1000 } },
		link: 'https://files.toapis.com/uploads/123/videos/1737568800_abc12345.mp4',
	},
	webhook_completed: { notOurs: notOurs.callback },
	webhook_test: { notOurs: notOurs.callback },
};
