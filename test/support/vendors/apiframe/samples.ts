import { notOurs, type Sample } from '../vendor';

const ask = { status: 'video', id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' };

export const samples: Readonly<Record<string, Sample>> = {
	submit_t2v: {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-2.3',
			duration: 10,
			resolution: '768P',
		},
	},
	submit_t2v_hailuo02: {
		form: {
			mode: 'textToVideo',
			model: 'MiniMax-Hailuo-02',
			duration: 6,
			resolution: '768P',
		},
	},
	submit_first_last_hailuo02: {
		form: {
			mode: 'firstLastFrame',
			model: 'MiniMax-Hailuo-02',
			firstFrame: { url: 'https://example.com/a.jpg' },
			lastFrame: { url: 'https://example.com/b.jpg' },
			settings: { callbackUrl: 'https://example.com/hook' },
		},
	},
	job_queued: {
		ask,
		task: {
			status: 'queued',
			cost: { amount: 10, unit: 'credits', source: 'provider' },
			createdAt: '2026-03-15T10:00:00.000Z',
		},
	},
	job_processing: { ask, task: { status: 'processing', progress: 65 } },
	job_completed_video: {
		ask,
		task: {
			status: 'completed',
			model: 'MiniMax-Hailuo-2.3',
			videos: [{ url: 'https://cdn2.apiframe.ai/videos/x.mp4' }],
			cost: { amount: 5, unit: 'credits', source: 'provider' },
			completedAt: '2026-03-15T10:00:32.000Z',
		},
	},
	job_failed: {
		ask,
		task: {
			status: 'failed',
			cost: { amount: 0, unit: 'credits', source: 'provider' },
			failure: { retryable: false, message: expect.stringContaining('content policy violation') },
		},
	},
	me: { notOurs: notOurs.account, replay: 'with a key' },
	models: { notOurs: notOurs.models, replay: 'with a key' },
	upload: {
		ask: { upload: { mimeType: 'image/png', size: 1000 } },
		link: 'https://cdn.example.com/x.png',
	},
	error_400: {
		error: { category: 'input', status: 400, message: expect.stringContaining('prompt: ‹msg›') },
		otherRequest: 'The form refuses an empty prompt.',
		replay: 'with a key',
	},
	error_401: { notOurs: notOurs.account, replay: 'with a bad key' },
	error_429: {
		error: { category: 'rateLimit', status: 429, retryAfterMs: 7000 },
		otherRequest: 'The page shows no body.',
	},
	webhook_completed: { notOurs: notOurs.callback },
	webhook_progress: { notOurs: notOurs.callback },
};
