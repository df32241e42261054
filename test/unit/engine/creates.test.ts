import { providers } from '../../../providers';
import { apiframe } from '../../../providers/apiframe';
import { minimax } from '../../../providers/minimax';
import { runware } from '../../../providers/runware';
import { forgetAccounts } from '../../../video/account';
import type { HttpRequest, RawAnswer } from '../../../video/host';
import { timeoutOf } from '../../../video/http';
import { JobError } from '../../../video/outcome';
import type { Provider } from '../../../video/provider';
import { html, json, make, memoryOf, orderOf, Simulation } from '../../support/simulation';
import { usualKind } from '../../support/vendors';

const minute = 60_000;
const hour = 60 * minute;
const withoutWait = { wait: undefined };

jest.setTimeout(60_000);

beforeEach(forgetAccounts);

type Body = Array<Record<string, string>>;
const isCreate = ({ json: body, method }: HttpRequest) =>
	Array.isArray(body) ? (body as Body)[0].taskType === 'videoInference' : method === 'POST';
const uuidOf = ({ json: body }: HttpRequest) => (body as Body)[0].taskUUID;

const acceptance = (vendor: string, request: HttpRequest) =>
	json(200, usualKind(vendor).accepted(vendor === 'runware' ? uuidOf(request) : '7'));

const unknownToRunware = (request: HttpRequest) =>
	json(404, {
		errors: [{ code: 'taskFailedOrNotFound', message: 'unknown', taskUUID: uuidOf(request) }],
	});

async function makeOne(
	simulation: Simulation,
	provider: Provider,
	send: (request: HttpRequest) => Promise<RawAnswer>,
	{
		most = 12 * hour,
		memory = memoryOf(),
		...wishes
	}: Parameters<typeof orderOf>[3] & {
		most?: number;
		memory?: ReturnType<typeof memoryOf>;
	} = {},
) {
	const connection = simulation.connection(send, { memory });
	const order = orderOf(provider, connection, 'A paper boat', { ...withoutWait, ...wishes });
	const [made] = await simulation.run(make(order), most);
	return made;
}

describe('a create that takes 75 s is charged once, and its late answer is used', () => {
	test.each(providers.map((one) => [one.name, one] as const))('%s', async (_, provider) => {
		const simulation = new Simulation();
		let charged = 0;
		const result = await makeOne(simulation, provider, async (request) => {
			if (!isCreate(request)) return unknownToRunware(request);
			await simulation.sleep(75_000);
			charged++;
			return acceptance(provider.id, request);
		});
		expect(charged).toBe(1);
		expect(result).toMatchObject({ task: { status: 'queued' }, hints: [] });
	});
});

test('a create gets more time the larger it is, and is ended when its time is over', async () => {
	const small = timeoutOf({ json: { prompt: 'x' } }, true);
	const large = timeoutOf({ json: { images: ['x'.repeat(100_000_000)] } }, true);
	expect(small).toBeGreaterThanOrEqual(5 * minute);
	expect(large).toBeGreaterThanOrEqual(20 * minute);
	const simulation = new Simulation();
	let onTheWay = 0;
	let most = 0;
	let aborted = 0;
	await makeOne(simulation, runware, async (request) => {
		if (!isCreate(request)) return unknownToRunware(request);
		most = Math.max(most, ++onTheWay);
		return await new Promise((_, reject) => {
			request.cancel?.addEventListener('abort', () => {
				onTheWay--;
				aborted++;
				reject(new Error('aborted'));
			});
		});
	});
	expect(aborted).toBeGreaterThan(0);
	expect(most).toBe(1);
});

describe('creates that answer 503 for ever', () => {
	test.each([
		{
			provider: runware,
			timeout: minute,
			creates: 6,
			end: 2 * minute,
			words: /no free server.*does not have it: nothing was charged/,
		},
		{
			provider: minimax,
			model: 'MiniMax-H3',
			timeout: 30 * minute,
			creates: 45,
			end: 33 * minute,
			words: /does not have it: nothing was charged/,
		},
	])(
		'end with the patience of the node, at $provider.name',
		async ({ provider, model, timeout, creates, end, words }) => {
			const simulation = new Simulation();
			let sent = 0;
			const send = async (request: HttpRequest) => {
				await simulation.sleep(300);
				const atRunware = provider === runware;
				if (!isCreate(request)) {
					return atRunware ? unknownToRunware(request) : json(200, { items: [], total: 0 });
				}
				sent++;
				return atRunware
					? json(503, {
							errors: [{ code: 'noAvailableServer', message: 'none', taskUUID: uuidOf(request) }],
						})
					: json(500, { type: 'error', error: { message: 'unknown error (1000)' } });
			};
			const wait = { timeout, onTimeout: 'fail' } as const;
			const result = await makeOne(simulation, provider, send, { wait, model });
			expect(result).toBeInstanceOf(JobError);
			expect((result as JobError).message).toMatch(words);
			expect(sent).toBeLessThanOrEqual(creates);
			expect(simulation.time).toBeLessThanOrEqual(end);
		},
	);

	test('pause longer each time', async () => {
		const simulation = new Simulation();
		const times: number[] = [];
		await makeOne(
			simulation,
			runware,
			async (request) => {
				if (!isCreate(request)) return unknownToRunware(request);
				times.push(simulation.time);
				return json(503, { errors: [{ code: 'serviceUnavailable', message: 'down' }] });
			},
			{ wait: { timeout: 10 * minute, onTimeout: 'fail' } },
		);
		const pauses = times.slice(1).map((time, index) => time - times[index]);
		expect(pauses[3]).toBeGreaterThan(2 * pauses[0]);
		expect(Math.max(...pauses)).toBeLessThanOrEqual(90_000);
	});
});

