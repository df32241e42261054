import { minimax } from '../../../providers/minimax';
import { forgetAccounts } from '../../../video/account';
import type { HttpRequest, RawAnswer } from '../../../video/host';
import { JobError } from '../../../video/outcome';
import type { Order } from '../../../video/order';
import { formatReference } from '../../../video/reference';
import { json, make, memoryOf, orderOf, Simulation } from '../../support/simulation';

jest.setTimeout(60_000);

beforeEach(forgetAccounts);

interface Task {
	id: string;
	prompt: string;
	created: number;
	duration: number;
}

/** MiniMax H3: its list has no prompts. */
class H3 {
	readonly tasks: Task[] = [];

	constructor(readonly simulation: Simulation) {}

	make(prompt: string, duration = 6): Task {
		const created = Math.floor(this.simulation.now() / 1000);
		const task = { id: `T${this.tasks.length + 1}`, prompt, created, duration };
		this.tasks.push(task);
		return task;
	}

	readonly promptsPaid = (prompt: string) =>
		this.tasks.filter((task) => task.prompt === prompt).length;

	list({ url }: HttpRequest): RawAnswer {
		const { searchParams: query } = new URL(url);
		const size = Number(query.get('page_size'));
		const from = (Number(query.get('page_num')) - 1) * size;
		const items = [...this.tasks]
			.reverse()
			.slice(from, from + size)
			.map(({ id, created, duration }) => ({
				id,
				duration,
				created_at: created,
				model: 'MiniMax-H3',
				resolution: '768P',
				status: 'running',
			}));
		return json(200, { items, total: this.tasks.length });
	}
}

const promptOf = ({ json: body }: HttpRequest) =>
	(body as { content: Array<{ text: string }> }).content[0].text;

const reset = () => Object.assign(new Error('reset'), { code: 'ECONNRESET' });

type Send = (request: HttpRequest) => Promise<RawAnswer>;

function orderFor(
	simulation: Simulation,
	prompt: string,
	send: Send,
	{
		memory = memoryOf(),
		...wishes
	}: Partial<Order> & { memory?: ReturnType<typeof memoryOf> } = {},
) {
	return orderOf(minimax, simulation.connection(send, { memory }), prompt, {
		model: 'MiniMax-H3',
		wait: undefined,
		...wishes,
	});
}

const referenceOf = (result: unknown) =>
	result instanceof JobError
		? undefined
		: formatReference((result as { task: { reference: never } }).task.reference);

test('an item takes no task of another item whose create is still on its way', async () => {
	const simulation = new Simulation();
	const vendor = new H3(simulation);
	let losses = 0;
	const send: Send = async (request) => {
		if (request.method === 'GET') return vendor.list(request);
		const prompt = promptOf(request);
		if (prompt === 'one' && losses++ === 0) {
			await simulation.sleep(300);
			throw reset();
		}
		await simulation.sleep(2000);
		const { id } = vendor.make(prompt);
		await simulation.sleep(3000);
		return json(200, { task_id: id });
	};
	const [one, two] = await simulation.run(
		make(orderFor(simulation, 'one', send), orderFor(simulation, 'two', send)),
	);
	expect(referenceOf(one)).toBe(`minimax:v2:${vendor.tasks.find((t) => t.prompt === 'one')?.id}`);
	expect(referenceOf(two)).toBe(`minimax:v2:${vendor.tasks.find((t) => t.prompt === 'two')?.id}`);
	expect(vendor.tasks).toHaveLength(2);
});

test('executions that are retried long after an outage do not take each other’s tasks', async () => {
	const simulation = new Simulation();
	const vendor = new H3(simulation);
	let isDown = true;
	const send: Send = async (request) => {
		await simulation.sleep(200);
		if (isDown) return json(500, { type: 'error', error: { message: 'unknown error (1000)' } });
		if (request.method === 'GET') return vendor.list(request);
		return json(200, { task_id: vendor.make(promptOf(request)).id });
	};
	const memories = { A: memoryOf(), B: memoryOf() };
	const run = async (name: 'A' | 'B') =>
		await simulation.run(make(orderFor(simulation, name, send, { memory: memories[name] })));
	await run('A');
	await run('B');
	isDown = false;
	await simulation.run(simulation.sleep(3_600_000));
	const [a] = await run('A');
	const [b] = await run('B');
	expect(vendor.tasks.map(({ prompt }) => prompt)).toEqual(['A', 'B']);
	expect([referenceOf(a), referenceOf(b)]).toEqual(['minimax:v2:T1', 'minimax:v2:T2']);
});

