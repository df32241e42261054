import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nHome } from '../harness/n8n/home';
import { Lab, names, needFiles, type Contender } from './lab';
import { table } from '../harness/markdown';
import { mean, type Section } from './report';

const megabyte = 1024 * 1024;
const repeats = 3;
const goalMegabytes = 32;

/** What is downloaded in one run. */
interface Load {
	what: string;
	videos: number;
	bytes: number;
}

const manySmall: Load = { what: '10 x 1 MB', videos: 10, bytes: megabyte };
const manyLarge: Load = { what: '10 x 100 MB', videos: 10, bytes: 100 * megabyte };
const oneLarge: Load = { what: '1 x 100 MB', videos: 1, bytes: 100 * megabyte };
const oneHuge: Load = { what: '1 x 1 GB', videos: 1, bytes: 1024 * megabyte };
const loads = [manySmall, manyLarge, oneLarge, oneHuge];
/** It keeps every file whole in memory: a gigabyte of it would say no more. */
const builtInLoads = [manySmall, manyLarge, oneLarge];

/** Megabytes over what the process had before the run, of every repeat. */
type Growths = Record<Contender, Map<Load, number[]>>;

/** For the n8n under test. */
export const memoryEnvironment = {
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	NODE_OPTIONS: `--require ${join(__dirname, 'collect-garbage.cjs')}`,
};

/** Every case in an n8n process of its own, one after another. */
export async function memory(home: N8nHome, quick: boolean): Promise<Section> {
	const growths: Growths = { ours: new Map(), builtIn: new Map() };
	for (let count = 0; count < (quick ? 1 : repeats); count++) {
		for (const contender of ['ours', 'builtIn'] as const) {
			for (const load of contender === 'ours' ? loads : builtInLoads) {
				const growth = await peakGrowth(home, contender, load);
				console.log(`  ${names[contender]}, ${load.what}: ${growth} MB more`);
				growths[contender].set(load, [...(growths[contender].get(load) ?? []), growth]);
			}
		}
	}
	return report(growths);
}

async function peakGrowth(home: N8nHome, contender: Contender, load: Load): Promise<number> {
	const lab = await Lab.open(home);
	const options = contender === 'ours' ? { parameters: { download: { maxSizeMb: 2048 } } } : {};
	try {
		lab.sandbox.configure({ downloadBytes: megabyte });
		needFiles(await lab.run(contender, [0], 'warm-up', options), 1);
		const { id } = lab.n8n;
		for (let count = 0; count < 3; count++) {
			process.kill(id, 'SIGUSR2');
			await sleep(2000);
		}
		// From here on the kernel keeps the highest resident size anew.
		await writeFile(`/proc/${id}/clear_refs`, '5');
		const before = await megabytesOf(id, 'VmRSS');
		lab.sandbox.configure({ downloadBytes: load.bytes });
		const tasks = Array.from({ length: load.videos }, () => 0);
		needFiles(await lab.run(contender, tasks, 'downloads', options), load.videos);
		return (await megabytesOf(id, 'VmHWM')) - before;
	} finally {
		await lab.close();
	}
}

export async function megabytesOf(id: number, field: string): Promise<number> {
	const status = await readFile(`/proc/${id}/status`, 'utf8');
	return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024);
}

function report(growths: Growths): Section {
	const all = (contender: Contender, load: Load) => growths[contender].get(load) ?? [];
	const average = (contender: Contender, load: Load) => mean(all(contender, load));
	const extra = (contender: Contender) =>
		Math.round(average(contender, manyLarge) - average(contender, manySmall));
	const size = (contender: Contender, load: Load) => `${Math.round(average(contender, load))} MB`;
	const noise = Math.max(...all('ours', oneLarge)) - Math.min(...all('ours', oneLarge));
	return {
		title: 'Memory',
		command: 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: [
			{
				text: `10 downloads of 100 MB need less than ${goalMegabytes} MB more at the peak than 10 of 1 MB`,
				measured: `${extra('ours')} MB (built-in ${extra('builtIn')} MB)`,
				met: extra('ours') < goalMegabytes,
			},
			{
				text: 'a download of 1 GB needs no more at the peak than one of 100 MB, within the spread of its repeats',
				measured: `${size('ours', oneHuge)} and ${size('ours', oneLarge)}, spread ${noise} MB (built-in ${size('builtIn', oneLarge)} for one of 100 MB)`,
				met: average('ours', oneHuge) <= average('ours', oneLarge) + noise,
			},
		],
		body: [
			table(
				['node', ...loads.map(({ what }) => what)],
				(['ours', 'builtIn'] as const).map((contender) => [
					names[contender],
					...loads.map((load) => {
						const measured = all(contender, load);
						return measured.length > 0 ? `${measured.join(', ')} MB` : '–';
					}),
				]),
			),
			`How far the resident memory of the n8n process rose in one run: its peak (VmHWM in /proc, set back just before) over its size before. Each case ran ${all('ours', manySmall).length} times, each time in a new n8n process, after one video as a warm-up and a forced garbage collection: without that the memory that the start of n8n has left behind hides the growth. The goals are held against the means. Files go to disk (\`N8N_DEFAULT_BINARY_DATA_MODE=filesystem\`). Tasks are ready at once; ours downloads three at a time, the built-in node one after another.`,
		].join('\n\n'),
	};
}
