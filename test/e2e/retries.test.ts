import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sandboxAccounts } from '../../harness/accounts';
import type { N8nSession } from '../../harness/n8n/session';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { openSession, sharedN8n } from './shared';
import type { Credentials } from '../../harness/n8n/examples';
import { saveSandboxCredentials } from '../../harness/n8n/examples';
import { oneNode } from '../../harness/n8n/workflows';

jest.setTimeout(120_000);

let sandbox: Sandbox;
let session: N8nSession;
let credentials: Credentials;
let key: string;

beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	session = await openSession();
	credentials = await saveSandboxCredentials(session, sandbox);
	key = String(sandboxAccounts(sandbox)[0].data.apiKey);
});

afterAll(async () => await sandbox.close());

beforeEach(() => {
	sandbox.reset();
	// An answer that ends a wait for good, once: the key is refused on a status request.
	sandbox.inject({
		vendor: 'minimax',
		step: 'status',
		kind: 'custom',
		status: 200,
		body: { base_resp: { status_code: 1004, status_msg: 'login fail' } },
	});
});

const parameters = { prompt: 'A paper boat', wait: { pollIntervalSeconds: 1 } };

test('Retry On Fail goes on waiting for the task of the first try', async () => {
	const workflow = oneNode('hailuoGenerateVideo', parameters, credentials, {
		retryOnFail: true,
		maxTries: 2,
		waitBetweenTries: 500,
	});
	const execution = await session.runWorkflow(await session.createWorkflow(workflow));
	expect(execution.status).toBe('success');
	expect(sandbox.requests({ vendor: 'minimax', step: 'create' })).toHaveLength(1);
	expect(sandbox.charges()).toHaveLength(1);
});

test('the retry of a failed execution goes on waiting for its task', async () => {
	const id = await session.createWorkflow(oneNode('hailuoGenerateVideo', parameters, credentials));
	const failed = await session.runWorkflow(id);
	expect(failed.status).toBe('error');
	expect(failed.data.resultData.error?.message).toMatch(/\[minimax:v1:\d+\]$/);
	const { results } = await session.call<{ results: Array<{ id: string }> }>(
		'GET',
		`/executions?filter=${encodeURIComponent(JSON.stringify({ workflowId: id }))}`,
	);
	await session.call('POST', `/executions/${results[0].id}/retry`, { loadWorkflow: false });
	const after = await session.call<{ results: Array<{ id: string; status: string }> }>(
		'GET',
		`/executions?filter=${encodeURIComponent(JSON.stringify({ workflowId: id }))}`,
	);
	const retried = await session.waitForExecution(after.results[0].id);
	expect(retried.status).toBe('success');
	expect(sandbox.requests({ vendor: 'minimax', step: 'create' })).toHaveLength(1);
	expect(sandbox.charges()).toHaveLength(1);
	// What n8n keeps of it: executions with their errors, and its log.
	for (const { id: executionId } of after.results) {
		const saved = JSON.stringify(await session.call('GET', `/executions/${executionId}`));
		expect(saved).toContain('minimax:v1:');
		expect(saved).not.toContain(key);
	}
	const log = readFileSync(path.join(sharedN8n().userFolder, 'n8n.log'), 'utf8');
	expect(log).not.toContain(key);
});
