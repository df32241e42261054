import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { realAccounts, sandboxAccounts } from '../../harness/accounts';
import { isFirstStart } from '../../scripts/firstStart';
import { exampleNames, importExamples } from '../../harness/n8n/examples';
import type { Workflow, WorkflowNode } from '../../harness/n8n/home';
import { type N8nInstance, startN8n } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';
import { sharedN8n } from './shared';

jest.setTimeout(180_000);

let sandbox: Sandbox;
let n8n: N8nInstance;
let session: N8nSession;

// An n8n of its own: others have imported examples with credentials of their own into the shared one.
beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await startN8n({ tarball: sharedN8n().tarball });
	session = await N8nSession.open(n8n.url);
});
afterAll(async () => {
	await n8n?.stop();
	await sandbox?.close();
});

async function hailuoNodes(id: string): Promise<WorkflowNode[]> {
	const { nodes } = await session.call<Workflow>('GET', `/workflows/${id}`);
	return nodes.filter(({ type }) => type.startsWith('n8n-nodes-hailuo.'));
}

const chosen = ({ credentials = {} }: WorkflowNode) =>
	Object.values(credentials).map(({ name }) => name);

test('npm start imports every example with its credentials chosen, once', async () => {
	const ids = await importExamples(session, sandboxAccounts(sandbox));
	expect(Object.keys(ids).sort()).toEqual([...exampleNames].sort());
	for (const id of Object.values(ids)) {
		for (const node of await hailuoNodes(id)) {
			expect([node.name, chosen(node)]).toEqual([
				node.name,
				expect.arrayContaining([expect.stringMatching(/^((MiniMax|Runware) sandbox|Task table)/)]),
			]);
			expect(Object.values(node.credentials ?? {}).every(({ id: one }) => one)).toBe(true);
		}
	}
	expect(await importExamples(session, sandboxAccounts(sandbox))).toEqual(ids);
});

test('examples follow the key, but for a credential that a person has chosen', async () => {
	const ids = await importExamples(session, sandboxAccounts(sandbox));
	const own = { name: 'My own key', type: 'hailuoMiniMaxApi', data: { apiKey: 'key' } };
	const id = await session.saveCredential(own);
	const fire = await session.call<Workflow>('GET', `/workflows/${ids.fire}`);
	for (const node of fire.nodes) {
		if (node.credentials) node.credentials.hailuoMiniMaxApi = { id, name: own.name };
	}
	await session.updateWorkflow(fire);

	await importExamples(session, realAccounts({ RUNWARE_API_KEY: 'not-a-real-key' }));

	const [first] = await hailuoNodes(ids['text-to-video']);
	expect(first.parameters.provider).toBe('runware');
	expect(chosen(first)).toEqual(['Runware (RUNWARE_API_KEY)']);
	// The tasks of a trigger and of Query Task may be any vendor's.
	const [trigger] = await hailuoNodes(ids.react);
	expect(chosen(trigger).sort()).toEqual(['Runware (RUNWARE_API_KEY)', 'Task table of this n8n']);
	for (const node of await hailuoNodes(ids['get-wait-loop'])) {
		expect(chosen(node)).toEqual(['Runware (RUNWARE_API_KEY)']);
	}
	const [template] = await hailuoNodes(ids['template-batch']);
	expect(chosen(template)).toEqual([]);
	const [submit] = await hailuoNodes(ids.fire);
	expect(submit.parameters.provider).toBe('minimax');
	expect(chosen(submit)).toContain(own.name);
});

test('only the first start makes a video', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'hailuo-start-'));
	try {
		expect(await isFirstStart(folder)).toBe(true);
		expect(await isFirstStart(folder)).toBe(false);
	} finally {
		await rm(folder, { recursive: true });
	}
});