test('a lost task is found again behind hundreds of newer ones, and paid once', async () => {
	const simulation = new Simulation();
	const vendor = new H3(simulation);
	const memory = memoryOf();
	let isLost = true;
	const send: Send = async (request) => {
		await simulation.sleep(200);
		if (request.method === 'GET') {
			if (isLost) return json(500, { type: 'error', error: { message: 'unknown error (1000)' } });
			return vendor.list(request);
		}
		const { id } = vendor.make(promptOf(request));
		if (isLost) throw reset();
		return json(200, { task_id: id });
	};
	await simulation.run(make(orderFor(simulation, 'mine', send, { memory })));
	await simulation.run(simulation.sleep(60_000));
	for (let index = 0; index < 400; index++) vendor.make('of others', 10);
	isLost = false;
	const [result] = await simulation.run(make(orderFor(simulation, 'mine', send, { memory })));
	expect(vendor.promptsPaid('mine')).toBe(1);
	expect(referenceOf(result)).toBe('minimax:v2:T1');
});

describe('what may be somebody else’s is not taken, and the message names it', () => {
	const lostCreate = (vendor: H3, isAccepted: boolean): Send => {
		let losses = 0;
		return async (request) => {
			await vendor.simulation.sleep(200);
			if (request.method === 'GET') return vendor.list(request);
			if (isAccepted) vendor.make(promptOf(request));
			if (losses++ === 0) throw reset();
			return json(200, { task_id: vendor.make(promptOf(request)).id });
		};
	};

	test('two tasks of that moment', async () => {
		const simulation = new Simulation();
		const vendor = new H3(simulation);
		const send = lostCreate(vendor, true);
		const run = make(orderFor(simulation, 'mine', send));
		await simulation.run(simulation.sleep(100));
		vendor.make('of somebody else');
		const [result] = await simulation.run(run);
		expect(result).toBeInstanceOf(JobError);
		expect((result as JobError).message).toMatch(/may have accepted the request/);
		expect((result as JobError).failure.advice).toMatch(/minimax:v2:T2, minimax:v2:T1/);
		expect(vendor.tasks).toHaveLength(2);
	});

	test('one task, and two creates of this process that were lost together', async () => {
		const simulation = new Simulation();
		const vendor = new H3(simulation);
		let creates = 0;
		const send: Send = async (request) => {
			await simulation.sleep(200);
			if (request.method === 'GET') return vendor.list(request);
			if (creates++ === 0) vendor.make(promptOf(request));
			throw reset();
		};
		const results = await simulation.run(
			make(orderFor(simulation, 'one', send), orderFor(simulation, 'two', send)),
		);
		for (const result of results) {
			expect((result as JobError).failure.advice).toMatch(/The task minimax:v2:T1 may be it/);
		}
		expect(creates).toBe(2);
	});

	test('a task made well before or after our request', async () => {
		const simulation = new Simulation();
		const vendor = new H3(simulation);
		vendor.make('of somebody else');
		await simulation.run(simulation.sleep(20_000));
		const lost = orderFor(simulation, 'mine', lostCreate(vendor, false));
		const [result] = await simulation.run(make(lost));
		expect((result as JobError).failure.advice).toMatch(/minimax:v2:T1 may be it/);
		expect(vendor.promptsPaid('mine')).toBe(0);
	});

	test('but one that the task table knows as somebody’s is left out', async () => {
		const simulation = new Simulation();
		const vendor = new H3(simulation);
		const send = lostCreate(vendor, false);
		const run = make(
			orderFor(simulation, 'mine', send, {
				claimed: async () => new Set(['minimax:v2:T1']),
			}),
		);
		await simulation.run(simulation.sleep(100));
		vendor.make('of another process');
		const [result] = await simulation.run(run);
		expect(referenceOf(result)).toBe('minimax:v2:T2');
		expect(vendor.promptsPaid('mine')).toBe(1);
	});
});
