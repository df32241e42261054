import { pollOverPending } from './soak';
import type { Section } from './report';

const rows = 10_000;
const answerMs = 50;

/** One poll of the trigger over a task table with very many unfinished tasks. */
export async function measureTrigger(): Promise<Section> {
	const result = await pollOverPending(rows, answerMs);
	return {
		title: 'One poll of the trigger over 10,000 pending tasks',
		command: 'npm run bench -- --only=trigger',
		beside: 'n8n-core 2.41.1',
		goals: [
			{
				text: 'every pending task is asked for in one poll',
				measured: `${result.asked} of ${result.rows} in ${result.seconds.toFixed(1)} s`,
				met: result.asked === rows,
			},
		],
		body: [
			`A vendor that answers one task in ${answerMs} ms and has no batch (MiniMax V1), rows in a stand-in of n8n's data table API,`,
			`n8n-core's own PollContext. Fired: ${result.fired}. Requests: ${result.requests.vendor} to the vendor, ${result.requests.table} to the table.`,
			'The poll goes on watching for its 40 seconds after it has asked for all.',
		].join('\n'),
	};
}