test('a repeated create keeps its ID, so that a vendor that knows it already refuses the second', async () => {
	const simulation = new Simulation();
	const accepted = new Set<string>();
	const shownAfter = 30_000;
	let acceptedAt = Infinity;
	const result = await makeOne(simulation, runware, async (request) => {
		await simulation.sleep(300);
		const taskUUID = uuidOf(request);
		if (!isCreate(request)) {
			return simulation.time > acceptedAt + shownAfter
				? json(200, { data: [{ taskUUID, status: 'processing' }] })
				: unknownToRunware(request);
		}
		if (accepted.has(taskUUID)) {
			return json(400, { errors: [{ code: 'duplicateTaskUUID', message: 'used', taskUUID }] });
		}
		accepted.add(taskUUID);
		acceptedAt = Math.min(acceptedAt, simulation.time);
		throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
	});
	expect(accepted.size).toBe(1);
	expect(result).toMatchObject({ task: { reference: { id: [...accepted][0] } } });
});

describe('the retry of an execution', () => {
	/** Apiframe loses its answers for one run; it is up again when the next one comes so much later. */
	async function afterOutage(pause: number) {
		const simulation = new Simulation();
		const memory = memoryOf();
		const kept = new Map<string, number>();
		const paid = { before: 0, after: 0 };
		let isDown = true;
		const send = async (request: HttpRequest): Promise<RawAnswer> => {
			await simulation.sleep(200);
			if (!isCreate(request)) return json(503, { error: 'database' });
			const key = request.headers?.['Idempotency-Key'] ?? '';
			const at = kept.get(key) ?? -Infinity;
			if (simulation.time - at > 24 * hour) paid[isDown ? 'before' : 'after']++;
			kept.set(key, simulation.time);
			return isDown ? json(503, { error: 'database' }) : acceptance('apiframe', request);
		};
		await makeOne(simulation, apiframe, send, { memory });
		isDown = false;
		await simulation.run(simulation.sleep(pause));
		const result = await makeOne(simulation, apiframe, send, { memory });
		return { result, paid, keys: kept.size };
	}

	test('at Apiframe more than 24 h later does not trust the Idempotency-Key any more', async () => {
		const { result, paid } = await afterOutage(25 * hour);
		expect(paid).toEqual({ before: 1, after: 0 });
		expect((result as JobError).message).toMatch(
			/may have accepted the request and charged for it/,
		);
	});

	test('at Apiframe within these hours gets the first job', async () => {
		const { result, keys } = await afterOutage(5 * hour);
		expect(keys).toBe(1);
		expect(result).toMatchObject({ task: { reference: { provider: 'apiframe' } } });
	});

	test('at Runware asks for the first UUID as long as the vendor knows it, and not for ever', async () => {
		const simulation = new Simulation();
		const memory = memoryOf();
		const lost = async () => {
			await simulation.sleep(200);
			throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
		};
		await makeOne(simulation, runware, lost, { memory });
		await simulation.run(simulation.sleep(48 * hour));
		let creates = 0;
		const result = await makeOne(
			simulation,
			runware,
			async (request) => {
				if (isCreate(request)) creates++;
				return unknownToRunware(request);
			},
			{ memory },
		);
		expect(creates).toBe(0);
		expect((result as JobError).message).toMatch(/may have accepted/);
	});
});

describe('a page of HTML in place of an answer to a create', () => {
	test.each([
		[404, /another server seems to answer/, /Base URL/],
		[401, /API key is probably not accepted/, /API key/],
		[413, /too large/, /smaller pictures/],
		[302, /another server/, /Base URL/],
	])(
		'with HTTP %s ends at once, says what is likely, and nothing is sent again',
		async (status, message, advice) => {
			const simulation = new Simulation();
			let creates = 0;
			const result = (await makeOne(simulation, minimax, async () => {
				creates++;
				return html(status);
			})) as JobError;
			expect(creates).toBe(1);
			expect(result.message).toMatch(message);
			expect(result.failure.advice).toMatch(advice);
			expect(simulation.time).toBeLessThan(minute);
		},
	);

	test('with HTTP 403 may pass: it is tried again for a short while', async () => {
		const simulation = new Simulation();
		let creates = 0;
		const result = await makeOne(simulation, minimax, async (request) =>
			++creates < 3 ? html(403) : acceptance('minimax', request),
		);
		expect(result).toMatchObject({ task: { status: 'queued' } });
		const stays = new Simulation();
		const error = await makeOne(stays, minimax, async () => html(403));
		expect((error as JobError).message).toMatch(/proxy or firewall/);
		expect(stays.time).toBeLessThan(minute);
	});
});
