import { findProvider } from '../../providers';
import { encodeTemplate } from '../../providers/minimax/encode';
import { VendorError } from '../../video/failure';
import type { HttpRequest } from '../../video/host';
import type { CreateRequest, Provider } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import copy from './examples.json';
import type { FakeAnswer } from './fakeConnection';
import { fakeConnection, startOfTime } from './fakeConnection';
import type { Form } from './forms';
import { baseUrls, hintsOf, produce } from './forms';

interface Example {
	provider: string;
	kind: string;
	request?: { method?: string; url?: string; body?: unknown };
	response: { status?: unknown; http_status?: number; headers?: object; body?: unknown };
}

const examples = copy.examples as unknown as readonly Example[];
const nameOf = ({ provider, kind }: Example) => `${provider} ${kind}`;

function example(name: string): Example {
	const found = examples.find((one) => nameOf(one) === name);
	if (!found) throw new Error(`There is no example ${name}`);
	return found;
}

const providerOf = (name: string) => findProvider(name.split(' ')[0]) as Provider;

const bodyOf = (name: string) => example(name).request?.body as never;

/** Forms whose request is the one of the example. */
const forms: Readonly<Record<string, Form>> = {
	'minimax v1.create.t2v': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-2.3',
		prompt: 'A man picks up a book [Pedestal up], then reads [Static shot].',
		duration: 6,
		resolution: '1080P',
	},
	'minimax v1.create.i2v': {
		mode: 'imageToVideo',
		model: 'MiniMax-Hailuo-2.3',
		prompt: 'A mouse runs toward the camera, smiling and blinking.',
		firstFrame: { url: bodyOf('minimax v1.create.i2v')['first_frame_image'] },
		duration: 6,
		resolution: '1080P',
	},
	'minimax v1.create.fl2v': {
		mode: 'firstLastFrame',
		model: 'MiniMax-Hailuo-02',
		prompt: 'A little girl grow up.',
		firstFrame: { url: bodyOf('minimax v1.create.fl2v')['first_frame_image'] },
		lastFrame: { url: bodyOf('minimax v1.create.fl2v')['last_frame_image'] },
		duration: 6,
		resolution: '1080P',
	},
	'minimax v1.error.callback_check': {
		mode: 'imageToVideo',
		model: 'MiniMax-Hailuo-02',
		prompt: '...',
		firstFrame: { url: 'data:image/jpeg;base64,...' },
		settings: { callbackUrl: 'https://unreachable.example/cb' },
	},
	'minimax v2.create.t2va': {
		mode: 'textToVideo',
		model: 'MiniMax-H3',
		prompt: 'A boy playing basketball by the sea',
		resolution: '2K',
		duration: 5,
		aspectRatio: '16:9',
	},
	'minimax v2.create.i2va': {
		mode: 'imageToVideo',
		model: 'MiniMax-H3',
		prompt: 'Pull focus to the people in the background and add more steam to the ramen bowl.',
		firstFrame: { url: bodyOf('minimax v2.create.i2va')['content'][1]['image_url']['url'] },
		resolution: '2K',
		duration: 5,
		aspectRatio: 'adaptive',
	},
	'minimax v2.create.fl2va': {
		mode: 'firstLastFrame',
		model: 'MiniMax-H3',
		prompt: 'A little girl grows up.',
		firstFrame: { url: bodyOf('minimax v2.create.fl2va')['content'][1]['image_url']['url'] },
		lastFrame: { url: bodyOf('minimax v2.create.fl2va')['content'][2]['image_url']['url'] },
		resolution: '2K',
		duration: 5,
	},
	'toapis submit_t2v': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-2.3',
		duration: 6,
		resolution: '1080P',
	},
	'toapis submit_i2v': {
		mode: 'imageToVideo',
		model: 'MiniMax-Hailuo-2.3',
		firstFrame: { url: 'https://example.com/portrait.jpg' },
		duration: 6,
		resolution: '1080P',
	},
	'toapis submit_i2v_fast': {
		mode: 'imageToVideo',
		model: 'MiniMax-Hailuo-2.3-Fast',
		firstFrame: { url: 'https://example.com/person.jpg' },
		duration: 6,
		resolution: '768P',
	},
	'toapis submit_metadata': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-2.3',
		duration: 10,
		resolution: '768P',
		settings: { promptOptimizer: true, fastPretreatment: true },
	},
	'toapis submit_h3_t2v': {
		mode: 'textToVideo',
		model: 'MiniMax-H3',
		duration: 5,
		resolution: '2K',
		aspectRatio: '16:9',
	},
	'toapis submit_h3_first_last': {
		mode: 'firstLastFrame',
		model: 'MiniMax-H3',
		firstFrame: { url: 'https://example.com/start.jpg' },
		lastFrame: { url: 'https://example.com/end.jpg' },
		duration: 5,
		resolution: '768P',
	},
	'runware t2v_task_and_final_result': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-2.3',
		duration: 6,
		resolution: '1080P',
		settings: { fps: 25, promptOptimizer: false, includeCost: false },
	},
	'apiframe submit_t2v': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-2.3',
		duration: 10,
		resolution: '768P',
	},
	'apiframe submit_t2v_hailuo02': {
		mode: 'textToVideo',
		model: 'MiniMax-Hailuo-02',
		duration: 6,
		resolution: '768P',
	},
	'apiframe submit_first_last_hailuo02': {
		mode: 'firstLastFrame',
		model: 'MiniMax-Hailuo-02',
		firstFrame: { url: 'https://example.com/a.jpg' },
		lastFrame: { url: 'https://example.com/b.jpg' },
		settings: { callbackUrl: 'https://example.com/hook' },
	},
};

