import type { Vendor } from '../../sandbox/config';
import { startSandbox } from '../../sandbox/server';
import type { Sandbox } from '../../sandbox/server';
import { call } from './client';
import type { Reply } from './client';
import { create, createNames, creates, isAccepted } from './creates';
import type { CreateName } from './creates';

/** Time stands still but for `advance`, so no test depends on how fast the machine is. */
const NOON = Date.UTC(2026, 10, 21, 12);
let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 10 }, clock: { now: () => NOON } });
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

describe('a text that asks for a refusal', () => {
	const answers: Record<CreateName, [status: number, json: object]> = {
		'MiniMax V1': [200, { base_resp: { status_code: 1026 } }],
		'MiniMax V2': [
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
		'MiniMax templates': [200, { base_resp: { status_code: 1026 } }],
		ToAPIs: [422, { error: { code: 'content_policy_violation' } }],
		Runware: [
			400,
			{ errors: [{ code: 'contentPolicyViolation', taskUUID: expect.stringMatching(/-/) }] },
		],
		Apiframe: [400, { error: 'The prompt was refused by the content policy' }],
	};

	it.each(createNames)('gets it at %s, and costs nothing', async (name) => {
		const text = 'a lighthouse {{sandbox refuse=content}}';
		const { status, json } = await create(sandbox, name, { text });
		expect([status, json]).toMatchObject(answers[name]);
		expect([sandbox.tasks(), sandbox.charges()]).toEqual([[], []]);
		expect(isAccepted(await create(sandbox, name, { text: '{{sandbox refuse=no}}' }))).toBe(true);
	});
});

describe('names that every object has', () => {
	const words = ['constructor', '__proto__', 'toString'];

	it.each(createNames)('are no model of %s', async (name) => {
		const field = name === 'MiniMax templates' ? 'template_id' : 'model';
		for (const word of words) {
			const answer = await create(sandbox, name, { change: { [field]: word } });
			expect([word, answer.status, isAccepted(answer)]).toEqual([
				word,
				name === 'MiniMax V1' || name === 'MiniMax templates' ? 200 : 400,
				false,
			]);
		}
		expect(sandbox.tasks()).toEqual([]);
	});

	it('are no resolution, no parameter and no task type', async () => {
		for (const word of words) {
			const change = { resolution: word };
			const refused: Reply[] = [
				await create(sandbox, 'MiniMax V1', { change }),
				await create(sandbox, 'MiniMax V2', { change }),
				await create(sandbox, 'Runware', { change: { ...change, model: 'minimax:h3@0' } }),
				await create(sandbox, 'Apiframe', { change: { [word]: 1 } }),
				await create(sandbox, 'Runware', { change: { taskType: word } }),
			];
			expect(refused.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400]);
			expect(refused.map(isAccepted)).toEqual(refused.map(() => false));
		}
		expect(sandbox.requests().map(({ step }) => step)).not.toContain('constructor');
	});
});

describe('a form that cannot be read', () => {
	const uploads: Array<[Vendor, string]> = [
		['minimax', '/v1/files/upload'],
		['toapis', '/v1/uploads/images'],
		['toapis', '/v1/uploads/videos'],
		['apiframe', '/v2/uploads'],
	];
	it.each(uploads)('is refused at %s %s', async (vendor, path) => {
		for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
			const response = await fetch(`${sandbox.baseUrl(vendor)}${path}`, {
				method: 'POST',
				headers: {
					'Content-Type': type,
					...(vendor === 'apiframe'
						? { 'X-API-Key': 'sk-test' }
						: { Authorization: 'Bearer sk-test' }),
				},
				body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf',
			});
			expect([type, response.status]).toEqual([type, 400]);
		}
	});
});

describe('the role that a key plays', () => {
	it.each([
		['bad', true],
		['bad-key', true],
		['my-bad-key', true],
		['sk_bad_1', true],
		['abadcafe', false],
		['sk-Zbad', false],
		['badger-1', false],
	])('%s is refused: %s', async (key, isRefused) => {
		for (const name of createNames) {
			expect([name, isAccepted(await create(sandbox, name, { key }))]).toEqual([name, !isRefused]);
		}
	});

	it('is a whole word for the other roles too', async () => {
		expect(isAccepted(await create(sandbox, 'MiniMax V1', { key: 'sk-poorly' }))).toBe(true);
		const jobs = async (key: string) =>
			(await call(sandbox, 'apiframe', '/v2/jobs?scope=team', { key })).status;
		expect([await jobs('remember'), await jobs('a-member')]).toEqual([200, 403]);
		const me = async (key: string) => (await call(sandbox, 'apiframe', '/v2/me', { key })).status;
		expect([await me('inactivex'), await me('inactive-1')]).toEqual([200, 403]);
		const body = [{ taskType: 'accountManagement', operation: 'getDetails' }];
		const account = async (key: string) =>
			(await call(sandbox, 'runware', '', { body, key })).status;
		expect([await account('unrestricted'), await account('is-restricted')]).toEqual([200, 403]);
	});
});

