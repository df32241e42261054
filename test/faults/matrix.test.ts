import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../sandbox/faults';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { Slots } from '../../video/slots';
import { png } from '../sandbox/images';
import type { NodeOutcome } from '../workflow/harness';
import { binaryItem, runNode } from '../workflow/harness';
import { speedUpTime } from '../workflow/time';
import { sandboxKeys } from '../workflow/additionalData';

/**
 * One fault in one request, everything else healthy: every vendor, every step, every fault. What a
 * case has to end in follows from two questions: may the request be repeated, and was it carried out?
 */
jest.setTimeout(300_000);

const secret = 'key-that-nobody-may-see';
const clock = speedUpTime(100);

interface Account {
	readonly vendor: Fault['vendor'];
	readonly parameters: INodeParameters;
	/** A create whose answer was lost can be looked up, or repeated without a second charge. */
	readonly recovers: boolean;
	readonly steps: readonly Fault['step'][];
}

const image = { mode: 'imageToVideo', firstFrameSource: 'binary' };
const accounts: Record<string, Account> = {
	'MiniMax V1': {
		vendor: 'minimax',
		parameters: { provider: 'minimax' },
		recovers: false,
		steps: ['create', 'status', 'retrieve', 'download'],
	},
	'MiniMax V2': {
		vendor: 'minimax',
		parameters: { provider: 'minimax', model: 'MiniMax-H3' },
		recovers: true,
		steps: ['create', 'status', 'download'],
	},
	ToAPIs: {
		vendor: 'toapis',
		parameters: { provider: 'toapis', ...image },
		recovers: false,
		steps: ['upload', 'create', 'status', 'download'],
	},
	Runware: {
		vendor: 'runware',
		parameters: { provider: 'runware' },
		recovers: true,
		steps: ['create', 'status', 'download'],
	},
	Apiframe: {
		vendor: 'apiframe',
		parameters: { provider: 'apiframe', ...image },
		recovers: true,
		steps: ['upload', 'create', 'status', 'download'],
	},
};

type Kind = Omit<Fault, 'vendor' | 'step'>;

const everywhere: Record<string, Kind> = {
	'HTTP 429': { kind: 'rateLimited' },
	'HTTP 429 with Retry-After': { kind: 'rateLimited', retryAfter: 3 },
	'HTTP 500': { kind: 'serverError' },
	'HTTP 502 with HTML': { kind: 'badGatewayHtml' },
	'HTTP 503': { kind: 'unavailable' },
	'a reset before the request was read': { kind: 'resetBeforeRead' },
	'a reset after the request was read': { kind: 'resetAfterRead' },
	'no answer': { kind: 'noAnswer' },
	'no answer after the request was read': { kind: 'noAnswerAfterRead' },
	'a slow drip': { kind: 'slowDrip' },
	'HTML with HTTP 200': { kind: 'htmlOk' },
};
const jsonOnly: Record<string, Kind> = {
	'an error inside HTTP 200': { kind: 'errorInBody' },
	'a rate limit inside HTTP 200': { kind: 'rateLimitedInBody' },
	'truncated JSON': { kind: 'truncatedJson' },
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

function faultsOf(step: Fault['step']): Record<string, Kind> {
	if (step === 'download') return { ...everywhere, ...downloadOnly };
	return { ...everywhere, ...jsonOnly, ...(step === 'status' && statusOnly) };
}

interface Case {
	readonly name: string;
	readonly account: Account;
	readonly fault: Fault;
}

const cases: Case[] = Object.entries(accounts).flatMap(([vendor, account]) =>
	account.steps.flatMap((step) =>
		Object.entries(faultsOf(step)).map(([fault, kind]) => ({
			name: `${vendor}, ${step}: ${fault}`,
			account,
			fault: { vendor: account.vendor, step, ...kind },
		})),
	),
);

const surelyRefused = new Set(['rateLimited', 'rateLimitedInBody']);
const carriedOut = new Set(['resetAfterRead', 'noAnswerAfterRead', 'slowDrip', 'truncatedJson']);

interface Ended {
	readonly outcome: NodeOutcome;
	readonly sandbox: Sandbox;
	readonly charges: number;
	readonly creates: number;
}

async function run({ account, fault }: Case): Promise<Ended> {
	const sandbox = await startSandbox({ clock, config: { secondsPerTask: 60 } });
	sandbox.inject(fault);
	const items: INodeExecutionData[] = [binaryItem(png(640, 480), 'frame.png', 'image/png')];
	const outcome = await runNode({
		parameters: { prompt: 'A paper boat', ...account.parameters },
		items,
		credentials: sandboxKeys(sandbox, secret),
	});
	const charges = sandbox.charges(secret).filter(({ kind }) => kind === 'charge').length;
	const creates = sandbox.requests({ vendor: account.vendor, step: 'create' }).length;
	await sandbox.close();
	return { outcome, sandbox, charges, creates };
}

const ended = new Map<Case, Promise<Ended>>();

// Waiting is most of the time: the cases run side by side, each with vendors of its own.
beforeAll(() => {
	const slots = new Slots(12);
	for (const one of cases) {
		const running = slots.run(async () => await run(one));
		running.catch(() => undefined);
		ended.set(one, running);
	}
});

test('there are at least 150 cases', () => {
	expect(cases.length).toBeGreaterThanOrEqual(150);
});

test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
	const { account, fault } = one;
	const { outcome, charges, creates, sandbox } = await (ended.get(one) as Promise<Ended>);
	expect(sandbox.requests().some((request) => request.fault === fault.kind)).toBe(true);
	expect(JSON.stringify([outcome.items, outcome.error, outcome.hints])).not.toContain(secret);
	const lostCreate = fault.step === 'create' && !surelyRefused.has(fault.kind);
	if (lostCreate && !account.recovers && outcome.error) {
		expect(outcome.error.message).toMatch(/may have accepted the request and charged for it/);
		expect(outcome.error.description).toMatch(/before you run this item again/);
		expect(creates).toBe(1);
		expect(charges).toBe(carriedOut.has(fault.kind) ? 1 : 0);
		return;
	}
	expect(outcome.error?.message).toBeUndefined();
	const [{ json, binary }] = outcome.items;
	expect(json).toMatchObject({ status: 'completed', taskRef: expect.any(String) });
	const file = Buffer.from(binary?.data.data ?? '', 'base64');
	expect(file.subarray(4, 8).toString()).toBe('ftyp');
	expect(charges).toBe(1);
});

/** Only a vendor's own word that it did not take the request lets an unrecoverable one be repeated. */
test('without a way to look, only refused creates are sent again', async () => {
	const repeated: string[] = [];
	for (const one of cases.filter(
		({ fault, account }) => fault.step === 'create' && !account.recovers,
	)) {
		const { creates } = await (ended.get(one) as Promise<Ended>);
		if (creates > 1) repeated.push(one.name);
	}
	expect(repeated.sort()).toEqual([
		'MiniMax V1, create: HTTP 429',
		'MiniMax V1, create: HTTP 429 with Retry-After',
		'MiniMax V1, create: a rate limit inside HTTP 200',
		'ToAPIs, create: HTTP 429',
		'ToAPIs, create: HTTP 429 with Retry-After',
		'ToAPIs, create: HTTP 503',
		'ToAPIs, create: a rate limit inside HTTP 200',
	]);
});