const notOurs = {
	callback: 'It comes from the vendor: a callback, which only a callback trigger reads.',
	account: 'It asks for the account: the live test of the credential sends it.',
	regeneration: 'No node offers regeneration.',
	storage: 'Runware takes data URLs inside the request: no node stores media there.',
} as const;

/** Examples that no form makes and no answer of which is read, and why. */
const cannotHold: Readonly<Record<string, string>> = {
	'minimax v1.callback.challenge': notOurs.callback,
	'minimax v2.regenerate.source_task': notOurs.regeneration,
	'minimax v2.regenerate.base_video': notOurs.regeneration,
	'toapis balance_ok': notOurs.account,
	'toapis balance_429': notOurs.account,
	'toapis user_balance_ok': notOurs.account,
	'toapis models': 'The models come from our table: a drop-down needs no request.',
	'toapis webhook_completed': notOurs.callback,
	'toapis webhook_test': notOurs.callback,
	'runware auth_as_task': 'The key goes in a header; the answer was not captured.',
	'runware account_balance_number': notOurs.account,
	'runware media_upload': notOurs.storage,
	'runware media_delete': notOurs.storage,
	'runware image_upload': notOurs.storage,
	'apiframe me': notOurs.account,
	'apiframe models': 'The models come from our table: a drop-down needs no request.',
	'apiframe error_401': notOurs.account,
	'apiframe webhook_completed': notOurs.callback,
	'apiframe webhook_progress': notOurs.callback,
};

/** Examples whose request no form makes although their answer is read, and why. */
const otherRequest: Readonly<Record<string, string>> = {
	'minimax v1.error.unauthenticated': 'The tester did not record the request.',
	'minimax v2.error.400': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.401': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.429': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.500': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.query.running': 'A fixture of an SDK, at a host of its own.',
	'minimax v2.query.regeneration': 'The same request at the host of another region.',
	'minimax v2.query.context_ir': 'The same request at the host of another region.',
	'toapis error_429_async': 'The page shows no body.',
	'runware submit_ack': 'A model of another maker, with the delivery method at its default.',
	'runware submit_validation_error': 'The form refuses 10 s for such a model.',
	'runware error_invalid_key': 'A placeholder: no node sends ping.',
	'apiframe error_400': 'The form refuses an empty prompt.',
	'apiframe error_429': 'The page shows no body.',
};

type Ask =
	| { create: Form | CreateRequest }
	| { status: string; id: string }
	| { cancel: string; id: string; before: FakeAnswer }
	| { upload: { mimeType: string; size: number } };