describe('a rate limit', () => {
	const limits = {
		'MiniMax V1': 'minimaxV1',
		'MiniMax V2': 'minimaxV2',
		ToAPIs: 'toapisSubmit',
		Runware: 'runware',
		Apiframe: 'apiframe',
	} as const;
	const limited = Object.keys(limits) as Array<keyof typeof limits>;

	it('is off at Runware and Apiframe, who publish none', () => {
		expect(sandbox.config().rateLimits).toMatchObject({
			countRefused: false,
			minimaxV1: { requests: 20, windowSeconds: 60 },
			runware: null,
			apiframe: null,
		});
	});

	it.each(limited)('can be lower than documented at %s', async (name) => {
		sandbox.configure({ rateLimits: { [limits[name]]: { requests: 2, windowSeconds: 10 } } });
		const accepted: boolean[] = [];
		for (let index = 0; index < 3; index += 1) {
			accepted.push(isAccepted(await create(sandbox, name)));
		}
		expect(accepted).toEqual([true, true, false]);
		sandbox.advance(10_000);
		expect(isAccepted(await create(sandbox, name))).toBe(true);
		expect(sandbox.charges()).toHaveLength(3);
	});

	it.each(limited)('counts refused requests at %s only if it is told to', async (name) => {
		/** A client that asks every six seconds, where one request in ten seconds is allowed. */
		const patience = async (countRefused: boolean): Promise<boolean[]> => {
			sandbox.reset();
			sandbox.configure({
				rateLimits: { countRefused, [limits[name]]: { requests: 1, windowSeconds: 10 } },
			});
			const accepted: boolean[] = [];
			for (let index = 0; index < 4; index += 1) {
				accepted.push(isAccepted(await create(sandbox, name)));
				sandbox.advance(6000);
			}
			return accepted;
		};
		expect(await patience(false)).toEqual([true, false, true, false]);
		expect(await patience(true)).toEqual([true, false, false, false]);
	});

	it('says when there is room again, refused requests included', async () => {
		const toapisSubmit = { requests: 2, windowSeconds: 10 };
		sandbox.configure({ rateLimits: { countRefused: true, toapisSubmit } });
		for (let index = 0; index < 3; index += 1) {
			await create(sandbox, 'ToAPIs');
			sandbox.advance(1000);
		}
		const { status, headers } = await create(sandbox, 'ToAPIs');
		expect([status, headers.get('retry-after'), headers.get('x-ratelimit-remaining')]).toEqual([
			429,
			'9',
			'0',
		]);
		sandbox.advance(8000);
		expect((await create(sandbox, 'ToAPIs')).status).toBe(429);
	});
});

