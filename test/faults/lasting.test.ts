import type { Fault } from '../../sandbox/faults';
import { sandbox } from '../workflow/world';
import {
	type Account,
	accounts,
	type Ended,
	expectVideo,
	order,
	useFaultySandbox,
} from './accounts';

/** Faults that come again and again: every run ends by itself, pays once at most and says what is known. */
useFaultySandbox();

type Repeated = Omit<Fault, 'vendor'>;

async function run(account: Account, fault: Repeated, timeoutMinutes = 30): Promise<Ended> {
	const faults: Fault[] = [{ vendor: account.vendor, times: 'always', ...fault }];
	return await order(account, faults, { wait: { timeoutMinutes } });
}

const named = accounts.map((account): [string, Account] => [account.name, account]);

/** Seconds between the creates. */
function gaps(): number[] {
	const times = sandbox.requests({ step: 'create' }).map((request) => request.time / 1000);
	return times.slice(1).map((one, index) => one - times[index]);
}

const mayBePaid = /may have accepted the request and charged for it, so it was not sent again/;
const isNotThere = /was asked for the task and does not have it: nothing was charged/;

function unavailable({ recovery, refusesWith503 }: Account): { message: RegExp; most: number } {
	if (refusesWith503) return { message: /was refused \d+ times/, most: 8 };
	if (recovery === 'look up') return { message: isNotThere, most: 8 };
	return { message: mayBePaid, most: recovery ? 8 : 1 };
}

test.each(named)('HTTP 503 for every create ends by itself: %s', async (_, account) => {
	const ended = await run(account, { step: 'create', kind: 'unavailable' }, 1);
	const { message, most } = unavailable(account);
	expect(ended.error?.message).toMatch(message);
	expect(ended.error?.description).not.toBe('');
	expect(ended.charges).toBe(0);
	expect(ended.creates).toBeLessThanOrEqual(most);
	expect(ended.creates).toBeGreaterThanOrEqual(Math.min(most, 3));
	expect(ended.seconds).toBeLessThan(3 * 60);
	// A lost create is looked up a moment later; from there on the pauses grow.
	const [, ...growing] = gaps();
	expect(growing).toEqual([...growing].sort((one, other) => one - other));
});

test.each(named)('no create is ever answered: %s', async (_, account) => {
	const ended = await run(account, { step: 'create', kind: 'noAnswer' }, 1);
	expect(ended.error?.message).toMatch(/did not answer within 300 seconds/);
	expect(ended.error?.message).toMatch(account.recovery === 'look up' ? isNotThere : mayBePaid);
	expect(ended.charges).toBe(0);
	expect(ended.creates).toBe(account.recovery === 'send once more' ? 2 : 1);
	expect(ended.seconds).toBeLessThan(11 * 60);
});

test.each(named)('every create is carried out and its answer lost: %s', async (_, account) => {
	const ended = await run(account, { step: 'create', kind: 'resetAfterRead' }, 5);
	expect(ended.charges).toBe(1);
	if (account.recovery === 'look up') {
		expectVideo(ended);
		expect(ended.creates).toBe(1);
	} else {
		expect(ended.error?.message).toMatch(mayBePaid);
		expect(ended.creates).toBeLessThanOrEqual(account.recovery ? 12 : 1);
	}
});

type Limited = [string, Account, Repeated, number];

/** Each with the least seconds between two creates. */
const limited = accounts.flatMap((account): Limited[] => [
	[`${account.name}, HTTP 429`, account, { step: 'create', kind: 'rateLimited' }, 2],
	[
		`${account.name}, HTTP 429 with Retry-After`,
		account,
		{ step: 'create', kind: 'rateLimited', retryAfter: 20 },
		20,
	],
	[`${account.name}, inside HTTP 200`, account, { step: 'create', kind: 'rateLimitedInBody' }, 2],
]);

/** Where pages know no error inside HTTP 200, one leaves open what became of the request. */
const isOpen = ([, { errorsHaveStatus }, { kind }]: Limited) =>
	errorsHaveStatus === true && kind === 'rateLimitedInBody';

test.each(limited.filter((one) => !isOpen(one)))(
	'a rate limit for ever ends with the patience, and says how often: %s',
	async (_, account, fault, pause) => {
		const ended = await run(account, fault, 5);
		expect(ended.error?.message).toContain(
			`This item was refused ${ended.creates} times: the next try would come after its patience of 5 minutes`,
		);
		expect(ended.charges).toBe(0);
		expect(ended.creates).toBeGreaterThanOrEqual(4);
		expect(ended.creates).toBeLessThanOrEqual(12);
		expect(ended.seconds).toBeGreaterThan(3.5 * 60);
		expect(ended.seconds).toBeLessThanOrEqual(5 * 60);
		expect(Math.min(...gaps())).toBeGreaterThanOrEqual(pause);
	},
);

describe.each([200, 302, 401, 403, 404, 413, 503])('a page with HTTP %i for ever', (status) => {
	test.each(named)('ends no wait before its time: %s', async (_, account) => {
		const ended = await run(account, { step: 'status', kind: 'html', status }, 2);
		const [task] = sandbox.tasks();
		expect(ended.error?.message).toMatch(/The video was not ready after 2 minutes/);
		expect(ended.error?.message).toContain(`something other than JSON (HTTP ${status})`);
		expect(ended.error?.message).toContain(task.id);
		expect(ended.error?.description).toContain('Hailuo Query Task');
		expect([ended.charges, ended.creates]).toEqual([1, 1]);
		expect(ended.seconds).toBeGreaterThan(119);
		expect(ended.seconds).toBeLessThan(3 * 60);
	});
});

test.each(named)(
	'a firewall that passes after ten minutes costs no video: %s',
	async (_, account) => {
		const ended = await run(account, { step: 'status', kind: 'html', status: 403, times: 16 });
		expectVideo(ended);
		expect(ended.creates).toBe(1);
		expect(ended.seconds).toBeGreaterThan(10 * 60);
	},
);

test.each(named)('a firewall before every create ends soon: %s', async (_, account) => {
	const ended = await run(account, { step: 'create', kind: 'html', status: 403 });
	expect(ended.error?.message).toMatch(/such as a proxy or firewall, stopped the request/);
	expect(ended.error?.description).toMatch(/Check the firewall and proxy of this n8n/);
	expect(ended.charges).toBe(0);
	expect(ended.creates).toBeLessThanOrEqual(6);
	expect(ended.seconds).toBeLessThan(30);
});

const uploading = named.filter(([, { steps }]) => steps.includes('upload'));

test.each(uploading)('a firewall before every upload ends soon: %s', async (_, account) => {
	const ended = await run(account, { step: 'upload', kind: 'html', status: 403 });
	expect(ended.error?.message).toMatch(/such as a proxy or firewall, stopped the request/);
	expect(ended.creates).toBe(0);
	expect(ended.seconds).toBeLessThan(30);
});

test.each(uploading)(
	'uploads that take 75 s each do not keep a video away: %s',
	async (_, account) => {
		expectVideo(await run(account, { step: 'upload', kind: 'slowAnswer', seconds: 75 }));
	},
);
