import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { providers } from '../../providers';
import type { Provider } from '../../video/provider';
import type { Fault } from '../../sandbox/faults';
import { sandboxAccounts } from '../../harness/accounts';
import { main } from '../../scripts/verify/main';
import { checksOf } from '../../scripts/verify/vendors';
import { estimateOf, reportOf, type Result, verify } from '../../scripts/verify/verify';
import { sandbox, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 0, rateLimits: false } });

const secret = 'sk-0123456789-nobody-may-see';

const providerOf = (vendor: string) => providers.find(({ id }) => id === vendor) as Provider;

async function verified(vendor: string, mayOrder = true): Promise<Result[]> {
	const provider = providerOf(vendor);
	const [account] = sandboxAccounts(sandbox).filter((one) => one.provider === vendor);
	const keyed = { ...account, data: { ...account.data, apiKey: secret } };
	const results = await verify(provider, keyed, checksOf(provider), mayOrder);
	expect(reportOf(provider.name, '1.0.0', results)).not.toContain(secret);
	return results;
}

const outcomes = (results: readonly Result[]) =>
	Object.fromEntries(results.map(({ reading, outcome }) => [reading, outcome]));

const byHand = ['All prices', 'How long it knows a task ID', 'Where pages contradict each other'];

test.each(providers.map(({ id }) => id))(
	'the sandbox of %s is as we read its pages',
	async (vendor) => {
		const results = await verified(vendor);
		for (const { reading, outcome, seen } of results) {
			const expected = byHand.includes(reading) ? 'not checked' : 'confirmed';
			expect({ reading, outcome, seen }).toEqual({ reading, outcome: expected, seen });
		}
		const { amount } = estimateOf(providerOf(vendor), checksOf(providerOf(vendor)));
		const paid = sandbox.charges(secret).reduce((sum, charge) => sum + charge.amount, 0);
		expect(paid).toBeLessThanOrEqual(amount + 1e-9);
		expect(paid > 0).toBe(amount > 0);
	},
);

test.each(providers.map(({ id }) => id))(
	'nothing is ordered at %s without a yes',
	async (vendor) => {
		const results = await verified(vendor, false);
		expect(sandbox.charges()).toEqual([]);
		for (const [index, { orders }] of checksOf(providerOf(vendor)).entries()) {
			if (orders) expect(results[index].outcome).toBe('not checked');
		}
		expect(Object.values(outcomes(results))).toContain('confirmed');
	},
);

describe('npm run verify', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'hailuo-verify-'));
	const file = path.join(folder, 'report.md');
	const environment = process.env;
	let printed = '';

	beforeEach(() => {
		printed = '';
		Object.defineProperty(process.stdin, 'isTTY', { configurable: true, value: false });
		process.env = { PATH: environment.PATH, APIFRAME_API_KEY: secret };
		jest.spyOn(console, 'log').mockImplementation((line: string) => void (printed += `${line}\n`));
		const real = globalThis.fetch;
		jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
			const { origin, pathname, search } = new URL(String(url));
			expect(origin).toBe('https://api.apiframe.ai');
			return await real(`${sandbox.baseUrl('apiframe')}${pathname}${search}`, init);
		});
	});
	afterEach(() => {
		process.env = environment;
		jest.restoreAllMocks();
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	const run = async (...args: string[]) => {
		await main([...args, '--report', file]);
		return readFileSync(file, 'utf8');
	};

	test('says what it costs, keeps the key to itself and writes the report', async () => {
		const report = await run('--yes', '--max-cost', '5');
		expect(printed).toContain('5 credits for at most 1 x MiniMax-Hailuo-2.3');
		expect(`${printed}${report}`).not.toContain(secret);
		expect(report).toMatch(/\| The price of MiniMax-Hailuo-2.3 \| confirmed \|/);
		expect(sandbox.charges(secret)).toHaveLength(1);
	});

	test.each([[['--yes', '--max-cost', '4.9']], [[]]])('orders nothing with %j', async (args) => {
		const report = await run(...args);
		expect(sandbox.charges()).toEqual([]);
		expect(report).toMatch(/\| What it answers for an unknown job \| confirmed \|/);
		expect(report).toMatch(/\| The price of MiniMax-Hailuo-2.3 \| not checked \|/);
	});

	test('refuses what is no amount, and does nothing without a key', async () => {
		await expect(main(['--max-cost', 'one'])).rejects.toThrow(/--max-cost one is no amount/);
		await expect(main(['--max-cost', ''])).rejects.toThrow(/is no amount/);
		process.env = {};
		await expect(main([])).rejects.toThrow(/MINIMAX_API_KEY or .*APIFRAME_API_KEY/);
		expect(sandbox.requests()).toEqual([]);
	});

	test('a key that is not accepted confirms nothing and accuses nobody', async () => {
		process.env.APIFRAME_API_KEY = 'sk-bad';
		const report = await run('--yes');
		expect(report).not.toMatch(/\| (confirmed|differs) \|/);
	});
});

