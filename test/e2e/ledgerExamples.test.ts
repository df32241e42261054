import fastify from 'fastify';
import { readExample } from '../../harness/n8n/examples';
import type { Workflow } from '../../harness/n8n/home';
import { askEverySecond, atNoon, itemsOf, parametersOf } from '../../harness/n8n/workflows';
import { credentials, sandbox, session, useWorld } from './world';

/** The examples that live on the task table: what they order, they order in one table. */
jest.setTimeout(240_000);

const tableName = `Examples ${Date.now()}`;

useWorld({ secondsPerTask: 2 });

/** Gives the ID of an example whose node keeps its rows in the table of this file. */
async function save(
	name: string,
	node: string,
	change: (workflow: Workflow) => void = () => undefined,
): Promise<string> {
	const workflow = readExample(name, credentials);
	const parameters = parametersOf(workflow, node);
	if (parameters.recordTask) Object.assign(parameters.taskTable as object, { name: tableName });
	else parameters.taskTableName = tableName;
	askEverySecond(workflow);
	atNoon(workflow);
	change(workflow);
	return await session.createWorkflow(workflow);
}

async function run(workflow: string) {
	const execution = await session.runWorkflow(workflow);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

const charges = () => sandbox.charges().filter(({ kind }) => kind === 'charge').length;

test('examples/catalogue.json: run twice, each product is paid for once', async () => {
	const workflow = await save('catalogue', 'Generate Video');
	const first = itemsOf(await run(workflow), 'Generate Video');
	expect(charges()).toBe(3);
	const second = itemsOf(await run(workflow), 'Generate Video');
	expect(charges()).toBe(3);
	const references = first.map(({ json }) => json.taskRef);
	expect(new Set(references).size).toBe(3);
	expect(second.map(({ json }) => json.taskRef)).toEqual(references);
	for (const { json, binary } of second) {
		expect(json.status).toBe('completed');
		expect(binary?.data.mimeType).toBe('video/mp4');
	}
});

test('examples/weekly-costs.json: what was ordered is posted', async () => {
	const chat = fastify();
	const posted: unknown[] = [];
	chat.post('/hook', ({ body }) => {
		posted.push(body);
		return {};
	});
	const address = await chat.listen({ host: '127.0.0.1', port: 0 });
	try {
		for (const period of ['lastWeek', 'all']) {
			const workflow = await save('weekly-costs', 'Sum Up Costs', (example) => {
				Object.assign(parametersOf(example, 'Sum Up Costs'), { period });
				Object.assign(parametersOf(example, 'Post to Chat'), { url: `${address}/hook` });
			});
			await run(workflow);
		}
	} finally {
		await chat.close();
	}
	const textOf = (completed: number, spent: string) =>
		`Hailuo videos of last week: ${completed} completed, 0 in progress, 0 failed. Spent: $${spent} and 0 credits.`;
	const spent = sandbox.charges().reduce((sum, { amount }) => sum + amount, 0);
	expect(posted).toEqual([{ text: textOf(0, '0.00') }, { text: textOf(3, spent.toFixed(2)) }]);
});
