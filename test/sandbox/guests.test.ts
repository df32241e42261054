import { call } from './client';
import { create } from './creates';
import { sandbox, still, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

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

describe('tasks of other people', () => {
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
