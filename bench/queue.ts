import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../harness/n8n/cluster';
import { packPackage } from '../harness/pack';
import { type CallbackTimes, measureCallbacks } from './callbackTimes';
import { costsFile, type Costs } from './costs';
import { megabytesOf } from './memory';
import { callersAtOnce, QueueLab } from './queueLab';
import { table } from '../harness/markdown';
import { mean, type Section } from './report';
import { spread } from './times';

interface Size {
	/** Calls of a webhook, for executions a minute. */
	readonly calls: number;
	/** Tasks that render at one moment, and for how long. */
	readonly tasks: number;
	readonly seconds: number;
	/** Tasks under a Callback URL. */
	readonly callbacks: number;
}

const whole: Size = { calls: 400, tasks: 500, seconds: 300, callbacks: 200 };
/** Shows that it runs; its figures say little. */
const small: Size = { calls: 60, tasks: 60, seconds: 120, callbacks: 20 };
const load = { everySeconds: 5, tasks: 4, seconds: 30 };
const sampleSeconds = 15;
const allowedGrowth = 1.1;

/** Executions a minute. */
interface Throughput {
	readonly one: number;
	readonly two: number;
}

interface Rendering {
	/** Executions that were running, of every second while all tasks rendered. */
	readonly held: readonly number[];
	/** Seconds from the end of a task to the start of the execution that it fired. */
	readonly lags: readonly number[];
	readonly costs: Costs;
}

type Samples = Record<string, number[]>;

/** Queue mode on this machine; `minutes` of load for the memory. */
export async function measureQueue(minutes: number, quick: boolean): Promise<Section> {
	const size = quick ? small : whole;
	const folder = await mkdtemp(join(tmpdir(), 'hailuo-bench-'));
	const lab = await QueueLab.open(await packPackage(folder));
	try {
		const throughput = await measureThroughput(lab, size);
		console.log(`  executions a minute: ${throughput.one} and ${throughput.two}`);
		const rendered = await measureRendering(lab, size);
		console.log(`  ${JSON.stringify(rendered.costs)}`);
		if (!quick) await writeFile(costsFile, `${JSON.stringify(rendered.costs, null, 2)}\n`);
		const called = await measureCallbacks(lab, size);
		console.log(
			`  by callback: ${lagText(called.lags)}; challenges: ${lagText(called.challenges)}`,
		);
		const memory = await measureMemory(lab, minutes);
		return report(size, throughput, rendered, called, memory, minutes);
	} finally {
		await lab.close();
		await rm(folder, { recursive: true, force: true });
	}
}

/** The same calls with one worker and with two. */
async function measureThroughput(lab: QueueLab, { calls }: Size): Promise<Throughput> {
	const [, second] = lab.cluster.workers;
	const rate = async () => {
		const started = Date.now();
		await lab.submitOften(calls);
		return Math.round((calls * 60_000) / (Date.now() - started));
	};
	await lab.submitOften(calls / 4);
	const two = await rate();
	await second.kill('SIGTERM');
	const one = await rate();
	await second.start();
	return { one, two };
}