interface Answered {
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

const jobId = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890';
const toapisId = 'video_7497f4d5-3a88-44c7-923a-967fa7d941a0';
const runwareId = '24cd5dff-cb81-4db5-8506-b72a9425f9d1';
const png = { mimeType: 'image/png', size: 1000 };

const answers: Readonly<Record<string, Answered>> = {
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

/** The answer of an example; placeholders of the pages become values of their kind. */
function answerOf(name: string): FakeAnswer {
	const { http_status: http, status = http, headers = {}, body } = example(name).response;
	const filled =
		name === 'apiframe upload'
			? { ...(body as object), url: 'https://cdn.example.com/x.png' }
			: body;
	const lowered = Object.fromEntries(
		Object.keys(headers).map((header) => [header.toLowerCase(), '7']),
	);
	return { status: Number(status), headers: lowered, body: filled };
}

const isRequest = (value: Form | CreateRequest): value is CreateRequest => 'path' in value;

async function carryOut(name: string, { ask, then = [] }: Answered) {
	const provider = providerOf(name);
	const replies = [name, ...then].map(answerOf);
	if ('cancel' in ask) replies.unshift(ask.before);
	const connection = fakeConnection(baseUrls[provider.id], replies);
	const reference = (kind: string, id: string): TaskReference => ({
		provider: provider.id,
		kind,
		id,
	});
	const caught = (cause: unknown) => cause;
	const outcome = async (): Promise<unknown> => {
		if ('create' in ask) {
			const request = isRequest(ask.create) ? ask.create : produce(provider, ask.create);
			return await provider.create(connection, request);
		}
		if ('status' in ask) {
			return (await provider.status(connection, [reference(ask.status, ask.id)], [{}]))[0];
		}
		if ('cancel' in ask) return await provider.cancel?.(connection, reference(ask.cancel, ask.id));
		const file = {
			...ask.upload,
			name: 'frame.png',
			digest: '',
			read: async () => new Uint8Array([1, 2, 3]),
		};
		return await provider.upload?.(connection, file);
	};
	return { result: await outcome().catch(caught), requests: connection.requests };
}

const answered = Object.entries(answers);

describe('examples of the vendor pages', () => {
	it('covers or names every example', () => {
		const followed = answered.flatMap(([, { then = [] }]) => then);
		const covered = new Set([...Object.keys(answers), ...Object.keys(cannotHold), ...followed]);
		expect(examples.map(nameOf).filter((name) => !covered.has(name))).toEqual([]);
		const known = new Set(examples.map(nameOf));
		const named = [...covered, ...Object.keys(otherRequest), ...Object.keys(forms)];
		expect(named.filter((name) => !known.has(name))).toEqual([]);
	});

	it.each(Object.entries(forms))('a form makes the request of %s', (name, form) => {
		const provider = providerOf(name);
		const { path, body } = produce(provider, form);
		const { method, url, body: expected } = example(name).request ?? {};
		expect({ method: 'POST', url: `${baseUrls[provider.id]}${path}`, body }).toEqual({
			method,
			url,
			body: expected,
		});
		expect(hintsOf(provider, form)).toEqual([]);
	});

	it.each(answered)('the answer of %s is understood', async (name, expected) => {
		const { result } = await carryOut(name, expected);
		if (expected.link !== undefined) {
			expect(result).toBe(expected.link);
		} else if (expected.error) {
			expect(result).toBeInstanceOf(VendorError);
			expect(result).toMatchObject(expected.error);
			expect((result as VendorError).advice).not.toBe('');
		} else {
			expect(result).toMatchObject(expected.task as object);
		}
	});

	it.each(answered.filter(([name]) => !(name in otherRequest)))(
		'the client sends the request of %s',
		async (name, expected) => {
			const { requests } = await carryOut(name, expected);
			const own = [name, ...(expected.then ?? [])];
			// A cancel looks at the task first.
			const sent = requests.slice(-own.length);
			own.forEach((one, index) => expectRequest(sent[index], one));
		},
	);
});

function expectRequest({ method, url, json, form }: HttpRequest, name: string) {
	const { method: wantedMethod, url: wantedUrl, body } = example(name).request ?? {};
	expect({ method, url }).toEqual({ method: wantedMethod, url: wantedUrl });
	if (form) expect(form.get('file')).toBeInstanceOf(Blob);
	// That example joins the request of a create and the result of a later question.
	else if (name !== 'runware t2v_task_and_final_result') expect(json).toEqual(body ?? undefined);
}
