import { startSandbox, type Sandbox } from '../../sandbox/server';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import type { Binary, Execution } from '../../harness/n8n/home';
import type { N8nSession } from '../../harness/n8n/session';
import { openSession } from './shared';
import { itemsOf, oneNode } from '../../harness/n8n/workflows';

jest.setTimeout(600_000);

interface Run {
	readonly sandbox: Sandbox;
	readonly session: N8nSession;
	readonly execution: Execution;
}

const sandboxes: Sandbox[] = [];

afterAll(async () => await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close())));

type Provider = 'minimax' | 'runware';

/** A video whose create takes longer than most clients wait. */
async function run(provider: Provider, handled: boolean): Promise<Run> {
	const sandbox = await startSandbox();
	sandboxes.push(sandbox);
	sandbox.inject({ vendor: provider, step: 'create', kind: 'slowAnswer', seconds: 75, handled });
	const session = await openSession();
	const id = await session.createWorkflow(
		oneNode(
			'hailuoGenerateVideo',
			{
				provider,
				model: 'MiniMax-Hailuo-2.3',
				prompt: 'A paper boat',
				wait: { pollIntervalSeconds: 1 },
			},
			await saveSandboxCredentials(session, sandbox),
		),
	);
	return { sandbox, session, execution: await session.runWorkflow(id, 540_000) };
}

/** The vendor takes the order at the end, as with a slow upload, or at once, and answers late. */
const cases: ReadonlyArray<[string, Provider, boolean]> = [
	['MiniMax takes the order after 75 s', 'minimax', false],
	['MiniMax takes the order at once', 'minimax', true],
	['Runware takes the order after 75 s', 'runware', false],
	['Runware takes the order at once', 'runware', true],
];

// Waiting is nearly all of the time: the cases run side by side.
const running = new Map<string, Promise<Run>>();

beforeAll(() => {
	for (const [title, provider, handled] of cases) {
		const started = run(provider, handled);
		started.catch(() => undefined);
		running.set(title, started);
	}
});

test.each(cases)('%s and answers after 75 s: one create, one video', async (title, vendor) => {
	const { sandbox, session, execution } = await (running.get(title) as Promise<Run>);
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
