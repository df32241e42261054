import type { Sandbox } from '../sandbox/server';
import { names, needFiles, type Contender, type Lab } from './lab';
import { mean, table, type Section } from './report';

const singles = 6;
const together = 10;
const goalLagSeconds = 3;

/** Tasks of one key. */
interface Case {
	contender: Contender;
	/** How the tasks were run, for the table. */
	how: string;
	/** One list for every execution. */
	runs: number[][];
}

interface Measured extends Case {
	taskSeconds: number;
	tasks: number;
	requestsPerTask: number;
	lag: number;
	worstLag: number;
}

/** All cases at the same time: they wait, and the sandbox tells them apart by their key. */
export async function requests(lab: Lab, quick: boolean): Promise<Section> {
	const times = quick ? [20, 60] : [240, 60, 20];
	const running: Array<Promise<Measured>> = [];
	for (const taskSeconds of times) {
		for (const one of cases(taskSeconds)) running.push(measure(lab, taskSeconds, one));
	}
	const measured = await Promise.all(running);
	return report(
		measured.sort((a, b) => a.taskSeconds - b.taskSeconds),
		quick,
	);
}

function cases(taskSeconds: number): Case[] {
	const exact = (count: number) => Array.from({ length: count }, () => taskSeconds);
	const alone = (seconds: number[]) => seconds.map((one) => [one]);
	return [
		{ contender: 'ours', how: 'one run, exact', runs: [exact(together)] },
		{ contender: 'ours', how: 'one run, spread', runs: [spread(taskSeconds, together)] },
		{ contender: 'ours', how: 'runs of one, spread', runs: alone(spread(taskSeconds, singles)) },
		{ contender: 'builtIn', how: 'runs of one, exact', runs: alone(exact(2)) },
		{ contender: 'builtIn', how: 'runs of one, spread', runs: alone(spread(taskSeconds, singles)) },
	];
}

/** Evenly from 15 % less to 15 % more, in no order. */
function spread(seconds: number, count: number): number[] {
	return Array.from({ length: count }, (_, index) => {
		const place = ((index * 7 + 3) % count) / (count - 1);
		return Math.round(seconds * (0.85 + 0.3 * place) * 10) / 10;
	});
}

async function measure(lab: Lab, taskSeconds: number, one: Case): Promise<Measured> {
	const key = `${one.contender}-${taskSeconds}-${one.how.replace(/\W+/g, '-')}`;
	await Promise.all(
		one.runs.map(async (seconds) => {
			needFiles(await lab.run(one.contender, seconds, key), seconds.length);
		}),
	);
	const lags = lagsOf(lab.sandbox, key);
	const asked = ['status', 'retrieve'] as const;
	const count = asked.flatMap((step) =>
		lab.sandbox.requests({ vendor: 'minimax', step, key }),
	).length;
	console.log(
		`  ${key}: ${(count / lags.length).toFixed(1)} requests, ${mean(lags).toFixed(1)} s lag`,
	);
	return {
		...one,
		taskSeconds,
		tasks: lags.length,
		requestsPerTask: count / lags.length,
		lag: mean(lags),
		worstLag: Math.max(...lags),
	};
}

/** Seconds from the end of each task at the sandbox to the first question that could learn of it. */
function lagsOf(sandbox: Sandbox, key: string): number[] {
	const looks = sandbox.requests({ vendor: 'minimax', step: 'status', key });
	return sandbox
		.tasks()
		.filter((task) => task.key === key)
		.map(({ id, endsAt }) => {
			const seen = looks.find(
				({ query, time }) => (query as { task_id?: string }).task_id === id && time >= endsAt,
			);
			if (!seen) throw new Error(`Nobody has seen the end of task ${id}.`);
			return (seen.time - endsAt) / 1000;
		});
}

function report(measured: Measured[], quick: boolean): Section {
	const find = (contender: Contender, how: string, taskSeconds: number) =>
		measured.find(
			(one) => one.contender === contender && one.how === how && one.taskSeconds === taskSeconds,
		) as Measured;
	const times = [...new Set(measured.map(({ taskSeconds }) => taskSeconds))];
	const goals = times.flatMap((seconds) =>
		['one run, spread', 'runs of one, spread'].map((how) => {
			const ours = find('ours', how, seconds);
			const builtIn = find('builtIn', 'runs of one, spread', seconds);
			const what = how.startsWith('one')
				? `${together} tasks of one run`
				: 'tasks alone in their run';
			return {
				text: `${what}, ${seconds} s: fewer requests than the built-in node, mean lag at most ${goalLagSeconds} s`,
				measured: `${(ours.requestsPerTask / builtIn.requestsPerTask).toFixed(2)} times its requests, ${ours.lag.toFixed(1)} s (built-in ${builtIn.lag.toFixed(1)} s)`,
				met: ours.requestsPerTask < builtIn.requestsPerTask && ours.lag <= goalLagSeconds,
			};
		}),
	);
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
				],
				measured.map((one) => [
					`${one.taskSeconds} s`,
					names[one.contender],
					one.how,
					String(one.tasks),
					one.requestsPerTask.toFixed(1),
					`${one.lag.toFixed(1)} s`,
					`${one.worstLag.toFixed(1)} s`,
				]),
			),
			'A task alone in its run cannot have both at all three times: nobody knows beforehand whether it will take 20 s or 240 s, a mean lag of 3 s means asking every 6 s around its end, and the built-in node asks every 15 s. Ours spends the requests and keeps the lag short; a fixed **Poll Interval** turns that round. In a run of several tasks they share the looks, and the first one that is done tells when to ask for the others; where they end far apart, asking closely from the first end to the last costs requests, and asking less closely costs lag: see the spread tasks of 240 s. The constants of the schedule were chosen with a simulation of these same task times.',
			`Requests are those for status and file link. The lag is the time from the end of a task at the sandbox to the first request that sees it, both from the sandbox's own log; task times are not scaled. *Exact* tasks take the same time to the millisecond; *spread* ones from 15 % less to 15 % more, a width chosen for this bench and not measured at a vendor. The built-in node asks every 15 s from the start, so that exact times of 60 s and 240 s fall right on one of its looks: its lag there is luck, and the goals are held against the spread ones. It makes items one after another, so that each of its tasks was a run of its own; ${singles} such runs are the sample.${
				quick ? ' With `--quick` the tasks of 240 s are left out.' : ''
			}`,
		].join('\n\n'),
	};
}
