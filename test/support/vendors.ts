import { randomUUID } from 'node:crypto';
import type { Fault } from '../../sandbox/faults';

/** One task in a vendor's answer; with a link it is completed. */
export interface AnsweredTask {
	readonly id: string;
	readonly link?: string;
}

/** What the tests of all vendors need to know of one kind of task. */
export interface TaskKind {
	/** As tests are called. */
	readonly name: string;
	readonly vendor: Fault['vendor'];
	/** As in task references. */
	readonly kind: string;
	/** The header of the key; absent: `Authorization: Bearer`. */
	readonly keyHeader?: string;
	/** The form of Generate Video, and what a video takes in that order; absent where another node makes it. */
	readonly form?: Readonly<Record<string, string>>;
	readonly steps: ReadonlyArray<Fault['step']>;
	/** How a create is recovered whose answer was lost; absent where nobody can know. */
	readonly recovery?: 'look up' | 'send once more';
	/** How long it can be. */
	readonly recoverableHours?: number;
	/** HTTP 503 says surely that nothing was made. */
	readonly refusesWith503?: true;
	/** No page of the vendor knows an error inside HTTP 200. */
	readonly errorsHaveStatus?: true;
	/** The sandbox's setting for its creates; absent where it has none of its own. */
	readonly rateLimit?: string;
	/** A valid create; `change` is laid over what the vendor calls a task. */
	readonly path: string;
	order(text: string, change?: object): unknown;
	accepted(id: string): object;
	/** To a question for these tasks: one, or as many as one call takes. */
	answered?(tasks: readonly AnsweredTask[]): object;
	/** To a question for a task that failed, with a reason of any form. */
	failed?(id: string, reason: unknown): object;
	/** HTTP status and body of refusals: of a key, in the vendor's words, and of the prompt. */
	refusedKey?(words: string): [status: number, body: object];
	readonly refusedPrompt: readonly [status: number, body: object];
	/** Of a model that it does not make, or does not make for this account; in its usual kind. */
	readonly refusedModel?: readonly [status: number, body: object];
}

const ok = { base_resp: { status_code: 0 } };
const image = { mode: 'imageToVideo', firstFrameSource: 'binary' };

