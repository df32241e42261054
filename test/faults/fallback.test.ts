import type { INode, INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import type { Fault } from '../../sandbox/faults';
import { png } from '../sandbox/images';
import { type TaskKind, usualKind } from '../support/vendors';
import { binaryItem, type NodeOutcome, runNode } from '../../harness/engine/runNode';
import { accounts, sandbox, table, useTaskTable } from '../workflow/world';
import { useFaultySandbox } from './accounts';

/**
 * Chains of vendors: each vendor first, each reason, with and without `failed`, one item and ten.
 * No item is charged twice unless the first vendor said that it failed, and each has one row.
 */
useFaultySandbox();
useTaskTable();

type Vendor = Fault['vendor'];

const vendors = providers.map(({ id }) => usualKind(id));
/** Creates of an account that are on their way at first. */
const sentAtOnce = 4;
const secret = 'key-that-nobody-may-see';
const image = { mode: 'imageToVideo', firstFrameSource: 'binary', firstFrameBinaryField: 'data' };

interface Wishes {
	readonly items?: number;
	readonly when?: string[];
	readonly keys?: Partial<Record<Vendor, string>>;
	readonly faults?: readonly Fault[];
	readonly prompt?: string;
	readonly parameters?: INodeParameters;
	readonly node?: Partial<INode>;
}

interface Ended extends NodeOutcome {
	readonly creates: Record<string, number>;
	readonly charges: Record<string, number>;
}

const chainOf = ([first, ...others]: readonly string[]): INodeParameters => ({
	provider: first,
	fallbackProviders: { items: others.map((provider) => ({ provider })) },
});

async function run(chain: readonly string[], wishes: Wishes = {}): Promise<Ended> {
	const { items = 1, when = ['refused'], prompt = 'A paper boat' } = wishes;
	for (const fault of wishes.faults ?? []) sandbox.inject(fault);
	const outcome = await runNode({
		parameters: { prompt, ...image, ...chainOf(chain), fallbackWhen: when, ...wishes.parameters },
		items: Array.from({ length: items }, () => binaryItem(png(640, 480), 'frame.png', 'image/png')),
		credentials: accounts(wishes.keys, secret),
		node: wishes.node,
	});
	expect(JSON.stringify([outcome.items, outcome.error, outcome.hints])).not.toContain(secret);
	const count = (test: (vendor: string) => number) =>
		Object.fromEntries(chain.map((vendor) => [vendor, test(vendor)]));
	const ledger = sandbox.charges();
	return {
		...outcome,
		creates: count(
			(vendor) => sandbox.requests({ vendor: vendor as Vendor, step: 'create' }).length,
		),
		charges: count(
			(vendor) => ledger.filter((one) => one.vendor === vendor && one.kind === 'charge').length,
		),
	};
}

const afterwards = (first: TaskKind) =>
	vendors[(vendors.indexOf(first) + 1) % vendors.length].vendor;

interface Reason {
	readonly keys?: string;
	readonly fault?: Omit<Fault, 'vendor' | 'step'>;
	readonly prompt?: string;
	/** Whether the next vendor may make it: with `refused`, with `failed`. */
	readonly refused: boolean;
	readonly failed: boolean;
}

function reasonsAt(first: TaskKind): Record<string, Reason> {
	const { refusesWith503, recovery, refusedPrompt, refusedModel } = first;
	if (!refusedModel) throw new Error(`Add refusedModel of ${first.name} to test/support/vendors`);
	return {
		'an empty balance': { keys: 'poor-key', refused: true, failed: false },
		'a wrong key': { keys: 'bad-key', refused: true, failed: false },
		'a rate limit': { fault: { kind: 'rateLimited' }, refused: true, failed: false },
		'a firewall': { fault: { kind: 'html', status: 403 }, refused: true, failed: false },
		'HTTP 503': {
			fault: { kind: 'unavailable' },
			// Who can be asked whether it has the order says that it has not.
			refused: refusesWith503 === true || recovery === 'look up',
			failed: false,
		},
		'a lost answer': {
			fault: { kind: 'resetAfterRead', times: 'always' },
			refused: false,
			failed: false,
		},
		'no answer': { fault: { kind: 'noAnswer' }, refused: recovery === 'look up', failed: false },
		'a refused prompt': {
			fault: { kind: 'custom', status: refusedPrompt[0], body: refusedPrompt[1] },
			refused: false,
			failed: false,
		},
		'an unknown model': {
			fault: { kind: 'custom', status: refusedModel[0], body: refusedModel[1] },
			refused: true,
			failed: false,
		},
	};
}

const cases = vendors.flatMap((first) =>
	Object.entries(reasonsAt(first)).flatMap(([name, reason]) =>
		[['refused'], ['failed'], ['refused', 'failed']].flatMap((when) =>
			[1, 10].map((items): [string, TaskKind, Reason, string[], number] => [
				`${first.name} first, ${name}, when ${when.join(' or ')}, ${items} items`,
				first,
				reason,
				when,
				items,
			]),
		),
	),
);

test.each(cases)('%s', async (_, first, reason, when, items) => {
	const second = afterwards(first);
	const { fault, keys } = reason;
	const ended = await run([first.vendor, second], {
		items,
		when,
		keys: keys === undefined ? {} : { [first.vendor]: keys },
		faults: fault && [{ vendor: first.vendor, step: 'create', times: 'always', ...fault }],
		node: { onError: 'continueRegularOutput' },
		parameters: { options: { fallbackAfterMinutes: 1 } },
	});
	const goesOn = reason.refused && when.includes('refused');
	const total = ended.charges[first.vendor] + ended.charges[second];
	expect(total).toBeLessThanOrEqual(items);
	expect(ended.items).toHaveLength(items);
	if (!when.includes('refused')) expect(ended.creates[second]).toBe(0);
	// Those that were not sent in time, because the others got no answer, may go on.
	if (!goesOn)
		expect(ended.creates[second]).toBeLessThanOrEqual(items - Math.min(items, sentAtOnce));
	for (const { json } of ended.items) {
		if (goesOn) {
			expect(json).toMatchObject({
				status: 'completed',
				provider: second,
				attempts: [{ provider: first.vendor, failure: { message: expect.any(String) } }],
			});
		} else if (json.status !== 'completed') expect(json).toHaveProperty('error');
	}
	if (goesOn) {
		expect(ended.charges).toEqual({ [first.vendor]: 0, [second]: items });
		// One hint a vendor, also where some had no answer and others no turn in time.
		const told = ended.hints.filter((hint) => hint.includes('did not make the video'));
		expect(told).toHaveLength(1);
	}
	// The account is not asked again for every item: only by those that were on their way.
	if (keys) expect(ended.creates[first.vendor]).toBeLessThanOrEqual(Math.min(items, sentAtOnce));
});

describe.each(vendors.map((first): [string, TaskKind] => [first.name, first]))(
	'%s took the order and failed',
	(_, first) => {
		const second = afterwards(first);
		const chain = [first.vendor, second];
		const [fault, content] = first.failureCodes;

		test.each([1, 10])('with Failed the next one makes it, %i items', async (items) => {
			const ended = await run(chain, {
				items,
				when: ['refused', 'failed'],
				prompt: `A paper boat {{sandbox fail=${fault} at=${first.vendor}}}`,
				parameters: { recordTask: true },
			});
			expect(ended.items).toHaveLength(items);
			expect(table.rows).toHaveLength(items);
			for (const row of table.rows) {
				expect(row).toMatchObject({ status: 'completed', provider: second, heldBy: null });
				expect(ended.items.map(({ json }) => json.taskRef)).toContain(row.taskRef);
			}
			for (const { json } of ended.items) {
				expect(json).toMatchObject({
					status: 'completed',
					provider: second,
					attempts: [
						{ provider: first.vendor, taskRef: expect.stringContaining(`${first.vendor}:`) },
					],
				});
			}
			expect(ended.creates).toEqual({ [first.vendor]: items, [second]: items });
			const told = ended.hints.filter((hint) => hint.includes('it gave the video up'));
			expect(told).toHaveLength(1);
		});

		test('with Failed the item has both where neither makes it', async () => {
			const ended = await run(chain, {
				when: ['refused', 'failed'],
				prompt: `A paper boat {{sandbox fail=${fault}}}`,
				parameters: { recordTask: true },
				node: { onError: 'continueRegularOutput' },
			});
			expect(table.rows).toMatchObject([{ status: 'failed', heldBy: null }]);
			// The sandbox fails everywhere by the same word: the last one's error names the first.
			const [{ json }] = ended.items;
			expect(ended.creates).toEqual({ [first.vendor]: 1, [second]: 1 });
			expect(json).toMatchObject({
				details: {
					attempts: [
						{ provider: first.vendor, taskRef: expect.stringContaining(`${first.vendor}:`) },
					],
				},
			});
		});

		test.each([
			['without Failed', ['refused'], fault],
			['after a refusal of the content', ['refused', 'failed'], content],
		])('%s nobody else is asked', async (_name, when, fail) => {
			const ended = await run(chain, {
				when: [...when],
				prompt: `A paper boat {{sandbox fail=${fail}}}`,
			});
			expect(ended.error?.message).toContain(`${first.vendor}:`);
			expect(ended.creates).toEqual({ [first.vendor]: 1, [second]: 0 });
		});
	},
);
