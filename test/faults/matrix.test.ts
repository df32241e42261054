import type { Fault } from '../../sandbox/faults';
import { sandbox } from '../workflow/world';
import { type Account, accounts, expectVideo, order, useFaultySandbox } from './accounts';

/**
 * One fault in one request, everything else healthy: every vendor, every step, every fault. What a
 * case has to end in follows from two questions: may the request be repeated, and was it carried out?
 */
useFaultySandbox();

type Kind = Omit<Fault, 'vendor' | 'step'>;

const everywhere: Record<string, Kind> = {
	'HTTP 429': { kind: 'rateLimited' },
	'HTTP 429 with Retry-After': { kind: 'rateLimited', retryAfter: 3 },
	'HTTP 500': { kind: 'serverError' },
	'HTTP 503': { kind: 'unavailable' },
	'a reset before the request was read': { kind: 'resetBeforeRead' },
	'a reset after the request was read': { kind: 'resetAfterRead' },
	'no answer': { kind: 'noAnswer' },
	'no answer after the request was read': { kind: 'noAnswerAfterRead' },
	'a slow drip': { kind: 'slowDrip' },
	'an answer that takes 45 s': { kind: 'slowAnswer', seconds: 45 },
	'an answer that takes 75 s': { kind: 'slowAnswer', seconds: 75 },
	'an answer that comes 75 s late': { kind: 'slowAnswer', seconds: 75, handled: true },
};
const jsonOnly: Record<string, Kind> = {
	'an error inside HTTP 200': { kind: 'errorInBody' },
	'a rate limit inside HTTP 200': { kind: 'rateLimitedInBody' },
	'truncated JSON': { kind: 'truncatedJson' },
};
const createOnly: Record<string, Kind> = {
	'an answer that takes 290 s': { kind: 'slowAnswer', seconds: 290 },
	'an answer that comes 290 s late': { kind: 'slowAnswer', seconds: 290, handled: true },
	'an answer that takes 400 s': { kind: 'slowAnswer', seconds: 400 },
	'an answer that comes 400 s late': { kind: 'slowAnswer', seconds: 400, handled: true },
};
const statusOnly: Record<string, Kind> = {
	'an unknown status word': { kind: 'unknownStatus' },
	'a status that goes backwards': { kind: 'statusBackwards', after: 1 },
	// Several looks, so that it also meets the one that finds the task finished.
	'an empty link': { kind: 'emptyUrl', times: 20 },
};
const downloadOnly: Record<string, Kind> = {
	'a truncated file': { kind: 'truncatedFile' },
	'an expired link': { kind: 'expiredLink' },
};

const pages = Object.fromEntries(
	[200, 302, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 520].map((status) => [
		`a page with HTTP ${status}`,
		{ kind: 'html', status } as const,
	]),
);
/** What a page in place of an answer to a create leaves open. */
const openPages = [200, 408, 500, 502, 503, 504, 520];
const pagesAfterwards = Object.fromEntries(
	openPages.map((status) => [
		`a page with HTTP ${status} after the request was carried out`,
		{ kind: 'html', status, handled: true } as const,
	]),
);

function faultsOf(step: Fault['step']): Record<string, Kind> {
	const all = { ...everywhere, ...pages };
	if (step === 'download') return { ...all, ...downloadOnly };
	if (step === 'create') return { ...all, ...jsonOnly, ...createOnly, ...pagesAfterwards };
	return { ...all, ...jsonOnly, ...(step === 'status' && statusOnly) };
}

interface Case {
	readonly account: Account;
	readonly fault: Fault;
}

const cases = accounts.flatMap((account) =>
	account.steps.flatMap((step) =>
		Object.entries(faultsOf(step)).map(([fault, kind]): [string, Case] => [
			`${account.name}, ${step}: ${fault}`,
			{ account, fault: { vendor: account.vendor, step, ...kind } },
		]),
	),
);

/** Longer than a create waits for its answer. */
const isLost = ({ seconds = 0 }: Fault) => seconds > 300;

/** The vendor has surely not taken the request, and says that it may be sent again. */
function isRefused({ kind, status = 0 }: Fault, { refusesWith503 }: Account): boolean {
	if (kind === 'html') return [400, 403, 429].includes(status);
	return (
		['rateLimited', 'rateLimitedInBody'].includes(kind) ||
		(kind === 'unavailable' && refusesWith503 === true)
	);
}

const carriedOut = ['resetAfterRead', 'noAnswerAfterRead', 'slowDrip', 'truncatedJson'];

/** Pages that speak of the address, the key or the size, and what then is to be done. */
const adviceOf: Record<number, RegExp> = {
	302: /another server seems to answer.*Check the Base URL/,
	401: /API key is probably not accepted.*Check the API key/,
	404: /another server seems to answer.*Check the Base URL/,
	413: /too large.*smaller pictures or files/,
};

function hopelessPage({ kind, status = 0, step }: Fault): RegExp | undefined {
	return kind === 'html' && (step === 'create' || step === 'upload') ? adviceOf[status] : undefined;
}

test('there are at least 500 cases', () => {
	expect(cases.length).toBeGreaterThanOrEqual(500);
});

test.each(cases)('%s', async (_, { account, fault }) => {
	const ended = await order(account, [fault]);
	expect(sandbox.requests().filter((request) => request.fault === fault.kind)).not.toHaveLength(0);
	const { error, charges, creates } = ended;
	const advice = hopelessPage(fault);
	if (advice) {
		expect(`${error?.message} ${error?.description}`).toMatch(advice);
		expect([charges, creates]).toEqual([0, fault.step === 'create' ? 1 : 0]);
		return;
	}
	if (fault.step !== 'create') {
		expectVideo(ended);
		expect(creates).toBe(1);
		return;
	}
	if (fault.kind === 'slowAnswer' && !isLost(fault)) {
		expectVideo(ended);
		expect(creates).toBe(1);
	} else if (isRefused(fault, account)) {
		expectVideo(ended);
		expect(creates).toBe(2);
	} else if (account.recovery) {
		expectVideo(ended);
		expect(creates).toBeLessThanOrEqual(2);
	} else {
		// Only a vendor's own word that it did not take the request lets it be repeated.
		expect(error?.message).toMatch(/may have accepted the request and charged for it/);
		expect(error?.description).toMatch(/before you run this item again/);
		const isPaid = fault.handled || carriedOut.includes(fault.kind);
		expect([charges, creates]).toEqual([isPaid ? 1 : 0, 1]);
	}
});
