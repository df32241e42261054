import { setImmediate as turn } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import { HailuoGenerateVideo } from '../../nodes/HailuoGenerateVideo/HailuoGenerateVideo.node';
import { providers } from '../../providers';
import { type NodeRun, runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { shownCredentials } from './labels';
import { accounts, chain, sandbox, useSandbox, useTaskTable } from './world';

const time = simulateTime();

jest.setTimeout(60_000);
useSandbox(time, { secondsPerTask: 60 });
useTaskTable();

const poor = { minimax: 'poor-key' };

async function run(
	parameters: INodeParameters,
	credentials = accounts(poor),
	more: Partial<NodeRun> = {},
) {
	return await runNode({ parameters, credentials, ...more });
}

const creates = (vendor: string) =>
	sandbox.requests({ vendor: vendor as 'minimax', step: 'create' }).length;

test('the item says who made it and what the others answered', async () => {
	const { items, hints } = await run(chain('minimax', 'runware', 'apiframe'));
	expect(items[0].json).toMatchObject({
		provider: 'runware',
		status: 'completed',
		attempts: [
			{
				provider: 'minimax',
				failure: {
					code: '1008',
					message: 'The balance at MiniMax is too low (“insufficient balance”)',
				},
			},
		],
	});
	expect(hints).toContainEqual(
		expect.stringContaining('MiniMax did not make the video: its balance or plan is used up.'),
	);
	expect(creates('apiframe')).toBe(0);
});

test('without fallback nothing changes', async () => {
	const { error } = await run(chain('minimax'));
	expect(error?.message).toContain('The balance at MiniMax is too low');
});

test('where nobody can, the last error comes out with what the others answered', async () => {
	const { items } = await run(
		chain('minimax', 'runware'),
		accounts({ ...poor, runware: 'bad-key' }),
		{ node: { onError: 'continueRegularOutput' } },
	);
	expect(items[0].json).toMatchObject({
		error: expect.stringContaining('Runware does not accept'),
		details: {
			attempts: [{ provider: 'minimax' }],
			description: expect.stringContaining('MiniMax did not make the video'),
		},
	});
});

describe('an account that was refused for a lasting reason', () => {
	test('is skipped by later executions for some minutes', async () => {
		await run(chain('minimax', 'runware'));
		const { items, hints } = await run(chain('minimax', 'runware'));
		expect(creates('minimax')).toBe(1);
		expect(items[0].json).toMatchObject({
			provider: 'runware',
			attempts: [{ failure: { message: expect.stringContaining('not asked again so soon') } }],
		});
		expect(hints).toContainEqual(expect.stringContaining('MiniMax did not make the video'));
		sandbox.advance(6 * 60_000);
		await time.sleep(6 * 60_000);
		await run(chain('minimax', 'runware'));
		expect(creates('minimax')).toBe(2);
	});

	test('is asked at once with another key', async () => {
		await run(chain('minimax', 'runware'));
		const { items } = await run(chain('minimax', 'runware'), accounts());
		expect(items[0].json).toMatchObject({ provider: 'minimax' });
		expect(items[0].json).not.toHaveProperty('attempts');
	});

	test('is asked all the same when all were refused', async () => {
		const all = accounts({ ...poor, runware: 'poor-key' });
		await run(chain('minimax', 'runware'), all);
		const before = [creates('minimax'), creates('runware')];
		const { error } = await run(chain('minimax', 'runware'), all);
		expect(error?.message).toContain('The balance at MiniMax is too low');
		expect([creates('minimax'), creates('runware')]).toEqual([before[0] + 1, before[1]]);
	});

	test('is asked when it stands alone', async () => {
		await run(chain('minimax', 'runware'));
		await run(chain('minimax'));
		expect(creates('minimax')).toBe(2);
	});
});

describe('Retry On Fail', () => {
	const retrying = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } };

	test('goes on where the chain stood', async () => {
		sandbox.inject({
			vendor: 'runware',
			step: 'status',
			kind: 'html',
			status: 403,
			times: 'always',
		});
		const wait = { timeoutMinutes: 1 };
		const { error } = await run({ ...chain('minimax', 'runware'), wait }, undefined, retrying);
		expect(error?.message).toContain('The video was not ready');
		expect([creates('minimax'), creates('runware')]).toEqual([1, 1]);
		expect(sandbox.charges()).toHaveLength(1);
	});

	test('asks a vendor for its own task, whatever others have learned of its account', async () => {
		const slow = { vendor: 'minimax', step: 'status', kind: 'html', status: 403 } as const;
		sandbox.inject({ ...slow, times: 'always' });
		sandbox.inject({
			vendor: 'minimax',
			step: 'create',
			kind: 'custom',
			after: 1,
			times: 'always',
			status: 200,
			body: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
		});
		const { error } = await run(
			{ ...chain('minimax', 'runware'), wait: { timeoutMinutes: 2 } },
			accounts(),
			{ ...retrying, items: [{ json: {} }, { json: {} }] },
		);
		expect(error?.message).toContain('The video was not ready');
		expect([creates('minimax'), creates('runware')]).toEqual([2, 1]);
		expect(sandbox.charges()).toHaveLength(2);
	});
});

