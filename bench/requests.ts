import type { Sandbox } from '../sandbox/server';
import { names, needFiles, type Contender, type Lab } from './lab';
import { table } from '../harness/markdown';
import { mean, type Section } from './report';
import { spread } from './times';

const singles = 6;
const together = 10;
const goalLagSeconds = 3;
const goalProduct = 0.5;

/** How the tasks of a case were run, for the table. */
type How = 'the first of its key' | 'after others of its key' | 'ten in one run';

/** Tasks of one contender and one length that are measured together. */
interface Case {
	contender: Contender;
	how: How;
	/** One list for every key: the executions of a key run one after another, each with these tasks. */
	keys: number[][][];
	/** Executions at the beginning of each key that are not measured: they teach. */
	teachers?: number;
}

/** What one task took: seconds, requests for its status and its file link, seconds of lag. */
interface Task {
	seconds: number;
	requests: number;
	lag: number;
}

interface Measured extends Case {
	taskSeconds: number;
	tasks: Task[];
}

/** All cases at the same time: they wait, and the sandbox tells them apart by their key. */
export async function requests(lab: Lab, quick: boolean): Promise<Section> {
	const lengths = quick ? [20, 60] : [240, 60, 20];
	const running = lengths.flatMap((taskSeconds) =>
		cases(taskSeconds).map(async (one) => await measure(lab, taskSeconds, one)),
	);
	const measured = await Promise.all(running);
	return report(
		measured.sort((a, b) => a.taskSeconds - b.taskSeconds),
		quick,
	);
}

function cases(taskSeconds: number): Case[] {
	const times = spread(taskSeconds, 2 * singles);
	const [teacher, ...others] = spread(taskSeconds, singles + 1).reverse();
	const alone = (seconds: number[]) => seconds.map((one) => [[one]]);
	return [
		{ contender: 'ours', how: 'the first of its key', keys: alone([...times, ...times]) },
		{
			contender: 'ours',
			how: 'after others of its key',
			keys: [[teacher, ...others].map((one) => [one])],
			teachers: 1,
		},
		{ contender: 'ours', how: 'ten in one run', keys: [[spread(taskSeconds, together)]] },
		{ contender: 'builtIn', how: 'the first of its key', keys: alone(times) },
	];
}

async function measure(lab: Lab, taskSeconds: number, one: Case): Promise<Measured> {
	const { contender, how, keys, teachers = 0 } = one;
	const name = `${contender}-${taskSeconds}-${how.replaceAll(' ', '-')}`;
	const tasks = await Promise.all(
		keys.map(async (executions, index) => {
			const key = `${name}-${index}`;
			for (const seconds of executions) {
				needFiles(await lab.run(contender, seconds, key), seconds.length);
			}
			const unmeasured = executions.slice(0, teachers).flat().length;
			return tasksOf(lab.sandbox, key).slice(unmeasured);
		}),
	);
	const result = { ...one, taskSeconds, tasks: tasks.flat() };
	const { requests: count, lag } = means(result.tasks);
	console.log(`  ${name}: ${count.toFixed(1)} requests, ${lag.toFixed(1)} s lag`);
	return result;
}

const means = (tasks: Task[]) => ({
	requests: mean(tasks.map(({ requests: count }) => count)),
	lag: mean(tasks.map(({ lag }) => lag)),
});

/**
 * The tasks of a key, in the order in which they were made. The lag is that from the end of a task to
 * the first question that could learn of it.
 */
function tasksOf(sandbox: Sandbox, key: string): Task[] {
	const questions = sandbox.requests({ vendor: 'minimax', step: 'status', key });
	const links = sandbox.requests({ vendor: 'minimax', step: 'retrieve', key });
	const tasks = sandbox.tasks().filter((task) => task.key === key);
	return tasks.map(({ id, createdAt, endsAt }) => {
		const own = questions.filter(({ query }) => (query as { task_id?: string }).task_id === id);
		const seen = own.find(({ time }) => time >= endsAt);
		if (!seen) throw new Error(`Nobody has seen the end of task ${id}.`);
		return {
			seconds: (endsAt - createdAt) / 1000,
			// A request for a link names a file and no task; every task needs as many.
			requests: own.length + links.length / tasks.length,
			lag: (seen.time - endsAt) / 1000,
		};
	});
}

