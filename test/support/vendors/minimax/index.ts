import type { TestedVendor } from '../vendor';
import examples from './examples.json';
import { samples } from './samples';

const ok = { base_resp: { status_code: 0 } };

/** V1 refuses inside HTTP 200. */
const refused = (...codes: number[]) =>
	codes.map(
		(code) => [200, { base_resp: { status_code: code, status_msg: 'm' } }, String(code)] as const,
	);

export const minimax: TestedVendor = {
	vendor: 'minimax',
	failureCodes: ['1033', '1027'],
	kinds: [
		{
			name: 'MiniMax V1',
			kind: 'v1',
			form: {},
			steps: ['create', 'status', 'retrieve', 'download'],
			rateLimit: 'minimaxV1',
			path: '/v1/video_generation',
			order: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
			accepted: (id) => ({ task_id: id, ...ok }),
			// The link is asked for in one more request.
			answered: ([{ link, status = link ? 'Success' : 'Processing' }]) => ({
				status,
				...(link && { file_id: '9' }),
				...ok,
			}),
			acceptedWithNulls: (id) => ({ task_id: id, base_resp: null }),
			question: (id) => ({ path: `/v1/query/video_generation?task_id=${id}` }),
			unknownTask: 200,
			refusedKey: (words) => [200, { base_resp: { status_code: 1004, status_msg: words } }],
			refusedPrompt: [200, { base_resp: { status_code: 1026 } }],
			refusedModel: [200, { base_resp: { status_code: 2061 } }],
		},
		{
			name: 'MiniMax V2',
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
			answered: ([{ id, link, status = link ? 'succeeded' : 'running' }]) => ({
				task: { id, status, ...(link && { content: { url: link } }) },
			}),
			failed: (id, error) => ({ task: { id, status: 'failed', error } }),
			withNulls: (id, link) => [
				{
					task: {
						id,
						status: 'succeeded',
						model: null,
						error: null,
						content: { url: link },
						created_at: null,
						updated_at: null,
						duration: null,
						resolution: null,
					},
				},
				{
					task: {
						id,
						status: 'succeeded',
						error: { code: null, message: null },
						content: { url: link },
					},
				},
			],
			acceptedWithNulls: (id) => ({ task_id: id, error: null }),
			question: (id) => ({ path: `/v2/query/video_generation/${id}` }),
			unknownTask: 400,
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
			kind: 'template',
			steps: ['create', 'status', 'download'],
			path: '/v1/video_template_generation',
			order: (value, change) => ({
				template_id: '394125185182695432',
				text_inputs: [{ value }],
				...change,
			}),
			accepted: (id) => ({ task_id: id, ...ok }),
			withNulls: (_, link) => [
				{
					task_id: null,
					base_resp: null,
					status: 'Success',
					video_url: link,
					file_id: null,
					video_width: null,
				},
			],
			refusedPrompt: [200, { base_resp: { status_code: 1026 } }],
		},
	],
	uploads: ['/v1/files/upload'],
	examples,
	samples,
	refusals: {
		server: refused(1000, 1001, 1013, 1024, 1033),
		rateLimit: refused(1002, 1039, 1041, 2045),
		credential: refused(1004, 2038, 2049),
		balance: refused(1008, 1028, 1030, 2056),
		notFound: refused(2061),
		content: refused(1026, 1027),
		input: refused(1042, 2013),
	},
	list: {
		answer: (items) => ({ items }),
		entry: (id) => ({ id, status: 'succeeded', model: null, content: null }),
	},
};
