import type { INode, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../sandbox/faults';
import type { Sandbox } from '../../sandbox/server';
import { forgetAccounts } from '../../video/account';
import { png } from '../sandbox/images';
import { sandboxKeys } from '../workflow/additionalData';
import type { NodeOutcome } from '../workflow/harness';
import { binaryItem, runNode } from '../workflow/harness';
import type { SimulatedTime } from '../workflow/time';

/** The same order at every kind of task. */
export interface Account {
	readonly name: string;
	readonly vendor: Fault['vendor'];
	readonly parameters: INodeParameters;
	/** A create whose answer was lost can be looked up, or repeated without a second charge. */
	readonly recovers: boolean;
	/** What a video takes, in this order. */
	readonly steps: readonly Fault['step'][];
}

const image = { mode: 'imageToVideo', firstFrameSource: 'binary' };

export const accounts: readonly Account[] = [
	{
		name: 'MiniMax V1',
		vendor: 'minimax',
		parameters: { provider: 'minimax' },
		recovers: false,
		steps: ['create', 'status', 'retrieve', 'download'],
	},
	{
		name: 'MiniMax V2',
		vendor: 'minimax',
		parameters: { provider: 'minimax', model: 'MiniMax-H3' },
		recovers: true,
		steps: ['create', 'status', 'download'],
	},
	{
		name: 'ToAPIs',
		vendor: 'toapis',
		parameters: { provider: 'toapis', ...image },
		recovers: false,
		steps: ['upload', 'create', 'status', 'download'],
	},
	{
		name: 'Runware',
		vendor: 'runware',
		parameters: { provider: 'runware' },
		recovers: true,
		steps: ['create', 'status', 'download'],
	},
	{
		name: 'Apiframe',
		vendor: 'apiframe',
		parameters: { provider: 'apiframe', ...image },
		recovers: true,
		steps: ['upload', 'create', 'status', 'download'],
	},
];

const secret = 'key-that-nobody-may-see';

export interface Ended extends NodeOutcome {
	/** What was charged for good and all: refunds are taken off. */
	readonly paid: number;
	readonly charges: number;
	readonly creates: number;
	/** Of simulated time. */
	readonly seconds: number;
}

/** Runs the order at a sandbox that is as good as new, but for these faults. */
export async function order(
	sandbox: Sandbox,
	time: SimulatedTime,
	{ vendor, parameters }: Account,
	faults: readonly Fault[],
	more: INodeParameters = {},
	node: Partial<INode> = {},
): Promise<Ended> {
	sandbox.reset();
	forgetAccounts();
	for (const fault of faults) sandbox.inject(fault);
	const started = time.elapsed();
	const outcome = await runNode({
		parameters: { prompt: 'A paper boat', ...parameters, ...more },
		items: [binaryItem(png(640, 480), 'frame.png', 'image/png')],
		credentials: sandboxKeys(sandbox, secret),
		node,
	});
	expect(JSON.stringify([outcome.items, outcome.error, outcome.hints])).not.toContain(secret);
	const ledger = sandbox.charges(secret);
	return {
		...outcome,
		paid: ledger.reduce((sum, { amount }) => sum + amount, 0),
		charges: ledger.filter(({ kind }) => kind === 'charge').length,
		creates: sandbox.requests({ vendor, step: 'create' }).length,
		seconds: (time.elapsed() - started) / 1000,
	};
}

export function expectVideo({ items, error, charges }: Ended) {
	expect(error?.message).toBeUndefined();
	const [{ json, binary }] = items;
	expect(json).toMatchObject({ status: 'completed', taskRef: expect.any(String) });
	const file = Buffer.from(binary?.data.data ?? '', 'base64');
	expect(file.subarray(4, 8).toString()).toBe('ftyp');
	expect(charges).toBe(1);
}
