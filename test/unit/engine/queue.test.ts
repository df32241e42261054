import { minimax } from '../../../providers/minimax';
import { runware } from '../../../providers/runware';
import { accountOf, forgetAccounts } from '../../../video/account';
import type { HttpRequest, RawAnswer } from '../../../video/host';
import type { JobError } from '../../../video/outcome';
import { failuresIn, json, make, orderOf, scenes, Simulation } from '../../support/simulation';

const minute = 60_000;

jest.setTimeout(60_000);
const withoutWait = { wait: undefined };

beforeEach(forgetAccounts);

/** MiniMax with its limit of creates. Tasks of the first generation are ready when they are asked for. */
class RateLimited {
	readonly accepted: number[] = [];

	readonly prompts: string[] = [];

	creates = 0;

	private hits: number[] = [];

	constructor(
		private readonly simulation: Simulation,
		private readonly limit = 20,
		private readonly countsRefused = true,
		private readonly headers: Record<string, string> = {},
	) {}

	readonly send = async (request: HttpRequest): Promise<RawAnswer> => {
		await this.simulation.sleep(100 + 400 * this.simulation.random());
		const ok = { base_resp: { status_code: 0 } };
		if (request.url.includes('/files/'))
			return json(200, { file: { download_url: 'https://a.example.com/x.mp4' }, ...ok });
		if (request.method === 'GET') {
			return json(200, { task_id: '1', status: 'Success', file_id: '9', ...ok });
		}
		this.creates++;
		const now = this.simulation.time;
		this.hits = this.hits.filter((time) => time > now - minute);
		const refused = this.hits.length >= this.limit;
		if (!refused || this.countsRefused) this.hits.push(now);
		if (refused) {
			const answer = json(200, { base_resp: { status_code: 1002, status_msg: 'rate limit' } });
			return { ...answer, headers: this.headers };
		}
		this.accepted.push(now);
		this.prompts.push((request.json as { prompt: string }).prompt);
		return json(200, { task_id: String(this.accepted.length), ...ok });
	};
}

/** Each order in an execution of its own, all at one moment. */
async function atOneMoment(
	simulation: Simulation,
	vendor: RateLimited,
	processes: readonly string[],
	wishes = {},
) {
	const executions = processes.map(
		async (process, index) =>
			await make(
				orderOf(minimax, simulation.connection(vendor.send, { process }), `Scene ${index}`, wishes),
			),
	);
	return (await simulation.run(Promise.all(executions))).flat();
}

test.each([
	['60 executions of one process', 1, 60],
	['60 executions of two processes', 2, 60],
	['600 executions of one process', 1, 600],
	['120 executions of four processes', 4, 120],
])(
	'%s at one moment all get their video, in little more than the limit needs',
	async (_, processes, count) => {
		const simulation = new Simulation();
		const vendor = new RateLimited(simulation);
		const owners = Array.from({ length: count }, (_one, index) => String(index % processes));
		const results = await atOneMoment(simulation, vendor, owners, withoutWait);
		expect(failuresIn(results)).toEqual([]);
		expect(vendor.accepted).toHaveLength(count);
		const ideal = (Math.ceil(count / 20) - 1) * minute;
		expect(Math.max(...vendor.accepted)).toBeLessThanOrEqual(1.2 * ideal);
		expect(vendor.creates / count).toBeLessThanOrEqual(1.3);
	},
);

test('those that wait for their video get it as well', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation);
	const results = await atOneMoment(simulation, vendor, Array<string>(100).fill(''));
	expect(failuresIn(results)).toEqual([]);
	expect(vendor.creates).toBe(100);
});

test('a limit that is lower than the pages say is kept as well', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation, 5);
	const results = await atOneMoment(simulation, vendor, Array<string>(50).fill(''), withoutWait);
	expect(failuresIn(results)).toEqual([]);
	expect(vendor.creates / 50).toBeLessThanOrEqual(1.3);
	expect(Math.max(...vendor.accepted)).toBeLessThanOrEqual(1.2 * 9 * minute);
});

test('the vendor’s own word on how long to wait is kept', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation, 5, true, { 'retry-after': '90' });
	await atOneMoment(simulation, vendor, Array<string>(10).fill(''), withoutWait);
	const pause = vendor.accepted[5] - vendor.accepted[4];
	expect(pause).toBeGreaterThanOrEqual(90_000);
	expect(pause).toBeLessThanOrEqual(100_000);
});

