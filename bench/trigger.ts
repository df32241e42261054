import '../harness/engine/setup';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import { forgetEverything } from '../nodes/HailuoTrigger/triggerMemory';
import { TriggerWorkflow } from '../harness/engine/triggerWorkflow';
import { FakeTaskTable } from '../harness/fakeTaskTable';
import type { Section } from './report';

const rows = 10_000;
const answerMs = 50;

/** One poll of the trigger over a task table with very many unfinished tasks, in real time. */
export async function measureTrigger(): Promise<Section> {
	const vendor = await slowVendor();
	const table = await FakeTaskTable.start();
	forgetEverything();
	table.create();
	const trigger = await new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false },
		credentials: {
			hailuoMiniMaxApi: { apiKey: 'key', region: 'custom', baseUrl: vendor.url },
			hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
		},
	}).activate();
	const createdAt = new Date(Date.now() - 10 * 60_000).toISOString();
	for (let index = 1; index <= rows; index++) {
		const taskRef = `minimax:v1:${100_000 + index}`;
		table.insert({ taskRef, provider: 'minimax', status: 'processing', createdAt });
	}
	table.requests.length = 0;
	const started = Date.now();
	await trigger.poll();
	const seconds = (Date.now() - started) / 1000;
	await vendor.close();
	await table.close();
	const asked = new Set(vendor.asked).size;
	return {
		title: 'One poll of the trigger over 10,000 pending tasks',
		command: 'npm run bench -- --only=trigger',
		beside: 'n8n-core 2.41.1',
		goals: [
			{
				text: 'every pending task is asked for in one poll',
				measured: `${asked} of ${rows} in ${seconds.toFixed(1)} s`,
				met: asked === rows,
			},
		],
		body: [
			`A vendor that answers one task in ${answerMs} ms and has no batch (MiniMax V1), rows in a stand-in of n8n's data table API,`,
			`n8n-core's own PollContext. Fired: ${trigger.items.length}. Requests: ${vendor.asked.length} to the vendor, ${table.requests.length} to the table.`,
			'The poll goes on watching for its 40 seconds after it has asked for all.',
		].join('\n'),
	};
}

/** Answers each question for a task alone; every hundredth task has just failed. */
async function slowVendor() {
	const asked: string[] = [];
	const server = fastify({ forceCloseConnections: true });
	server.get<{ Querystring: { task_id: string } }>('*', async ({ query: { task_id: id } }) => {
		asked.push(id);
		await sleep(answerMs);
		return id.endsWith('00')
			? { task_id: id, status: 'Fail', base_resp: { status_code: 1027, status_msg: 'refused' } }
			: { task_id: id, status: 'Processing', base_resp: { status_code: 0, status_msg: '' } };
	});
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	return { asked, url, close: async () => await server.close() };
}