describe('a vendor that differs', () => {
	const odd: Array<[reading: string, fault: Fault]> = [
		[
			'What it answers for an unknown Hailuo task',
			{
				vendor: 'minimax',
				step: 'status',
				kind: 'custom',
				status: 200,
				body: { task_id: '1', status: 'Processing', base_resp: { status_code: 0 } },
			},
		],
		[
			'What it answers for an unknown H3 task',
			{
				vendor: 'minimax',
				step: 'status',
				after: 2,
				kind: 'custom',
				status: 500,
				body: { error: { message: `no task for ${secret}` } },
			},
		],
		[
			'How the H3 list takes several IDs at once',
			{
				vendor: 'minimax',
				step: 'list',
				after: 1,
				kind: 'custom',
				status: 200,
				body: { items: [], total: 0 },
			},
		],
		[
			'The price of MiniMax-Hailuo-2.3',
			{
				vendor: 'apiframe',
				step: 'status',
				after: 1,
				kind: 'custom',
				status: 200,
				body: {
					id: '1',
					status: 'COMPLETED',
					result: 'https://x.example.com/1.mp4',
					creditCost: 99,
				},
			},
		],
		[
			'The H3 models',
			{ vendor: 'runware', step: 'account', kind: 'custom', status: 200, body: { data: [] } },
		],
		[
			'What it says to a task ID that it has already',
			{
				vendor: 'runware',
				step: 'create',
				after: 1,
				kind: 'custom',
				status: 200,
				body: { data: [] },
			},
		],
		[
			'What it answers for an unknown job',
			{
				vendor: 'apiframe',
				step: 'status',
				kind: 'custom',
				status: 404,
				body: { detail: 'Route' },
			},
		],
	];

	test.each(odd)('is reported: %s', async (reading, fault) => {
		sandbox.inject(fault);
		const results = await verified(fault.vendor);
		const found = results.find((result) => result.reading === reading);
		expect(found?.outcome).toBe('differs');
		// Who reads the issue sees the answer itself.
		expect(found?.seen).not.toBe('');
		const others = results.filter((result) => result !== found && !byHand.includes(result.reading));
		expect(others.map(({ outcome }) => outcome)).toEqual(others.map(() => 'confirmed'));
	});

	test('is not believed where it gave no answer, and holds up no other check', async () => {
		sandbox.inject({ vendor: 'apiframe', step: 'create', kind: 'unavailable' });
		sandbox.inject({ vendor: 'apiframe', step: 'status', kind: 'resetAfterRead' });
		const results = outcomes(await verified('apiframe'));
		expect(outcomes(await verified('apiframe'))).toMatchObject({
			'The price of MiniMax-Hailuo-2.3': 'confirmed',
		});
		expect(results).toMatchObject({
			'What it answers for an unknown job': 'not checked',
			'The price of MiniMax-Hailuo-2.3': 'not checked',
		});
	});
});