async function measureRendering(lab: QueueLab, { tasks, seconds }: Size): Promise<Rendering> {
	const { sandbox } = lab;
	const before = await usage(lab);
	// Few of MiniMax, of which a process sends 20 a minute.
	const orders = spread(seconds, tasks).map((time, index) => ({
		provider: index % 25 === 0 ? 'minimax' : ['toapis', 'runware', 'apiframe'][index % 3],
		prompt: `A paper boat {{sandbox seconds=${time}}}`,
	}));
	await lab.callOften(lab.fire, orders);
	await lab.untilEnded(lab.fire.workflowId, tasks);
	const known = sandbox.tasks().filter(({ text }) => text.includes('seconds='));
	const firstEnd = Math.min(...known.map(({ endsAt }) => endsAt));
	const held: number[] = [];
	while (Date.now() < firstEnd) {
		const running = ['new', 'running'] as const;
		const counts = [lab.fire.workflowId, lab.react].map((id) => lab.count(id, ...running));
		held.push((await Promise.all(counts)).reduce((sum, count) => sum + count, 0));
		await sleep(1000);
	}
	if (held.length === 0) throw new Error('The first task had ended before the last was submitted.');

	const lags = await lab.lagsOf(sandbox, lab.react, tasks);
	const after = await usage(lab);
	const each = (name: keyof typeof after) => (after[name] - before[name]) / tasks;
	const costs: Costs = {
		tasks,
		executions: each('executions'),
		vendorLooks: each('looks'),
		tableCalls: each('tableCalls'),
		tableRowBytes: await rowBytes(lab),
		databaseBytes: each('bytes'),
		mainSeconds: each('main'),
		workerSeconds: each('workers'),
		webhookSeconds: each('webhook'),
	};
	return { held, lags, costs };
}

/** What has been used so far. */
async function usage(lab: QueueLab) {
	const { main, webhook, workers } = lab.cluster;
	const [mainTime, webhookTime, ...workerTimes] = await Promise.all(
		[main, webhook, ...workers].map(processorSeconds),
	);
	return {
		looks: lab.sandbox.requests().filter(({ step }) => step && step !== 'create').length,
		tableCalls: await lab.tableCalls(),
		bytes: await lab.databaseBytes(),
		executions:
			(await lab.count(lab.fire.workflowId, 'success')) + (await lab.count(lab.react, 'success')),
		main: mainTime,
		webhook: webhookTime,
		workers: workerTimes.reduce((sum, time) => sum + time, 0),
	};
}