describe('before anything is sent', () => {
	test('a vendor that does not make it is passed over with the reason', async () => {
		const { items, hints } = await run(
			{
				...chain('runware', 'minimax'),
				mode: 'subjectReference',
				subjectUrl: 'https://example.com/face.png',
			},
			accounts(),
		);
		expect(items[0].json).toMatchObject({ provider: 'minimax' });
		expect(hints).toContainEqual(expect.stringMatching(/^Runware was passed over: /));
		expect(creates('runware')).toBe(0);
	});

	test('all that is said of one vendor is one hint, whatever its reasons', async () => {
		const image = 'https://example.com/face.png';
		const { items, hints } = await run(
			{
				...chain('runware', 'minimax'),
				mode: '={{ $json.mode }}',
				subjectUrl: image,
				firstFrameUrl: image,
				lastFrameUrl: image,
			},
			accounts(),
			{
				items: ['subjectReference', 'firstLastFrame', 'subjectReference'].map((mode) => ({
					json: { mode },
				})),
			},
		);
		expect(items.map(({ json }) => json.provider)).toEqual(['minimax', 'minimax', 'minimax']);
		const told = hints.filter((hint) => hint.includes('Runware'));
		expect(told).toHaveLength(1);
		expect(told[0]).toMatch(/passed over: .+\(items 1, 3\) .+passed over: .+\(item 2\)$/);
	});

	const frame = 'https://example.com/face.png';
	test.each([
		['Runware', 1, ['minimax', 'runware', 'apiframe'], {}],
		// So is the first one, which does not make it.
		[
			'ToAPIs',
			2,
			['runware', 'toapis', 'apiframe'],
			{ mode: 'firstLastFrame', firstFrameUrl: frame, lastFrameUrl: frame },
		],
	])('%s without credential is passed over', async (vendor, passedOver, vendors, parameters) => {
		const credentials = accounts(poor);
		delete credentials[vendor === 'Runware' ? 'hailuoRunwareApi' : 'hailuoToApisApi'];
		const { items, hints } = await run({ ...chain(...vendors), ...parameters }, credentials);
		expect(items[0].json).toMatchObject({ provider: 'apiframe' });
		const told = hints.filter((hint) => hint.includes('was passed over: '));
		expect(told).toHaveLength(passedOver);
		const reason = `The node has no credential for ${vendor}`;
		expect(told.join('. ')).toContain(`${vendor} was passed over: ${reason}`);
	});

	test('where nobody makes it, the first one says why', async () => {
		const { error } = await run({ ...chain('minimax', 'runware'), duration: 7 }, accounts());
		expect(error?.message).toContain('7');
		expect(creates('minimax') + creates('runware')).toBe(0);
	});

	test('Dry Run shows the whole chain with its costs', async () => {
		const { items } = await run(
			{ ...chain('minimax', 'runware', 'apiframe'), options: { dryRun: true } },
			accounts(),
		);
		expect(items[0].json).toMatchObject({
			dryRun: true,
			provider: 'minimax',
			estimate: { amount: 0.28, unit: 'USD' },
			fallbacks: [
				{ provider: 'runware', request: { method: 'POST' }, estimate: { unit: 'USD' } },
				{ provider: 'apiframe', request: { method: 'POST' } },
			],
		});
	});

	test('Maximum Cost counts the dearest of the chain', async () => {
		const shape = chain('minimax', 'apiframe');
		const { items } = await run({ ...shape, options: { dryRun: true } }, accounts());
		const [{ estimate }] = items[0].json.fallbacks as [{ estimate: { amount: number } }];
		expect(estimate.amount).toBeGreaterThan(1);
		const { error } = await run(
			{ ...shape, options: { maxCost: estimate.amount - 1 } },
			accounts(),
		);
		expect(error?.message).toContain('more than the Maximum Cost');
		expect(creates('minimax')).toBe(0);
	});

	test.each([
		[{ fallbackProviders: { items: [{ provider: 'nobody' }] } }, 'Fallback Provider 1 is “nobody”'],
		[{ fallbackWhen: ['never'] }, 'Fallback When is “never”'],
		[{ options: { fallbackAfterMinutes: -1 } }, 'Fallback After (Minutes) is “-1”'],
	])('%j is refused', async (wrong, message) => {
		const { error } = await run({ ...chain('minimax', 'runware'), ...wrong });
		expect(error?.message).toContain(message);
		expect(creates('minimax')).toBe(0);
	});
});

test('Stop ends the chain', async () => {
	const stop = new AbortController();
	sandbox.inject({ vendor: 'minimax', step: 'create', kind: 'rateLimited', times: 'always' });
	const running = run(chain('minimax', 'runware'), accounts(), { signal: stop.signal });
	while (creates('minimax') === 0) await turn();
	stop.abort();
	await running;
	expect(creates('runware')).toBe(0);
});

test.each(providers.map(({ id, credential }) => [id, credential]))(
	'the credential of %s is shown when the vendor is in the list',
	(id, credential) => {
		const other = providers.find((provider) => provider.id !== id)?.id ?? '';
		const shown = (...vendors: string[]) =>
			shownCredentials(new HailuoGenerateVideo(), chain(other, ...vendors));
		expect(shown()).not.toContain(credential);
		expect(shown(other)).not.toContain(credential);
		expect(shown(id)).toContain(credential);
		expect(shown(other, id)).toContain(credential);
		expect(shown(id)).toHaveLength(2);
	},
);
