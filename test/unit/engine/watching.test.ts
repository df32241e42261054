import { providers } from '../../../providers';
import { apiframe } from '../../../providers/apiframe';
import { minimax } from '../../../providers/minimax';
import { runware } from '../../../providers/runware';
import { accountOf, forgetAccounts } from '../../../video/account';
import type { Connection, HttpRequest, RawAnswer } from '../../../video/host';
import { JobError } from '../../../video/outcome';
import type { Provider } from '../../../video/provider';
import { Watchers } from '../../../video/watcher';
import { type WatchedTask, Watchlist } from '../../../video/watchlist';
import { html, json, make, orderOf, scenes, Simulation } from '../../support/simulation';
import { type AnsweredTask, usualKind } from '../../support/vendors';

const minute = 60_000;
const jobId = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890';
const link = 'https://files.example.com/x.mp4';
const ok = { base_resp: { status_code: 0 } };

jest.setTimeout(60_000);

beforeEach(forgetAccounts);

type Tasks = Array<Record<string, string>>;

/** A vendor whose tasks take so many seconds; `spoil` may answer a question in its place. */
class Vendor {
	readonly looks: number[] = [];

	/** Tasks asked for in each call. */
	readonly sizes: number[] = [];

	private readonly endsAt: number[] = [];

	constructor(
		private readonly simulation: Simulation,
		private readonly provider: Provider,
		private readonly seconds: readonly number[],
		private readonly spoil: (look: number) => RawAnswer | undefined = () => undefined,
	) {}

	readonly send = async (request: HttpRequest): Promise<RawAnswer> => {
		const { simulation, seconds } = this;
		const { accepted, answered } = usualKind(this.provider.id);
		const { json: body, method, url } = request;
		const tasks = Array.isArray(body) ? (body as Tasks) : undefined;
		const creates = tasks ? tasks[0].taskType === 'videoInference' : method === 'POST';
		if (creates) {
			const index = this.ids.length;
			const id = tasks?.[0].taskUUID ?? String(index);
			this.ids.push(id);
			this.endsAt.push(simulation.time + seconds[index % seconds.length] * 1000);
			return json(200, accepted(id));
		}
		if (url.includes('/files/')) return json(200, { file: { download_url: link }, ...ok });
		const asked = tasks?.map(({ taskUUID }) => taskUUID) ?? [
			new URL(url).searchParams.get('task_id') ?? String(url.split('/').pop()),
		];
		this.looks.push(simulation.time);
		this.sizes.push(asked.length);
		const spoilt = this.spoil(this.looks.length);
		return spoilt ?? json(200, answered?.(asked.map((id) => this.answeredTask(id))));
	};

	readonly ids: string[] = [];

	private answeredTask(id: string): AnsweredTask {
		const isDone = this.simulation.time >= this.endsAt[this.ids.indexOf(id)];
		return { id, ...(isDone && { link }) };
	}

	/** Seconds from the end of a task to the first look that can have learned of it. */
	lag(id: number): number {
		const seen = this.looks.find((time) => time >= this.endsAt[id]) ?? Infinity;
		return (seen - this.endsAt[id]) / 1000;
	}
}

const vendors = providers.map((one) => [one.name, one] as const);

describe.each(vendors)('while waiting for a video of %s', (_, provider) => {
	test.each([200, 302, 400, 401, 403, 404, 413, 429, 500, 502, 520])(
		'a page of HTML with HTTP %s loses nothing',
		async (status) => {
			const simulation = new Simulation();
			const vendor = new Vendor(simulation, provider, [90], (look) =>
				look <= 3 ? html(status) : undefined,
			);
			const order = orderOf(provider, simulation.connection(vendor.send), 'A paper boat');
			const [result] = await simulation.run(make(order));
			expect(result).toMatchObject({ task: { status: 'completed' } });
		},
	);

	test('pages until the end say so, with the reference of the task', async () => {
		const simulation = new Simulation();
		const vendor = new Vendor(simulation, provider, [90], () => html(403));
		const order = orderOf(provider, simulation.connection(vendor.send), 'A paper boat', {
			wait: { timeout: 5 * minute, onTimeout: 'fail' },
		});
		const [result] = await simulation.run(make(order));
		expect(result).toBeInstanceOf(JobError);
		expect((result as JobError).message).toMatch(/not ready after 5 minutes.*HTTP 403/);
		expect((result as JobError).task?.reference.provider).toBe(provider.id);
	});

	test.each([
		['back', -3 * 3_600_000],
		['forward', 3 * 3_600_000],
	])('a clock that is set %s changes nothing', async (_direction, jump) => {
		const simulation = new Simulation();
		const vendor = new Vendor(simulation, provider, [200]);
		const made = make(orderOf(provider, simulation.connection(vendor.send), 'A paper boat'));
		await simulation.run(simulation.sleep(40_000));
		simulation.wallClock += jump;
		const [result] = await simulation.run(made);
		expect(result).toMatchObject({ task: { status: 'completed' } });
		expect(vendor.lag(0)).toBeLessThan(15);
		expect(vendor.looks.length).toBeLessThan(60);
	});
});

test('the queue of an account goes on when the clock is set back', async () => {
	const simulation = new Simulation();
	const vendor = new Vendor(simulation, minimax, [10]);
	const orders = (count: number) =>
		scenes(count, minimax, () => simulation.connection(vendor.send), { wait: undefined });
	await simulation.run(make(...orders(20)));
	simulation.wallClock -= 24 * 3_600_000;
	const before = simulation.time;
	await simulation.run(make(...orders(1)));
	expect(simulation.time - before).toBeLessThanOrEqual(70_000);
});

