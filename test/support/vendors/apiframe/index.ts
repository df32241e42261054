import type { TestedVendor } from '../vendor';
import examples from './examples.json';
import { samples } from './samples';

const refused = (...statuses: number[]) =>
	statuses.map((status) => [status, { error: 'm' }] as const);

export const apiframe: TestedVendor = {
	vendor: 'apiframe',
	keyHeader: 'X-API-Key',
	failureCodes: ['Generation failed', 'content policy'],
	kinds: [
		{
			name: 'Apiframe',
			kind: 'video',
			form: { mode: 'imageToVideo', firstFrameSource: 'binary' },
			steps: ['upload', 'create', 'status', 'download'],
			recovery: 'send once more',
			recoverableHours: 23,
			errorsHaveStatus: true,
			rateLimit: 'apiframe',
			path: '/v2/videos/generate',
			order: (prompt, change) => ({ model: 'hailuo-2.3', prompt, ...change }),
			accepted: (id) => ({ jobId: id, status: 'QUEUED' }),
			answered: ([{ id, link, status = link ? 'COMPLETED' : 'PROCESSING' }]) => ({
				id,
				status,
				...(link && { result: { videoUrl: link } }),
			}),
			failed: (id, error) => ({ id, status: 'FAILED', error }),
			withNulls: (id, link) => [
				{
					id,
					status: 'COMPLETED',
					model: null,
					progress: null,
					result: { videoUrl: link },
					error: null,
					creditCost: null,
					createdAt: null,
					completedAt: null,
					expired: null,
				},
			],
			acceptedWithNulls: (id) => ({ jobId: id, status: null, error: null }),
			question: (id) => ({ path: `/v2/jobs/${id}` }),
			refusedKey: (words) => [401, { error: words }],
			refusedPrompt: [400, { error: 'The prompt was refused by the content policy' }],
			refusedModel: [404, { error: 'Unknown model' }],
		},
	],
	uploads: ['/v2/uploads'],
	examples,
	samples,
	/** The pages know no codes: the HTTP status says all. */
	refusals: {
		input: refused(400),
		duplicate: refused(409),
		credential: refused(401, 403),
		balance: refused(402),
		notFound: [[404, { error: 'There is no such job: m' }]],
		rateLimit: refused(429),
		server: refused(500, 502, 503),
	},
	list: {
		answer: (jobs) => ({ jobs }),
		entry: (id) => ({ id, status: 'COMPLETED', model: 'hailuo-02', result: null }),
	},
};
