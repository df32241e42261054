import type { Sandbox } from '../../sandbox/server';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import type { Binary, Execution } from '../../harness/n8n/home';
import { ownSandbox, session, sideBySide } from './world';
import { itemsOf, oneNode } from '../../harness/n8n/workflows';

jest.setTimeout(600_000);

interface Run {
	readonly sandbox: Sandbox;
	readonly execution: Execution;
}

type Provider = 'minimax' | 'runware';

/** A video whose create takes longer than most clients wait. */
async function run(_title: string, provider: Provider, handled: boolean): Promise<Run> {
	const sandbox = await ownSandbox();
	sandbox.inject({ vendor: provider, step: 'create', kind: 'slowAnswer', seconds: 75, handled });
	const parameters = {
		provider,
		model: 'MiniMax-Hailuo-2.3',
		prompt: 'A paper boat',
		wait: { pollIntervalSeconds: 1 },
	};
	const credentials = await saveSandboxCredentials(session, sandbox);
	const workflow = oneNode('hailuoGenerateVideo', parameters, credentials);
	return { sandbox, execution: await session.runNew(workflow, 540_000) };
}

/** The vendor takes the order at the end, as with a slow upload, or at once, and answers late. */
const cases: ReadonlyArray<[string, Provider, boolean]> = [
	['MiniMax takes the order after 75 s', 'minimax', false],
	['MiniMax takes the order at once', 'minimax', true],
	['Runware takes the order after 75 s', 'runware', false],
	['Runware takes the order at once', 'runware', true],
];

const runOf = sideBySide(cases, run);

test.each(cases)('%s and answers after 75 s: one create, one video', async (title, vendor) => {
	const { sandbox, execution } = await runOf(title);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	const creates = sandbox.requests({ vendor, step: 'create' });
	expect(creates.map(({ fault, status }) => [fault, status])).toEqual([['slowAnswer', 200]]);
	const [{ id }] = sandbox.tasks();
	expect(sandbox.charges().map(({ kind, taskId }) => [kind, taskId])).toEqual([['charge', id]]);
	const [{ json, binary }] = itemsOf(execution, 'Hailuo');
	expect(json).toMatchObject({ status: 'completed', provider: vendor, taskId: id });
	const file = await session.readBinary(binary?.data as Binary);
	expect(file.subarray(4, 8).toString()).toBe('ftyp');
});
