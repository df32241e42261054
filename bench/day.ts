import { readFile } from 'node:fs/promises';
import { Problem } from '../harness/setup.cjs';
import { costsFile, type Costs } from './costs';
import { table } from '../harness/markdown';
import { type Section } from './report';

/** A day past this machine, in steps of a second, with what bench/queue.ts has measured. */
const plan = {
	tasks: 100_000,
	workers: 10,
	slotsPerWorker: 20,
	renderSeconds: 150,
	/** Half of the tasks come at the full hours, as schedules do, the others evenly over the day. */
	atFullHours: 0.5,
	/** Where a quarter of the tasks goes each: creates a second that one key of the vendor may send. */
	vendors: { MiniMax: 20 / 60, ToAPIs: 5, Runware: Infinity, Apiframe: Infinity },
} as const;
type VendorName = keyof typeof plan.vendors;
const places = plan.workers * plan.slotsPerWorker;

/** Kept by n8n unless set otherwise. */
const n8nDefaults = { tableBytes: 200 * 1024 ** 2, executions: 10_000 };
const daySeconds = 86_400;

interface Day {
	readonly main: Busy;
	/** Of each worker. */
	readonly worker: Busy;
	readonly mostRendering: number;
	/** Seconds in which executions that wait for a vendor's limit hold all places of all workers. */
	readonly full: number;
	/** The longest wait for a vendor's limit, in seconds. */
	readonly longestWait: number;
}

/** Part of its processor core that a process needs, and how many seconds it falls behind at most. */
interface Busy {
	readonly mean: number;
	readonly longest: number;
}

/** `keys`: how many keys of each vendor share its tasks. */
function simulate(costs: Costs, keys: number): Day {
	const vendors = Object.keys(plan.vendors) as VendorName[];
	const waiting = new Map(vendors.map((name) => [name, 0]));
	const ends = new Float64Array(2 * daySeconds);
	const main = new Processor(1);
	const workers = new Processor(plan.workers);
	let [rendering, mostRendering, full, longestWait] = [0, 0, 0, 0];
	for (let second = 0; second < daySeconds; second++) {
		const ended = ends[second];
		const arrived = arrivals(second);
		let accepted = 0;
		for (const name of vendors) {
			const rate = plan.vendors[name] * keys;
			const queue = (waiting.get(name) ?? 0) + arrived / vendors.length;
			const sent = Math.min(queue, rate);
			waiting.set(name, queue - sent);
			if (queue > sent) longestWait = Math.max(longestWait, (queue - sent) / rate);
			accepted += sent;
		}
		ends[second + plan.renderSeconds] += accepted;
		rendering += accepted - ended;
		// Half of a task's work is to submit it, the other half to react to it.
		main.work(((accepted + ended) / 2) * costs.mainSeconds);
		workers.work(((accepted + ended) / 2) * costs.workerSeconds);
		mostRendering = Math.max(mostRendering, rendering);
		if (sum([...waiting.values()]) >= places) full++;
	}
	return { main: main.busy, worker: workers.busy, mostRendering, full, longestWait };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function arrivals(second: number): number {
	const even = (plan.tasks * (1 - plan.atFullHours)) / daySeconds;
	return even + (second % 3600 === 0 ? (plan.tasks * plan.atFullHours) / 24 : 0);
}

/** So many cores, and the work that is left for them. */
class Processor {
	private left = 0;

	private done = 0;

	private longest = 0;

	constructor(private readonly cores: number) {}

	/** A second passes in which this much work comes. */
	work(seconds: number): void {
		const all = this.left + seconds;
		const done = Math.min(all, this.cores);
		this.done += done;
		this.left = all - done;
		this.longest = Math.max(this.longest, this.left / this.cores);
	}

	get busy(): Busy {
		return { mean: this.done / daySeconds / this.cores, longest: this.longest };
	}
}

export async function simulateDay(): Promise<Section> {
	const text = await readFile(costsFile, 'utf8').catch(() => {
		throw new Problem('The costs of a task are not there: npm run bench -- --only=queue first.');
	});
	const costs = JSON.parse(text) as Costs;
	const cases = [1, 2, 4, 8, 16].map((keys) => ({ keys, day: simulate(costs, keys) }));
	const { day } = cases[0];
	const perDay = (each: number) => each * plan.tasks;
	const tableDays = n8nDefaults.tableBytes / perDay(costs.tableRowBytes);
	const historyHours = (n8nDefaults.executions / perDay(costs.executions)) * 24;
	const percent = (part: number) => `${Math.round(part * 100)} %`;
	return {
		title: '100,000 tasks a day on 10 workers, simulated',
		command: 'npm run bench -- --only=day',
		beside: `costs measured over ${costs.tasks} tasks by the part Queue mode`,
		goals: [],
		body: [
			table(
				['what', 'a day of 100,000 tasks'],
				[
					['n8n executions', round(perDay(costs.executions))],
					['requests to vendors after the creates', round(perDay(costs.vendorLooks))],
					['calls of the task table', round(perDay(costs.tableCalls))],
					[
						'rows of the task table',
						`${round(plan.tasks)}: ${Math.round(perDay(costs.tableRowBytes) / 1024 ** 2)} MB; n8n’s 200 MB for all data tables are full after ${tableDays.toFixed(1)} days`,
					],
					[
						'growth of the database without pruning and without files',
						`${(perDay(costs.databaseBytes) / 1024 ** 3).toFixed(1)} GB`,
					],
					[
						'history that n8n’s 10,000 kept executions hold',
						`the last ${historyHours.toFixed(1)} hours`,
					],
					[
						'main process, one core',
						`${percent(day.main.mean)} busy, at most ${Math.round(day.main.longest)} s behind`,
					],
					[
						'each worker, one core',
						`${percent(day.worker.mean)} busy, at most ${Math.round(day.worker.longest)} s behind`,
					],
					['tasks that render at one moment', `at most ${round(day.mostRendering)}`],
				],
			),
			table(
				[
					'keys of each vendor',
					'longest wait for a vendor’s limit',
					`all ${places} places held by such waits`,
					'main behind',
				],
				cases.map(({ keys, day: { longestWait, full, main } }) => [
					String(keys),
					`${round(longestWait)} s`,
					`${((full / daySeconds) * 24).toFixed(1)} hours of the day`,
					`${Math.round(main.longest)} s`,
				]),
			),
			`Half of the tasks come at the full hours, ${Math.round((plan.tasks * plan.atFullHours) / 24)} at one moment, the others evenly; each renders ${plan.renderSeconds} s; a quarter goes to each vendor, of which MiniMax takes 20 creates a minute for a key, ToAPIs 5 a second, and for the others no limit is documented. Every execution orders one video without waiting for it. While all places are held, what waits in n8n's queue are also the executions that the trigger starts. The costs are those of one small machine; each process is given a core like its own. PostgreSQL's and Redis' own time is not in it.`,
		].join('\n\n'),
	};
}

const round = (number: number) => Math.round(number).toLocaleString('en');
