import type { INode, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../sandbox/faults';
import { png } from '../sandbox/images';
import { type TaskKind, taskKinds } from '../support/vendors';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { binaryItem, type NodeOutcome, runNode } from '../../harness/engine/runNode';
import { type SimulatedTime, simulateTime } from '../../harness/engine/simulatedTime';
import { sandbox, useSandbox } from '../workflow/world';

/** Every kind of task that Generate Video makes. */
export type Account = TaskKind & Required<Pick<TaskKind, 'form'>>;
export const accounts = taskKinds.filter((one): one is Account => one.form !== undefined);

const secret = 'key-that-nobody-may-see';

export interface Ended extends NodeOutcome {
	/** What was charged for good and all: refunds are taken off. */
	readonly paid: number;
	readonly charges: number;
	readonly creates: number;
	/** Of simulated time. */
	readonly seconds: number;
}

let time: SimulatedTime;

/** For the tests of this file: a sandbox in simulated time, whose tasks take a minute. */
export function useFaultySandbox() {
	// A busy machine takes longer; nothing else depends on it.
	jest.setTimeout(120_000);
	time = simulateTime();
	useSandbox(time, { secondsPerTask: 60 });
}

/** Runs the order at the sandbox, which has these faults. */
export async function order(
	{ vendor, form }: Account,
	faults: readonly Fault[],
	more: INodeParameters = {},
	node: Partial<INode> = {},
): Promise<Ended> {
	for (const fault of faults) sandbox.inject(fault);
	const started = time.elapsed();
	const outcome = await runNode({
		parameters: { prompt: 'A paper boat', provider: vendor, ...form, ...more },
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
