import { names, needFiles, type Lab } from './lab';
import { table } from '../harness/markdown';
import { median, type Section } from './report';
import { spread } from './times';

const videos = 100;
const taskSeconds = 60;
const repeats = 3;
/** Their mean is that of the hundred: the built-in node looks every 15 s. */
const builtInVideos = 4;
const goal = 1.1;

/** A hundred items in one run, without limits of the vendor. */
export async function hundred(lab: Lab): Promise<Section> {
	const few = spread(taskSeconds, builtInVideos);
	const builtIn = lab.run('builtIn', few, 'hundred-built-in');
	// A failure is told when its result is asked for, not as an unhandled one before.
	builtIn.catch(() => undefined);
	const times = spread(taskSeconds, videos);
	const own: number[] = [];
	for (let count = 1; count <= repeats; count++) {
		const run = await lab.run('ours', times, `hundred-${count}`, { provider: 'runware' });
		own.push(needFiles(run, videos).milliseconds / 1000);
		console.log(`  ${names.ours}, ${videos} videos: ${own.at(-1)?.toFixed(1)} s`);
	}
	const builtInSeconds = needFiles(await builtIn, few.length).milliseconds / 1000;
	return report(Math.max(...times), own, builtInSeconds);
}

function report(slowest: number, own: number[], builtIn: number): Section {
	const ratio = (seconds: number) => `${(seconds / slowest).toFixed(2)} x`;
	const builtInAll = (builtIn / builtInVideos) * videos;
	return {
		title: 'A hundred videos in one run',
		command: 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: [
			{
				text: `${videos} videos in one run, no limit, take at most ${goal.toFixed(2)} times as long as the slowest of them`,
				measured: ratio(median(own)),
				met: median(own) / slowest <= goal,
			},
		],
		body: [
			table(
				['node', `${videos} videos`, 'to the slowest', 'its runs'],
				[
					[
						names.ours,
						`${median(own).toFixed(1)} s`,
						ratio(median(own)),
						own.map((value) => value.toFixed(1)).join(', '),
					],
					[
						names.builtIn,
						`${builtInAll.toFixed(0)} s, reckoned`,
						ratio(builtInAll),
						`${builtInVideos} videos: ${builtIn.toFixed(1)}`,
					],
				],
			),
			`Tasks of ${taskSeconds} s, from 15 % less to 15 % more; the slowest takes ${slowest.toFixed(1)} s. The sandbox's rate limits are off. Ours runs through Runware, for which no limit of creates is documented: at MiniMax it keeps the documented 20 a minute, so that a hundred videos take more than four minutes there, whatever node makes them. Ours: the median of ${repeats} runs, each with a key of its own, of which nothing is known. The built-in node has MiniMax only and makes one item after another: ${builtInVideos} were measured, the rest is reckoned from them.`,
		].join('\n\n'),
	};
}
