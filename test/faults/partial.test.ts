import type { INode } from 'n8n-workflow';
import { type Account, accounts, type Ended, order, useFaultySandbox } from './accounts';

/** Of several results of one order some fail: the good ones are delivered, and nothing is ordered twice. */
const runware = accounts.find(({ vendor }) => vendor === 'runware') as Account;
/** USD for one result. */
const price = 0.28;

useFaultySandbox();

async function orderThree(marker: string, node: Partial<INode>): Promise<Ended> {
	const prompt = `A paper boat {{sandbox ${marker}}}`;
	const options = { numberResults: 3 };
	return await order(runware, [], { prompt, options }, node);
}

const ways: Array<[string, Partial<INode>]> = [
	['', {}],
	[' with Retry On Fail', { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }],
	[' with Continue On Fail', { onError: 'continueRegularOutput' }],
];

describe.each(ways)('three results%s', (_, node) => {
	test.each([
		['failResults=1', 1],
		['failResults=2', 2],
		['failResults=1 failFirst=yes', 1],
		['failResults=2 failFirst=yes', 2],
		['failResults=2 fail=timeoutProvider', 2],
	])('%s: the good ones are delivered', async (marker, failed) => {
		const { error, items, hints, creates, charges, paid } = await orderThree(marker, node);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		const [{ json, binary }] = items;
		const good = 3 - failed;
		expect(json).toMatchObject({
			status: 'completed',
			numberResults: 3,
			videoUrl: expect.stringContaining('/files/runware/'),
			failedResults: Array.from({ length: failed }, () => ({
				code: /fail=(\w+)/.exec(marker)?.[1] ?? 'taskFailed',
				message: expect.stringContaining('Runware'),
			})),
			cost: { amount: good * price, unit: 'USD', source: 'provider' },
		});
		expect(json).not.toHaveProperty('failure');
		expect(json.videos ?? [{}]).toHaveLength(good);
		expect(Object.keys(binary ?? {})).toHaveLength(good);
		expect(hints.join('\n')).toContain(`${failed} of 3 videos could not be made: `);
		expect([creates, charges]).toEqual([1, 1]);
		expect(paid).toBeCloseTo(good * price);
	});
});

test.each(['failResults=3', 'failResults=3 failFirst=yes'])(
	'%s: the order failed',
	async (marker) => {
		const { error, items, creates, paid } = await orderThree(marker, {});
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/could not make the video.*\[runware:video:[\w-]+\]$/);
		expect(creates).toBe(1);
		expect(paid).toBeCloseTo(0);
	},
);

test('an order that failed as a whole says so in the item of Continue On Fail', async () => {
	const { items, creates } = await orderThree('failResults=3', {
		onError: 'continueRegularOutput',
	});
	expect(items[0].json).toMatchObject({
		error: expect.stringContaining('could not make the video'),
		details: { status: 'failed', failure: { code: 'taskFailed' } },
	});
	expect(creates).toBe(1);
});