test('first come, first served, whichever execution it is', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation);
	const connect = () => simulation.connection(vendor.send);
	const many = make(...scenes(40, minimax, connect, withoutWait));
	await simulation.run(simulation.sleep(10_000));
	const late = make(orderOf(minimax, connect(), 'late', withoutWait));
	await simulation.run(Promise.all([many, late]));
	// Five of the many stand in line at a time; the one that came later is behind these only.
	expect(vendor.prompts.indexOf('late')).toBeGreaterThanOrEqual(20);
	expect(vendor.prompts.indexOf('late')).toBeLessThanOrEqual(26);
	expect(vendor.prompts.slice(0, 20).sort()).toEqual(
		Array.from({ length: 20 }, (_, index) => `Scene ${index}`).sort(),
	);
});

test('patience begins when an item’s turn comes: item 120 of 150 survives a refusal', async () => {
	const simulation = new Simulation();
	let creates = 0;
	const send = async () => {
		await simulation.sleep(300);
		const refused = ++creates === 120;
		return json(200, {
			...(!refused && { task_id: String(creates) }),
			base_resp: { status_code: refused ? 1002 : 0 },
		});
	};
	const orders = scenes(150, minimax, () => simulation.connection(send), withoutWait);
	expect(failuresIn(await simulation.run(make(...orders)))).toEqual([]);
	expect(creates).toBe(151);
});

test('an item that gives up says how often it was refused and how many were before it', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation, 0);
	const results = await atOneMoment(simulation, vendor, Array<string>(3).fill(''), withoutWait);
	const messages = failuresIn(results).map(({ message }) => message);
	expect(messages).toHaveLength(3);
	expect(messages[2]).toMatch(
		/too many requests.*refused \d+ times.*patience of 5 minutes; 2 items were before it in the queue/,
	);
	expect(vendor.creates).toBeLessThanOrEqual(30);
});

test('a vendor that asks to come back tomorrow holds nobody up for a day', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation, 0, true, { 'retry-after': '86400' });
	const results = await atOneMoment(simulation, vendor, Array<string>(10).fill(''));
	const messages = failuresIn(results).map(({ message }) => message);
	expect(messages).toHaveLength(10);
	expect(simulation.time).toBeLessThan(minute);
	expect(messages[9]).toMatch(/was not sent: .*patience of 30 minutes; 9 items were before it/);
});

test('Stop ends a place in the queue at once, and the next one moves up', async () => {
	const simulation = new Simulation();
	const vendor = new RateLimited(simulation);
	await atOneMoment(simulation, vendor, Array<string>(20).fill(''), withoutWait);
	const stop = new AbortController();
	const begin = async (name: string, signal?: AbortSignal) =>
		await make(
			orderOf(minimax, simulation.connection(vendor.send, { stop: signal }), name, withoutWait),
		);
	const stopped = begin('stopped', stop.signal);
	const next = begin('next');
	await simulation.run(simulation.sleep(5000));
	const before = simulation.time;
	stop.abort();
	const [result] = await simulation.run(stopped);
	expect(simulation.time - before).toBeLessThan(1000);
	expect((result as JobError).failure.code).toBe('stopped');
	await simulation.run(next);
	expect(vendor.prompts).toContain('next');
	expect(vendor.prompts).not.toContain('stopped');
});

test('a vendor without a published limit is asked with growing pauses while its queue is full', async () => {
	const simulation = new Simulation();
	let creates = 0;
	const send = async ({ json: tasks }: HttpRequest): Promise<RawAnswer> => {
		await simulation.sleep(200);
		const [{ taskUUID }] = tasks as Array<{ taskUUID: string }>;
		creates++;
		if (simulation.time > 4 * minute) return json(200, { data: [{ taskUUID }] });
		return json(429, { errors: [{ code: 'rateLimitExceeded', message: 'full', taskUUID }] });
	};
	const orders = scenes(10, runware, () => simulation.connection(send), withoutWait);
	expect(failuresIn(await simulation.run(make(...orders)))).toEqual([]);
	expect(creates).toBeLessThanOrEqual(25);
});

test('an account that nobody has used for an hour is forgotten; keys are known as digests only', async () => {
	const simulation = new Simulation();
	const connection = simulation.connection(async () => await Promise.reject(new Error('unused')));
	const account = accountOf(minimax, connection);
	expect(accountOf(minimax, simulation.connection(connection.send))).toBe(account);
	await simulation.run(simulation.sleep(61 * minute));
	expect(accountOf(minimax, connection)).not.toBe(account);
	expect(JSON.stringify(Object.keys(connection))).not.toContain('apiKey');
});