/** Every kind of task of every vendor. A new vendor is a row, or some, here. */
export const taskKinds: readonly TaskKind[] = [
	{
		name: 'MiniMax V1',
		vendor: 'minimax',
		kind: 'v1',
		form: {},
		steps: ['create', 'status', 'retrieve', 'download'],
		rateLimit: 'minimaxV1',
		path: '/v1/video_generation',
		order: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
		accepted: (id) => ({ task_id: id, ...ok }),
		// The link is asked for in one more request.
		answered: ([{ link }]) => ({
			status: link ? 'Success' : 'Processing',
			...(link && { file_id: '9' }),
			...ok,
		}),
		refusedKey: (words) => [200, { base_resp: { status_code: 1004, status_msg: words } }],
		refusedPrompt: [200, { base_resp: { status_code: 1026 } }],
		refusedModel: [200, { base_resp: { status_code: 2061 } }],
	},
	{
		name: 'MiniMax V2',
		vendor: 'minimax',
		kind: 'v2',
		form: { model: 'MiniMax-H3' },
		steps: ['create', 'status', 'download'],
		recovery: 'look up',
		recoverableHours: 7 * 24,
		rateLimit: 'minimaxV2',
		path: '/v2/video_generation',
		order: (text, change) => ({
			model: 'MiniMax-H3',
			content: [{ type: 'text', text }],
			resolution: '768P',
			duration: 5,
			ratio: '16:9',
			...change,
		}),
		accepted: (id) => ({ task_id: id }),
		answered: ([{ id, link }]) => ({
			task: { id, status: link ? 'succeeded' : 'running', ...(link && { content: { url: link } }) },
		}),
		failed: (id, error) => ({ task: { id, status: 'failed', error } }),
		refusedKey: (words) => [
			401,
			{ type: 'error', error: { type: 'authorized_error', message: `${words} (1004)` } },
		],
		refusedPrompt: [
			422,
			{
				type: 'error',
				error: {
					type: 'unprocessable_entity_error',
					message: 'input flagged as sensitive (1026)',
					http_code: '422',
				},
			},
		],
	},
	{
		name: 'MiniMax templates',
		vendor: 'minimax',
		kind: 'template',
		steps: ['create', 'status', 'download'],
		path: '/v1/video_template_generation',
		order: (value, change) => ({
			template_id: '394125185182695432',
			text_inputs: [{ value }],
			...change,
		}),
		accepted: (id) => ({ task_id: id, ...ok }),
		refusedPrompt: [200, { base_resp: { status_code: 1026 } }],
	},
	{
		name: 'ToAPIs',
		vendor: 'toapis',
		kind: 'video',
		form: image,
		steps: ['upload', 'create', 'status', 'download'],
		refusesWith503: true,
		rateLimit: 'toapisSubmit',
		path: '/v1/videos/generations',
		order: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
		accepted: (id) => ({ id, status: 'queued' }),
		answered: ([{ id, link }]) => ({
			id,
			status: link ? 'completed' : 'in_progress',
			...(link && { result: { data: [{ url: link }] } }),
		}),
		failed: (id, error) => ({ id, status: 'failed', error }),
		refusedKey: (words) => [401, { error: { code: 'unauthorized', message: words } }],
		refusedPrompt: [422, { error: { code: 'content_policy_violation' } }],
		refusedModel: [404, { error: { code: 'not_found_error', message: 'Unknown model' } }],
	},
	{
		name: 'Runware',
		vendor: 'runware',
		kind: 'video',
		form: {},
		steps: ['create', 'status', 'download'],
		recovery: 'look up',
		recoverableHours: 24,
		rateLimit: 'runware',
		path: '',
		order: (positivePrompt, change) => [
			{
				taskType: 'videoInference',
				taskUUID: randomUUID(),
				model: 'minimax:4@1',
				positivePrompt,
				...change,
			},
		],
		accepted: (id) => ({ data: [{ taskType: 'videoInference', taskUUID: id }] }),
		answered: (tasks) => ({
			data: tasks.map(({ id, link }) => ({
				taskUUID: id,
				status: link ? 'success' : 'processing',
				...(link && { videoURL: link }),
			})),
		}),
		failed: (id, error) => ({ data: [{ taskUUID: id, status: 'error', error }] }),
		refusedKey: (words) => [401, { errors: [{ code: 'invalidApiKey', message: words }] }],
		refusedPrompt: [400, { errors: [{ code: 'contentPolicyViolation' }] }],
		refusedModel: [400, { errors: [{ code: 'unknownModel', message: 'Unknown model' }] }],
	},
	{
		name: 'Apiframe',
		vendor: 'apiframe',
		kind: 'video',
		keyHeader: 'X-API-Key',
		form: image,
		steps: ['upload', 'create', 'status', 'download'],
		recovery: 'send once more',
		recoverableHours: 23,
		errorsHaveStatus: true,
		rateLimit: 'apiframe',
		path: '/v2/videos/generate',
		order: (prompt, change) => ({ model: 'hailuo-2.3', prompt, ...change }),
		accepted: (id) => ({ jobId: id, status: 'QUEUED' }),
		answered: ([{ id, link }]) => ({
			id,
			status: link ? 'COMPLETED' : 'PROCESSING',
			...(link && { result: { videoUrl: link } }),
		}),
		failed: (id, error) => ({ id, status: 'FAILED', error }),
		refusedKey: (words) => [401, { error: words }],
		refusedPrompt: [400, { error: 'The prompt was refused by the content policy' }],
		refusedModel: [404, { error: 'Unknown model' }],
	},
];

/** What a vendor says about its usual kind of task, the first of its rows. */
export function usualKind(vendor: string): TaskKind {
	const found = taskKinds.find((one) => one.vendor === vendor);
	if (!found) throw new Error(`Add ${vendor} to test/support/vendors.ts, as CONTRIBUTING says.`);
	return found;
}
