import { sandboxAccounts } from '../../harness/accounts';
import { listExecutions, oneNode } from '../../harness/n8n/workflows';
import { readLog } from './shared';
import { credentials, sandbox, session, useWorld } from './world';

jest.setTimeout(120_000);

useWorld({ secondsPerTask: 2 });

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
	const execution = await session.runNew(workflow);
	expect(execution.status).toBe('success');
	expect(sandbox.requests({ vendor: 'minimax', step: 'create' })).toHaveLength(1);
	expect(sandbox.charges()).toHaveLength(1);
});

test('the retry of a failed execution goes on waiting for its task', async () => {
	const id = await session.createWorkflow(oneNode('hailuoGenerateVideo', parameters, credentials));
	const failed = await session.runWorkflow(id);
	expect(failed.status).toBe('error');
	expect(failed.data.resultData.error?.message).toMatch(/\[minimax:v1:\d+\]$/);
	const [first] = await listExecutions(session, id);
	await session.call('POST', `/executions/${first.id}/retry`, { loadWorkflow: false });
	const executions = await listExecutions(session, id);
	const retried = await session.waitForExecution(executions[0].id);
	expect(retried.status).toBe('success');
	expect(sandbox.requests({ vendor: 'minimax', step: 'create' })).toHaveLength(1);
	expect(sandbox.charges()).toHaveLength(1);
	// What n8n keeps of it: executions with their errors, and its log.
	const key = String(sandboxAccounts(sandbox)[0].data.apiKey);
	for (const { id: executionId } of executions) {
		const saved = JSON.stringify(await session.call('GET', `/executions/${executionId}`));
		expect(saved).toContain('minimax:v1:');
		expect(saved).not.toContain(key);
	}
	expect(readLog()).not.toContain(key);
});
