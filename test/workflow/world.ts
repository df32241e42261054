import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { forgetCallbacks } from '../../nodes/HailuoCallbackTrigger/callbackMemory';
import { forgetTables } from '../../nodes/HailuoCallbackTrigger/callbackTable';
import { forgetEverything } from '../../nodes/HailuoTrigger/triggerMemory';
import { providers } from '../../providers';
import type { SandboxConfigInput } from '../../sandbox/config';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import { forgetAccounts } from '../../video/account';
import { FakeTaskTable } from '../../harness/fakeTaskTable';
import { type Credentials, sandboxKeys } from '../../harness/engine/additionalData';
import { type NodeRun, runNode } from '../../harness/engine/runNode';
import { SimulatedTime } from '../../harness/engine/simulatedTime';

/** What the tests of one file share; see `useSandbox` and `useTaskTable`. */
export let sandbox: Sandbox;
export let table: FakeTaskTable;

/** Starts the sandbox for the tests of this file, and empties it before each. */
export function useSandbox(
	clock: { now(): number } | SimulatedTime,
	config: SandboxConfigInput = {},
) {
	// A busy machine takes longer; nothing else depends on it.
	jest.setTimeout(600_000);
	beforeAll(async () => {
		sandbox =
			clock instanceof SimulatedTime
				? await clock.startSandbox(config)
				: await startSandbox({ clock, config });
	});
	afterAll(async () => await sandbox.close());
	beforeEach(startAfresh);
}

/** As after a restart of the sandbox and of n8n. */
export function startAfresh() {
	sandbox.reset();
	forgetAccounts();
	forgetEverything();
	forgetCallbacks();
	forgetTables();
}

/** The same for a task table. */
export function useTaskTable() {
	beforeAll(async () => {
		table = await FakeTaskTable.start();
	});
	afterAll(async () => await table.close());
	beforeEach(() => table.reset());
}

/** A credential for every vendor and for the task table. */
export const keys = (apiKey?: string): Credentials => ({
	...sandboxKeys(sandbox, apiKey),
	hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
});

/** Keys by vendor, `usual` for the others: `poor-key` has no money; undefined is no credential. */
export function accounts(
	special: Record<string, string | undefined> = {},
	usual?: string,
): Credentials {
	const all = keys(usual);
	for (const [id, apiKey] of Object.entries(special)) {
		const credential = providers.find((one) => one.id === id)?.credential ?? '';
		if (apiKey === undefined) delete all[credential];
		else all[credential] = { ...all[credential], apiKey };
	}
	return all;
}

/** The form of an order that the first of these vendors makes, or the next one that can. */
export const chain = (...[provider, ...others]: readonly string[]): INodeParameters => ({
	provider,
	prompt: 'A paper boat',
	downloadVideo: false,
	fallbackProviders: { items: others.map((one) => ({ provider: one })) },
});

/** The items of a person's table. */
export const rows = (...all: IDataObject[]) => all.map((json) => ({ json }));

/** Runs a node over such items, which have a prompt each. */
export async function runRows(parameters: INodeParameters, more: Partial<NodeRun> = {}) {
	return await runNode({
		parameters: { prompt: '={{ $json.prompt }}', ...parameters },
		credentials: keys(),
		...more,
	});
}

/** The item of a task that is not waited for. */
export async function submit(provider: string, prompt: string, parameters: INodeParameters = {}) {
	const { items, error } = await runNode({
		parameters: { provider, prompt, waitForCompletion: false, ...parameters },
		credentials: keys(),
	});
	if (error) throw new Error(error.message);
	return items[0].json;
}