function report(measured: Measured[], quick: boolean): Section {
	const find = (contender: Contender, how: How, taskSeconds: number) =>
		measured.find(
			(one) => one.contender === contender && one.how === how && one.taskSeconds === taskSeconds,
		) as Measured;
	const product = (tasks: Task[]) => means(tasks).lag * means(tasks).requests;
	const words = (tasks: Task[]) =>
		`${means(tasks).lag.toFixed(1)} s with ${means(tasks).requests.toFixed(1)} requests`;
	const lengths = [...new Set(measured.map(({ taskSeconds }) => taskSeconds))];
	const goals = lengths.flatMap((length) => {
		const first = find('ours', 'the first of its key', length).tasks;
		const later = find('ours', 'after others of its key', length).tasks;
		const builtIn = find('builtIn', 'the first of its key', length).tasks;
		const sameTimes = builtIn.filter(({ seconds }) => later.some((one) => one.seconds === seconds));
		const share = product(first) / product(builtIn);
		return [
			{
				text: `single tasks of ${length} s, from the second one on: mean lag at most ${goalLagSeconds} s, fewer requests than the built-in node for tasks of the same times`,
				measured: `${words(later)} (built-in ${words(sameTimes)})`,
				met:
					means(later).requests < means(sameTimes).requests && means(later).lag <= goalLagSeconds,
			},
			{
				text: `single tasks of ${length} s, the first one: mean lag times mean requests at most half of the built-in node's`,
				measured: `${share.toFixed(2)} times, ${words(first)} (built-in ${words(builtIn)})`,
				met: share <= goalProduct,
			},
		];
	});
	return {
		title: 'Requests and lag',
		command: quick ? 'npm run bench -- --quick' : 'npm run bench',
		beside: 'n8n 2.41.1',
		goals,
		body: [
			table(
				[
					'task time',
					'node',
					'how',
					'tasks measured',
					'requests per task',
					'mean lag',
					'longest lag',
					'lag times requests',
				],
				measured.map(({ taskSeconds, contender, how, tasks }) => [
					`${taskSeconds} s`,
					names[contender],
					how,
					String(tasks.length),
					means(tasks).requests.toFixed(1),
					`${means(tasks).lag.toFixed(1)} s`,
					`${Math.max(...tasks.map(({ lag }) => lag)).toFixed(1)} s`,
					`${product(tasks).toFixed(1)} s`,
				]),
			),
			'Nobody knows beforehand whether the first task of a key takes 20 s or 240 s. The node looks rarely where an end would be early for its model, and closely where it is overdue; the constants were chosen with a simulation of these three lengths, and at lengths between them the first task saves less. What one task of a key has taken, all later executions of the same n8n process know. A run of ten tasks learns from the first that ends; it is in the table without a goal.',
			`Requests are those for status and file link. The lag is the time from the end of a task at the sandbox to the first request that sees it, both from the sandbox's own log; task times are not scaled. Tasks take from 15 % less to 15 % more than their length, a width chosen for this bench and not measured at a vendor. A key of its own is an account of its own, of which the process knows nothing. *The first of its key*: ${2 * singles} tasks of different times, ours twice each. *After others of its key*: ${singles + 1} executions one after another, of which the first is not counted, with times of the same spread. The built-in node learns nothing, so that its later tasks are like its first. All of them ran at the same time in one n8n.${
				quick ? ' With `--quick` the tasks of 240 s are left out.' : ''
			}`,
		].join('\n\n'),
	};
}
