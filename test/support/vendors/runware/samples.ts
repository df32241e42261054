import { type Form, notOurs, type Sample } from '../vendor';

const storage = 'Runware takes data URLs inside the request: no node stores media there.';

const id = '24cd5dff-cb81-4db5-8506-b72a9425f9d1';

const form: Form = {
	mode: 'textToVideo',
	model: 'MiniMax-Hailuo-2.3',
	duration: 6,
	resolution: '1080P',
	settings: { fps: 25, promptOptimizer: false, includeCost: false },
};

export const samples: Readonly<Record<string, Sample>> = {
	// It joins the request of a create and the result of a later question.
	t2v_task_and_final_result: {
		form,
		ask: { status: 'video', id: '12c20a98-991b-459f-b3a3-41741a7dfd19' },
		then: ['task_details'],
		task: {
			status: 'completed',
			results: 1,
			videos: [{ url: expect.stringContaining('bfe8f918-e001-4d15-99ed-57b2abf769b5.mp4') }],
			cost: { amount: 0.49, unit: 'USD', source: 'provider' },
		},
	},
	submit_ack: {
		ask: { create: form, id },
		task: { reference: { id }, status: 'queued', width: 1920, height: 1080 },
		otherRequest: 'A model of another maker, with the delivery method at its default.',
	},
	submit_validation_error: {
		ask: { create: form, id },
		error: {
			category: 'input',
			code: 'unsupportedDuration',
			message: expect.stringContaining('duration may be 6'),
			outcome: 'refused',
		},
		otherRequest: 'The form refuses 10 s for such a model.',
	},
	poll_processing: {
		ask: { status: 'video', id },
		task: { status: 'processing', progress: 35, videos: [] },
	},
	error_invalid_key: {
		error: { category: 'credential', code: 'invalidApiKey', status: 401 },
		otherRequest: 'A placeholder: no node sends ping.',
		replay: 'with a bad key',
	},
	auth_as_task: { notOurs: 'The key goes in a header; the answer was not captured.' },
	account_balance_number: { notOurs: notOurs.account, replay: 'with a key' },
	media_upload: { notOurs: storage },
	media_delete: { notOurs: storage },
	image_upload: { notOurs: storage, replay: 'with a key' },
};
