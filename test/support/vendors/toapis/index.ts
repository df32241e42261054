import type { TestedVendor } from '../vendor';
import examples from './examples.json';
import { samples } from './samples';

const refused = (status: number, code: string) =>
	[status, { error: { code, message: 'm' } }, code] as const;
/** Where the code is the HTTP status. */
const refusedByType = (status: number, type: string) =>
	[status, { error: { code: status, message: 'm', type } }, String(status)] as const;

export const toapis: TestedVendor = {
	vendor: 'toapis',
	failureCodes: ['generation_failed', 'content_policy_violation'],
	kinds: [
		{
			name: 'ToAPIs',
			kind: 'video',
			form: { mode: 'imageToVideo', firstFrameSource: 'binary' },
			steps: ['upload', 'create', 'status', 'download'],
			refusesWith503: true,
			rateLimit: 'toapisSubmit',
			path: '/v1/videos/generations',
			order: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
			accepted: (id) => ({ id, status: 'queued' }),
			answered: ([{ id, link, status = link ? 'completed' : 'in_progress' }]) => ({
				id,
				status,
				...(link && { result: { data: [{ url: link }] } }),
			}),
			failed: (id, error) => ({ id, status: 'failed', error }),
			withNulls: (id, link) => [
				{
					id,
					status: 'completed',
					model: null,
					progress: null,
					created_at: null,
					completed_at: null,
					expires_at: null,
					error: null,
					result: null,
					url: link,
				},
			],
			acceptedWithNulls: (id) => ({ id: null, task_id: id, status: null, error: null }),
			question: (id) => ({ path: `/v1/videos/generations/${id}` }),
			refusedKey: (words) => [401, { error: { code: 'unauthorized', message: words } }],
			refusedPrompt: [422, { error: { code: 'content_policy_violation' } }],
			refusedModel: [404, { error: { code: 'not_found_error', message: 'Unknown model' } }],
		},
	],
	uploads: ['/v1/uploads/images', '/v1/uploads/videos'],
	examples,
	samples,
	refusals: {
		input: [refused(400, 'invalid_request'), refused(400, 'webhook_not_configured')],
		credential: [
			refused(401, 'unauthorized'),
			refusedByType(401, 'authentication_error'),
			[200, { success: false, message: 'authorization failed: m' }],
		],
		balance: [refused(402, 'insufficient_quota')],
		notFound: [refused(404, 'task_not_found'), refusedByType(404, 'not_found_error')],
		content: [refused(422, 'content_policy_violation')],
		rateLimit: [
			refused(429, 'rate_limit_exceeded'),
			refused(503, 'rate_limit_unavailable'),
			refusedByType(429, 'rate_limit_error'),
		],
		server: [refused(500, 'internal_error')],
	},
};
