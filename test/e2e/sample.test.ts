import { Editor } from '../../harness/n8n/editor';
import { readExample } from '../../harness/n8n/examples';
import { oneNode } from '../../harness/n8n/workflows';
import { sharedN8n } from './shared';
import { credentials, session, useWorld } from './world';

jest.setTimeout(180_000);
useWorld({ secondsPerTask: 1 });

test('Fetch Test Event shows the newest finished task as a sample', async () => {
	const editor = await Editor.open(sharedN8n().url);
	try {
		const making = {
			prompt: 'A lantern',
			recordTask: true,
			taskTable: { name: 'Sample Tasks', label: 'sample' },
			wait: { pollIntervalSeconds: 1 },
		};
		const made = await session.runNew(oneNode('hailuoGenerateVideo', making, credentials));
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
	}
});
