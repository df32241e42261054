import { taskTableAccount } from '../../harness/accounts';
import { addressOf } from '../../harness/n8n/callbackOrders';
import {
	givenOut,
	itemsOf,
	oneNode,
	reacting,
	until,
	untilServed,
} from '../../harness/n8n/workflows';
import { TableApi } from './tableApi';
import { credentials, sandbox, session, useWorld } from './world';

jest.setTimeout(300_000);
useWorld({ secondsPerTask: 10, callbacks: { challengeSeconds: 30 } });

test('a vendor that took the order and failed: one row, and one event by both triggers together', async () => {
	const name = 'Chains';
	const react = reacting(
		'hailuoCallbackTrigger',
		{ recordTask: true, taskTable: { name } },
		credentials,
	);
	const byCall = await session.publishWorkflow(react);
	const poll = reacting('hailuoTrigger', { taskTableName: name }, credentials);
	const byPoll = await session.publishWorkflow(poll);
	const fired = async () => [
		...(await givenOut(session, byCall, 'Kept')),
		...(await givenOut(session, byPoll, 'Kept')),
	];
	const callbackUrl = addressOf(session, react);
	await untilServed(callbackUrl);
	// Each call comes when the order is long at the next vendor.
	sandbox.configure({ callbacks: { dropEvery: 1 } });
	const making = oneNode(
		'hailuoGenerateVideo',
		{
			prompt: 'A paper boat {{sandbox fail=1033 at=minimax}}',
			fallbackProviders: { items: [{ provider: 'runware' }] },
			fallbackWhen: ['refused', 'failed'],
			recordTask: true,
			taskTable: { name },
			wait: { pollIntervalSeconds: 1 },
			options: { callbackUrl },
		},
		credentials,
	);
	const execution = await session.runNew(making);
	const [{ json }] = itemsOf(execution, 'Hailuo');
	expect(json).toMatchObject({ provider: 'runware', attempts: [{ provider: 'minimax' }] });
	const calls = sandbox.callbacks().filter(({ final }) => final);
	const vendors = calls.map(({ vendor }) => vendor);
	expect(vendors).toEqual(expect.arrayContaining(['minimax', 'runware']));
	for (const { body } of calls) {
		const { status } = await fetch(callbackUrl, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		expect(status).toBe(200);
	}
	await until('an event', async () => (await fired()).length > 0, 3);
	const { data } = await taskTableAccount(session);
	const table = await TableApi.open(session.url, String(data.apiKey), name);
	expect((await fired()).map((item) => [item.json.event, item.json.taskRef])).toEqual([
		['completed', json.taskRef],
	]);
	expect(await table.page({})).toMatchObject([{ status: 'completed', taskRef: json.taskRef }]);
});
