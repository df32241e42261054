import { minimax } from '../../../providers/minimax';
import { forgetAccounts } from '../../../video/account';
import type { HttpRequest, RawAnswer } from '../../../video/host';
import { failuresIn, json, make, scenes, Simulation } from '../../support/simulation';

jest.setTimeout(60_000);
const withoutWait = { wait: undefined };

beforeEach(forgetAccounts);

describe('unfinished tasks of H3', () => {
	/** H3 with 30 unfinished tasks at most; the list answers for many. */
	class H3 {
		readonly tasks: Array<{ id: string; endsAt: number }> = [];

		creates = 0;

		constructor(
			private readonly simulation: Simulation,
			private readonly seconds: number,
		) {}

		readonly send = async ({ method, url }: HttpRequest): Promise<RawAnswer> => {
			await this.simulation.sleep(300);
			const { time } = this.simulation;
			const shown = ({ id, endsAt }: { id: string; endsAt: number }) => ({
				id,
				status: endsAt <= time ? 'succeeded' : 'running',
				...(endsAt <= time && { content: { url: 'https://a.example.com/x.mp4' } }),
			});
			if (method === 'POST') {
				this.creates++;
				if (this.tasks.filter(({ endsAt }) => endsAt > time).length >= 30) {
					const message = 'too many unfinished tasks (1002)';
					return json(429, { type: 'error', error: { type: 'rate_limit_error', message } });
				}
				this.tasks.push({ id: `T${this.creates}`, endsAt: time + this.seconds * 1000 });
				return json(200, { task_id: `T${this.creates}` });
			}
			const { pathname, searchParams } = new URL(url);
			const one = this.tasks.find(({ id }) => pathname.endsWith(`/${id}`));
			if (one) return json(200, { task: shown(one) });
			const wanted = searchParams.getAll('filter.task_ids');
			const items = this.tasks.filter(({ id }) => wanted.includes(id)).map(shown);
			return json(200, { items, total: items.length });
		};
	}

	test.each([
		['without waiting', withoutWait],
		['with waiting', {}],
	])('are kept at 30 %s: 100 items run into no refusal', async (_, wishes) => {
		const simulation = new Simulation();
		const vendor = new H3(simulation, 400);
		const connect = () => simulation.connection(vendor.send);
		const orders = scenes(100, minimax, connect, { model: 'MiniMax-H3', ...wishes });
		expect(failuresIn(await simulation.run(make(...orders)))).toEqual([]);
		expect(vendor.creates).toBe(100);
		expect(simulation.time).toBeLessThan(1.25 * 4 * 400_000);
	});

	test('of another process are learned of by its refusals', async () => {
		const simulation = new Simulation();
		const vendor = new H3(simulation, 100);
		const wishes = { model: 'MiniMax-H3', ...withoutWait };
		const orders = (process: string) =>
			scenes(50, minimax, () => simulation.connection(vendor.send, { process }), wishes);
		const both = Promise.all([make(...orders('one')), make(...orders('other'))]);
		expect(failuresIn((await simulation.run(both)).flat())).toEqual([]);
		expect(vendor.creates / 100).toBeLessThanOrEqual(1.3);
	});
});