describe('tasks of other people', () => {
	const HOUR = 3600 * 1000;
	const pages = {
		minimax: async (key: string, size: number): Promise<string[]> => {
			const ids: string[] = [];
			for (let page = 1; ; page += 1) {
				const path = `/v2/query/video_generation?page_num=${page}&page_size=${size}`;
				const { json } = await call(sandbox, 'minimax', path, { key });
				ids.push(...json.items.map(({ id }: { id: string }) => id));
				if (ids.length >= json.total) return ids;
			}
		},
		apiframe: async (key: string, size: number): Promise<string[]> => {
			const ids: string[] = [];
			for (let cursor = ''; ; ) {
				const path = `/v2/jobs?limit=${size}${cursor && `&cursor=${cursor}`}`;
				const { json } = await call(sandbox, 'apiframe', path, { key });
				ids.push(...json.jobs.map(({ id }: { id: string }) => id));
				if (!json.hasMore) return ids;
				cursor = json.nextCursor;
			}
		},
	};
	const own = { minimax: 'MiniMax V2', apiframe: 'Apiframe' } as const;

	it.each(['minimax', 'apiframe'] as const)('fill the list of %s', async (vendor) => {
		const before = sandbox.addTasks({
			vendor,
			key: 'sk-test',
			count: 3,
			secondsAgo: 100,
			everySeconds: 10,
		});
		const { json } = await create(sandbox, own[vendor]);
		sandbox.advance(5000);
		const after = sandbox.addTasks({ vendor, key: 'sk-test', count: 1, seconds: 60 });
		const older = sandbox.addTasks({ vendor, key: 'sk-test', count: 1, secondsAgo: 1000 });
		expect(await pages[vendor]('sk-test', 2)).toEqual([
			...after,
			json.task_id ?? json.jobId,
			...before,
			...older,
		]);
		expect(await pages[vendor]('sk-other', 2)).toEqual([]);
		const [third, second, first, , running] = sandbox.tasks();
		expect([third, second, first, running].map((task) => task?.phase)).toEqual([
			'succeeded',
			'succeeded',
			'succeeded',
			'preparing',
		]);
		expect((first?.createdAt ?? 0) - (third?.createdAt ?? 0)).toBe(20_000);
		expect(sandbox.charges()).toHaveLength(1);
	});

	it.each(['minimax', 'apiframe'] as const)(
		'may be ten thousand at %s',
		async (vendor) => {
			const ids = sandbox.addTasks({ vendor, key: 'sk-test', count: 10_000, secondsAgo: 60 });
			expect(new Set(ids).size).toBe(10_000);
			expect(await pages[vendor]('sk-test', 100)).toEqual(ids);
			expect(sandbox.charges()).toEqual([]);
		},
		60_000,
	);

	it('can be looked at, downloaded and cancelled like any other, without a refund', async () => {
		const [job = ''] = sandbox.addTasks({
			vendor: 'apiframe',
			key: 'sk-test',
			count: 1,
			secondsAgo: 60,
			model: 'hailuo-02',
		});
		const { json } = await call(sandbox, 'apiframe', `/v2/jobs/${job}`);
		expect(json).toMatchObject({ status: 'COMPLETED', model: 'hailuo-02', creditCost: 5 });
		expect((await fetch(json.result.videoUrl)).status).toBe(200);
		expect((await call(sandbox, 'apiframe', '/v2/me')).json.team.credits).toBe(1000);

		const [waiting = ''] = sandbox.addTasks({ vendor: 'minimax', key: 'sk-test', count: 1 });
		const path = `/v2/video_generation/${waiting}`;
		const { json: gone } = await call(sandbox, 'minimax', path, { method: 'DELETE' });
		expect(gone.action).toBe('cancelled');
		expect(sandbox.charges()).toEqual([]);

		sandbox.addTasks({ vendor: 'minimax', key: 'sk-test', kind: 'v1', count: 200, secondsAgo: 60 });
		const { json: list } = await call(
			sandbox,
			'minimax',
			'/v1/files/list?purpose=video_generation',
		);
		const fileIds = list.files.map(({ file_id: fileId }: { file_id: number }) => fileId);
		expect(new Set(fileIds).size).toBe(200);
	});

	it('can be put there over HTTP', async () => {
		const post = async (body: object) => {
			const response = await fetch(`${sandbox.url}/control/tasks`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
			});
			return { status: response.status, json: await response.json() };
		};
		const { status, json } = await post({ vendor: 'minimax', key: 'sk-test', count: 2 });
		expect([status, json]).toEqual([201, { ids: await pages.minimax('sk-test', 20) }]);
		expect((await post({ vendor: 'toapis', key: 'sk-test', count: 2 })).status).toBe(400);
		const video = { vendor: 'minimax', key: 'sk-test', count: 2, kind: 'video' };
		expect((await post(video)).status).toBe(400);
		expect(sandbox.tasks()).toHaveLength(2);
	});

	it('leave the list of MiniMax after its seven days', async () => {
		sandbox.addTasks({ vendor: 'minimax', key: 'sk-test', count: 2, everySeconds: 3600 });
		sandbox.advance(7 * 24 * HOUR);
		expect(await pages.minimax('sk-test', 20)).toHaveLength(1);
	});
});

it('has an order of every kind of task that is valid', async () => {
	for (const name of createNames) {
		expect([name, isAccepted(await create(sandbox, name))]).toEqual([name, true]);
	}
	expect(sandbox.tasks().map(({ vendor }) => vendor)).toEqual(
		createNames.map((name) => creates[name].vendor),
	);
});