/** Of the kernel's clock, 100 a second. */
async function processorSeconds({ id }: Member): Promise<number> {
	const stat = await readFile(`/proc/${id}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function rowBytes(lab: QueueLab): Promise<number> {
	const [{ id }] = await lab.cluster.storage.rows<{ id: string }>('SELECT id FROM data_table');
	const name = `"data_table_user_${id}"`;
	const [{ bytes }] = await lab.cluster.storage.rows<{ bytes: string }>(
		`SELECT pg_total_relation_size('${name}') / (SELECT count(*) FROM ${name}) AS bytes`,
	);
	return Number(bytes);
}

/** Resident megabytes of every process under a steady load. */
async function measureMemory(lab: QueueLab, minutes: number): Promise<Samples> {
	const { main, webhook, workers } = lab.cluster;
	const members = { main, webhook, 'worker 1': workers[0], 'worker 2': workers[1] };
	const samples: Samples = {};
	const end = Date.now() + minutes * 60_000;
	const submitting = (async () => {
		for (; Date.now() < end; await sleep(load.everySeconds * 1000)) {
			const tasks = Array.from({ length: load.tasks }, (_, index) => ({
				provider: ['toapis', 'runware', 'apiframe'][index % 3],
				prompt: `A paper boat {{sandbox seconds=${load.seconds}}}`,
			}));
			await lab.fire.post({ tasks });
		}
	})();
	for (; Date.now() < end; await sleep(sampleSeconds * 1000)) {
		for (const [name, { id }] of Object.entries(members)) {
			(samples[name] ??= []).push(await megabytesOf(id, 'VmRSS'));
		}
	}
	await submitting;
	return samples;
}

function lagText(lags: readonly number[]): string {
	const sorted = [...lags].sort((first, second) => first - second);
	const within = sorted[Math.floor(sorted.length * 0.95)];
	return `mean ${mean(sorted).toFixed(1)} s, 95 % within ${within.toFixed(1)} s, longest ${sorted[sorted.length - 1].toFixed(1)} s`;
}

function report(
	{ calls, seconds, callbacks }: Size,
	{ one, two }: Throughput,
	{ held, lags, costs }: Rendering,
	called: CallbackTimes,
	memory: Samples,
	minutes: number,
): Section {
	const fifth = (all: number[], part: number) =>
		mean(all.slice(Math.floor((all.length * part) / 5), Math.floor((all.length * (part + 1)) / 5)));
	const growths = Object.values(memory).map((all) => fifth(all, 4) / fifth(all, 1));
	const growth = Math.max(...growths);
	return {
		title: 'Queue mode',
		command: `npm run bench -- --only=queue --minutes=${minutes}`,
		beside: 'n8n 2.41.1 in queue mode, PostgreSQL, Redis',
		goals: [
			{
				text: `no execution holds a place while ${costs.tasks} tasks render`,
				measured: `at most ${Math.max(...held)} in ${held.length} looks`,
				met: held.every((count) => count === 0),
			},
			{
				text: 'by callback the execution starts within a second after the end of its task (mean)',
				measured: `${mean([...called.lags]).toFixed(2)} s`,
				met: mean([...called.lags]) < 1,
			},
			{
				text: `MiniMax's challenge is answered within its 3 s while ${callersAtOnce} callers start ${calls} executions`,
				measured: `${called.challenges.length} challenges, the longest ${Math.max(...called.challenges).toFixed(2)} s`,
				met: Math.max(...called.challenges) < 3,
			},
			{
				text: `memory does not grow: the last fifth of ${minutes} minutes under load at most ${allowedGrowth} times the second fifth, in every process`,
				measured: `${growth.toFixed(2)} times`,
				met: growth <= allowedGrowth,
			},
		],
		body: [
			table(
				['what', 'measured'],
				[
					['submit-only executions a minute, one worker', String(one)],
					['submit-only executions a minute, two workers', `${two} = ${(two / one).toFixed(2)} x`],
					['from the end of a task to the execution that it fires (polling)', lagText(lags)],
					['the same by callback, through the webhook process', lagText(called.lags)],
					[
						'from the challenge of MiniMax to its answer, under that load',
						lagText(called.challenges),
					],
					['n8n executions for each task', costs.executions.toFixed(2)],
					['requests to the vendor for each task, after its create', costs.vendorLooks.toFixed(1)],
					[
						'calls of the task table for each task, the polls included',
						costs.tableCalls.toFixed(1),
					],
					['a row of the task table, with its index', `${costs.tableRowBytes} bytes`],
					['growth of the database for each task', `${(costs.databaseBytes / 1024).toFixed(1)} KB`],
					[
						'processor time for each task: main, workers, webhook process',
						[costs.mainSeconds, costs.workerSeconds, costs.webhookSeconds]
							.map((seconds) => `${Math.round(seconds * 1000)} ms`)
							.join(', '),
					],
				],
			),
			table(
				['resident memory, MB', 'first fifth', 'second', 'third', 'fourth', 'last fifth'],
				Object.entries(memory).map(([name, all]) => [
					name,
					...[0, 1, 2, 3, 4].map((part) => String(Math.round(fifth(all, part)))),
				]),
			),
			`Main, two workers (20 executions at once each), a webhook process, PostgreSQL, Redis, the sandbox and the bench share the cores of one machine: the rates are lower and the ratio of two workers to one is smaller than with machines of their own. Rates: ${calls} calls of a webhook, ${callersAtOnce} at a time, one Runware task each, submitted without waiting and without the task table. Fire and react: ${costs.tasks} tasks of all four vendors, ${seconds} s with a spread of 15 %, one in an execution, recorded in the task table, a Hailuo Trigger on it, no download. By callback: ${callbacks} tasks of all four vendors that end within two minutes, recorded too; then a challenge every 100 ms while the calls of the rates are made again. The looks at running executions are one a second from the last submission to the end of the first task. Memory: ${load.tasks} such tasks of ${load.seconds} s every ${load.everySeconds} s for ${minutes} minutes, a sample every ${sampleSeconds} s, no forced garbage collection.`,
		].join('\n\n'),
	};
}
