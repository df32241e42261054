import { Editor } from '../../harness/n8n/editor';
import { readExample } from '../../harness/n8n/examples';
import { addressOf } from '../../harness/n8n/callbackOrders';
import { sharedN8n } from './shared';
import { credentials, session, useWorld } from './world';
import {
	firstGivenOut,
	itemsOf,
	oneNode,
	reacting,
	untilServed,
} from '../../harness/n8n/workflows';

jest.setTimeout(300_000);
useWorld({ callbacks: { challengeSeconds: 30 } });

test('examples/fire-callback.json and examples/react-callback.json', async () => {
	const example = readExample('react-callback', credentials);
	const react = await session.publishWorkflow(example);
	try {
		const url = addressOf(session, example);
		await untilServed(url);
		const fire = readExample('fire-callback', credentials);
		const submit = fire.nodes.find(({ name }) => name === 'Submit');
		const options = submit?.parameters.options as { callbackUrl: string };
		expect(new URL(options.callbackUrl).pathname).toBe(new URL(url).pathname);
		options.callbackUrl = url;
		const fired = await session.createWorkflow(fire);
		const { data } = await session.runWorkflow(fired);
		expect(data.resultData.error?.message).toBeUndefined();
		const posted = await firstGivenOut(session, react, 'Post It');
		expect(posted).toHaveLength(1);
		const [{ json, binary }] = posted;
		expect(json).toMatchObject({ event: 'completed', label: 'lanterns', workflowId: fired });
		expect(binary?.data.mimeType).toBe('video/mp4');
		// The file belongs to the execution, and is deleted with it.
		expect(binary?.data.id).toContain('/executions/');
		expect(binary?.data.id).not.toContain('/executions/temp/');
	} finally {
		await session.call('POST', `/workflows/${react}/deactivate`).catch(() => undefined);
	}
});

test('Listen for test event: challenges do not use it up, the first end of a task does', async () => {
	const workflow = reacting('hailuoCallbackTrigger', {}, credentials);
	const editor = await Editor.open(sharedN8n().url);
	try {
		await editor.openWorkflow(await session.createWorkflow(workflow));
		await editor.openNode('Trigger');
		await editor.screenshot('callback-trigger-form');
		const shown = editor.executeStep();
		const url = addressOf(session, workflow, 'webhook-test');
		await untilServed(url);
		const { taskRef } = await submitted(url);
		expect(await shown).toContain(String(taskRef));
		await editor.screenshot('callback-trigger-sample');
		expect((await fetch(url)).status).toBe(404);
	} finally {
		await editor.close();
	}
});

async function submitted(callbackUrl: string) {
	const order = oneNode(
		'hailuoGenerateVideo',
		{ prompt: 'A lantern', waitForCompletion: false, options: { callbackUrl } },
		credentials,
	);
	const run = await session.runNew(order);
	expect(run.data.resultData.error?.message).toBeUndefined();
	return itemsOf(run, 'Hailuo')[0].json;
}