test('a hundred tasks of Runware are asked for in one call', async () => {
	const simulation = new Simulation();
	const vendor = new Vendor(simulation, runware, [120]);
	const connection = simulation.connection(vendor.send);
	await simulation.run(make(...scenes(100, runware, () => connection)));
	expect(Math.max(...vendor.sizes)).toBe(100);
	expect(vendor.looks.length).toBeLessThan(40);
	// Query Task and the trigger ask through the same list.
	const questions = vendor.ids.map((id) => ({
		reference: { provider: 'runware', kind: 'video', id },
		facts: { results: 1 },
	}));
	const before = vendor.looks.length;
	const answers = await simulation.run(
		new Watchers(5).of({ provider: runware, connection }).answers(questions, minute),
	);
	expect(answers.every((answer) => answer.status === 'completed')).toBe(true);
	expect(vendor.looks.length - before).toBe(1);
});

describe('when it is asked', () => {
	/** n8n's built-in node: every 15 seconds. */
	const builtIn = (seconds: number) => {
		const looks = Math.ceil(seconds / 15);
		return { lag: looks * 15 - seconds, requests: looks + 1 };
	};
	const mean = (values: readonly number[]) =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	const meansOf = (all: ReadonlyArray<{ lag: number; requests: number }>) => ({
		lag: mean(all.map(({ lag }) => lag)),
		requests: mean(all.map(({ requests }) => requests)),
	});

	async function one(simulation: Simulation, connection: Connection, vendor: Vendor, id: number) {
		const before = vendor.looks.length;
		await simulation.run(make(orderOf(minimax, connection, `Scene ${id}`)));
		return { lag: vendor.lag(id), requests: vendor.looks.length - before + 1 };
	}

	/** Ten processes of which nothing is known, each with random numbers of its own. */
	function* processes() {
		for (let process = 0; process < 10; process++) {
			forgetAccounts();
			const simulation = new Simulation();
			for (let skipped = 0; skipped < process * 7; skipped++) simulation.random();
			yield simulation;
		}
	}

	/** Each with eight tasks one after another, spread by 15 %. */
	async function measure(seconds: number) {
		const first: Array<{ lag: number; requests: number }> = [];
		const later: typeof first = [];
		const theirs: typeof first = [];
		for (const simulation of processes()) {
			const times = Array.from({ length: 8 }, () => seconds * (0.85 + 0.3 * simulation.random()));
			const vendor = new Vendor(simulation, minimax, times);
			const connection = simulation.connection(vendor.send);
			for (const [id, time] of times.entries()) {
				(id === 0 ? first : later).push(await one(simulation, connection, vendor, id));
				theirs.push(builtIn(time));
			}
		}
		return { first: meansOf(first), later: meansOf(later), theirs: meansOf(theirs) };
	}

	test.each([20, 60, 240])(
		'a task of %s s is seen sooner and with fewer requests than by the built-in node',
		async (seconds) => {
			const { first, later, theirs } = await measure(seconds);
			expect(later.lag).toBeLessThanOrEqual(3);
			expect(later.requests).toBeLessThan(theirs.requests);
			expect(first.lag * first.requests).toBeLessThanOrEqual((theirs.lag * theirs.requests) / 2);
		},
	);

	test('twenty tasks of 20 s in one run are all seen soon after the first of them', async () => {
		const parts: number[] = [];
		for (const simulation of processes()) {
			const connection = simulation.connection(new Vendor(simulation, minimax, [20]).send);
			await simulation.run(make(...scenes(20, minimax, () => connection)));
			parts.push(simulation.time / 20_000);
		}
		expect(mean(parts)).toBeLessThanOrEqual(1.08);
	});

	test('what one execution has learned serves the next, and ten thousand tasks are no more work', async () => {
		const simulation = new Simulation();
		const connection = simulation.connection(async () => await Promise.reject(new Error('unused')));
		const { times } = accountOf(minimax, connection);
		const list = new Watchlist<WatchedTask>(minimax, times, connection.host, 20);
		for (let id = 0; id < 10_000; id++) {
			const reference = { provider: 'minimax', kind: 'v1', id: String(id) };
			list.add({ name: String(id), reference, facts: {}, acceptedAt: simulation.now() });
		}
		times.add('v1   ', 120_000);
		await simulation.run(simulation.sleep(50_000));
		expect(list.due()).toEqual([]);
		await simulation.run(simulation.sleep(60_000));
		expect(list.due()).toHaveLength(10_000);
	});
});

test('a task that the vendor itself does not know ends the wait; another’s page or JSON does not', async () => {
	const outcomes = await Promise.all(
		[
			{ body: { error: 'Job not found' }, ends: true },
			{ body: { message: 'no Route matched with those values' }, ends: false },
			{ body: '<html>', ends: false },
		].map(async ({ body, ends }) => {
			const simulation = new Simulation();
			const answer = typeof body === 'string' ? html(404) : json(404, body);
			const connection = simulation.connection(async () => answer);
			const result = await simulation.run(
				new Watchers(5)
					.of({ provider: apiframe, connection })
					.until(
						{ reference: { provider: 'apiframe', kind: 'video', id: jobId }, facts: {} },
						{ until: 'final', patience: 5 * minute },
					),
			);
			return { end: result.end, ends };
		}),
	);
	for (const { end, ends } of outcomes) expect(end).toBe(ends ? 'error' : 'timeout');
});
