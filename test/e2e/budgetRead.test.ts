import { taskTableAccount } from '../../harness/accounts';
import { saveCredentials } from '../../harness/n8n/examples';
import { startApiGate } from './apiGate';
import { TableApi } from './tableApi';
import { itemsOf, oneNode } from '../../harness/n8n/workflows';
import { credentials, sandbox, session, useWorld } from './world';

jest.setTimeout(600_000);
useWorld({ secondsPerTask: 0 });

const name = 'Ten Thousand';
const rows = 10_000;
const pages = rows / 250;

/** USD, of each row. */
const cost = 0.01;

test('a budget over 10,000 rows is counted about as fast as n8n gives out their pages', async () => {
	const gate = await startApiGate(session.url);
	try {
		const account = await taskTableAccount(session);
		const apiKey = String(account.data.apiKey);
		/** Orders a video under a budget; its requests to n8n go through a lane of its own. */
		const order = async (lane: string, budget: number) => {
			const data = { apiKey, baseUrl: gate.baseUrl(lane) };
			const own = await saveCredentials(session, { ...account, name: lane, data });
			const parameters = {
				model: 'MiniMax-Hailuo-2.3',
				prompt: 'A paper boat',
				waitForCompletion: false,
				recordTask: true,
				taskTable: { name, budget },
			};
			const all = { ...credentials, ...own };
			return await session.runNew(oneNode('hailuoGenerateVideo', parameters, all));
		};
		// It makes the table.
		expect(itemsOf(await order('first', 1), 'Hailuo')).toHaveLength(1);
		const table = await TableApi.open(session.url, apiKey, name);
		for (let made = 0; made < rows; made += 500) {
			await table.insert(
				Array.from({ length: 500 }, (_, index) => ({
					taskRef: `minimax:v1:${made + index}`,
					provider: 'minimax',
					prompt: `A paper boat on a quiet lake, number ${made + index}`,
					status: 'completed',
					cost,
					costUnit: 'USD',
				})),
			);
		}
		const readPages = async () => {
			let above = 0;
			for (let page = 0; page < pages; page++)
				above = (await table.page({ above })).at(-1)?.id ?? 0;
		};
		/** Milliseconds that a run reads all rows for, through the node, several pages at a time. */
		const readForBudget = async (lane: string) => {
			expect(itemsOf(await order(lane, 1000), 'Hailuo')).toHaveLength(1);
			// The rows are so young that all is read once more before the create.
			const reads = gate
				.requests(lane)
				.filter(({ method, path }) => method === 'GET' && /rows\?.*createdAt/.test(path));
			const second = reads.findIndex(({ path }, index) => index > 0 && isFirstPage(path));
			const whole = reads.slice(0, second);
			expect(whole.length).toBeGreaterThanOrEqual(pages);
			return Math.max(...whole.map(({ to = Infinity }) => to)) - whole[0].from;
		};
		let ratio = Infinity;
		// What shares the machine may slow one of the two.
		for (let tries = 0; tries < 5 && ratio >= 5; tries++) {
			ratio = (await readForBudget(`within-${tries}`)) / (await timeOf(readPages));
		}
		expect(ratio).toBeLessThan(5);

		const made = sandbox.charges().length;
		const spent = (100 + 0.28 * made).toFixed(2);
		const { data } = await order('over', 100);
		expect(data.resultData.error?.message).toContain(`$${spent} of $100`);
		expect(sandbox.charges()).toHaveLength(made);
	} finally {
		await gate.close();
	}
});

const isFirstPage = (path: string) =>
	path.includes('sortBy=id%3Aasc') && !path.includes('%22id%22');

async function timeOf(work: () => Promise<void>): Promise<number> {
	const from = performance.now();
	await work();
	return performance.now() - from;
}
