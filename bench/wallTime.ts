import { needFiles, names, type Contender, type Lab } from './lab';
import { table } from '../harness/markdown';
import { median, type Section } from './report';

const taskSeconds = 20;
const goalAt20 = 1.1;
const repeats = 3;

interface Measured {
	videos: number;
	/** Seconds of every run. */
	ours: number[];
	/** Missing where it was left out. */
	builtIn?: number;
}

/** The built-in node's runs are waits of up to ten minutes: they go on beside everything else. */
export function wallTime(
	lab: Lab,
	quick: boolean,
): { ours: Promise<void>; section: () => Promise<Section> } {
	const counts = [1, 5, 20];
	const builtIn = new Map(
		counts
			.filter((videos) => !(quick && videos === 20))
			.map((videos) => [videos, seconds(lab, 'builtIn', videos, 'wall')] as const),
	);
	// A failure is told when its result is asked for, not as an unhandled one before.
	for (const run of builtIn.values()) run.catch(() => undefined);
	const own = ownRuns(lab, counts);
	const section = async (): Promise<Section> => {
		const measured: Measured[] = [];
		for (const videos of counts) {
			const ours = (await own).get(videos) ?? [];
			measured.push({ videos, ours, builtIn: await builtIn.get(videos) });
		}
		return report(measured, quick);
	};
	return { ours: own.then(() => undefined), section };
}

/** One after another, so that they do not disturb each other. */
async function ownRuns(lab: Lab, counts: number[]): Promise<Map<number, number[]>> {
	const times = new Map<number, number[]>();
	for (const videos of counts) {
		const all: number[] = [];
		for (let count = 1; count <= repeats; count++) {
			all.push(await seconds(lab, 'ours', videos, `wall-${count}`));
			console.log(`  ${names.ours}, ${videos} videos: ${all.at(-1)?.toFixed(1)} s`);
		}
		times.set(videos, all);
	}
	return times;
}

async function seconds(lab: Lab, contender: Contender, videos: number, run: string) {
	const tasks = Array.from({ length: videos }, () => taskSeconds);
	const result = await lab.run(contender, tasks, `${contender}-${videos}-${run}`);
	return needFiles(result, videos).milliseconds / 1000;
}

function report(measured: Measured[], quick: boolean): Section {
	const ratio = (value: number) => `${(value / taskSeconds).toFixed(2)} x`;
	const cell = (value?: number) =>
		value === undefined ? 'left out' : `${value.toFixed(1)} s = ${ratio(value)}`;
	const at20 = median(measured.find(({ videos }) => videos === 20)?.ours ?? []);
	return {
		title: 'Wall time',
		command: quick ? 'npm run bench -- --quick' : 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: [
			{
				text: `20 videos take at most ${goalAt20.toFixed(2)} times as long as the slowest of them`,
				measured: ratio(at20),
				met: at20 / taskSeconds <= goalAt20,
			},
		],
		body: [
			`Every task takes ${taskSeconds} s at the sandbox. The ratio is to that limit, which no node can beat.`,
			table(
				['videos in one run', names.ours, 'its runs', names.builtIn, 'times as fast'],
				measured.map(({ videos, ours, builtIn }) => [
					String(videos),
					cell(median(ours)),
					ours.map((value) => value.toFixed(1)).join(', '),
					cell(builtIn),
					builtIn === undefined ? '' : (builtIn / median(ours)).toFixed(1),
				]),
			),
			`The time is n8n's own for the node, from its start to its last item with the file downloaded. Default settings, rate limits of the sandbox off. Ours: the median of ${repeats} runs. The built-in node makes items one after another and was run once; it waited beside the other measurements.${
				quick ? ' With `--quick` its run of 20 videos (ten minutes) is left out.' : ''
			}`,
		].join('\n\n'),
	};
}
