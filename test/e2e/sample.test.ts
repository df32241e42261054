import { startSandbox } from '../../sandbox/server';
import { Editor } from '../../harness/n8n/editor';
import { openSession, sharedN8n } from './shared';
import {
	readExample,
	saveSandboxCredentials,
	saveTaskTableCredential,
} from '../../harness/n8n/examples';
import { oneNode } from '../../harness/n8n/workflows';

jest.setTimeout(180_000);

test('Fetch Test Event shows the newest finished task as a sample', async () => {
	const sandbox = await startSandbox({ config: { secondsPerTask: 1 } });
	const session = await openSession();
	const credentials = {
		...(await saveSandboxCredentials(session, sandbox)),
		...(await saveTaskTableCredential(session)),
	};
	const editor = await Editor.open(sharedN8n().url);
	try {
		const made = await session.runWorkflow(
			await session.createWorkflow(
				oneNode(
					'hailuoGenerateVideo',
					{
						prompt: 'A lantern',
						recordTask: true,
						taskTable: { name: 'Sample Tasks', label: 'sample' },
						wait: { pollIntervalSeconds: 1 },
					},
					credentials,
				),
			),
		);
		expect(made.data.resultData.error?.message).toBeUndefined();
		const react = readExample('react', credentials);
		// Without the file the output pane shows the fields.
		Object.assign(react.nodes[0].parameters, {
			taskTableName: 'Sample Tasks',
			downloadVideo: false,
		});
		await editor.openWorkflow(await session.createWorkflow(react));
		await editor.openNode('Hailuo Trigger');
		const output = await editor.executeStep();
		await editor.screenshot('trigger-sample');
		expect(output).toContain('completed');
	} finally {
		await editor.close();
		await sandbox.close();
	}
});
