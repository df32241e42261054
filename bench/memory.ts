import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nHome } from '../scripts/n8n/home';
import { Lab, names, needFiles, type Contender } from './lab';
import { mean, table, type Section } from './report';

const videos = 10;
const repeats = 2;
const megabyte = 1024 * 1024;
const sizes = { small: 1 * megabyte, large: 100 * megabyte };
const goalMegabytes = 64;

type Size = keyof typeof sizes;
/** Megabytes over what the process had before the run. */
type Growths = Record<Contender, Record<Size, number[]>>;

/** For the n8n under test. */
export const memoryEnvironment = {
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	NODE_OPTIONS: `--require ${join(__dirname, 'collect-garbage.cjs')}`,
};

/** Every case in an n8n process of its own, one after another. */
export async function memory(home: N8nHome): Promise<Section> {
	const growths: Growths = { ours: { small: [], large: [] }, builtIn: { small: [], large: [] } };
	for (let count = 0; count < repeats; count++) {
		for (const contender of ['ours', 'builtIn'] as const) {
			for (const size of ['small', 'large'] as const) {
				const growth = await peakGrowth(home, contender, size);
				console.log(`  ${names[contender]}, ${sizes[size] / megabyte} MB each: ${growth} MB more`);
				growths[contender][size].push(growth);
			}
		}
	}
	return report(growths);
}

async function peakGrowth(home: N8nHome, contender: Contender, size: Size): Promise<number> {
	const lab = await Lab.open(home);
	try {
		lab.sandbox.configure({ downloadBytes: sizes.small });
		needFiles(await lab.run(contender, [0], 'warm-up'), 1);
		const id = await lab.processId();
		for (let count = 0; count < 3; count++) {
			process.kill(id, 'SIGUSR2');
			await sleep(2000);
		}
		// From here on the kernel keeps the highest resident size anew.
		await writeFile(`/proc/${id}/clear_refs`, '5');
		const before = await megabytesOf(id, 'VmRSS');
		lab.sandbox.configure({ downloadBytes: sizes[size] });
		const tasks = Array.from({ length: videos }, () => 0);
		needFiles(await lab.run(contender, tasks, 'downloads'), videos);
		return (await megabytesOf(id, 'VmHWM')) - before;
	} finally {
		await lab.close();
	}
}

async function megabytesOf(id: number, field: string): Promise<number> {
	const status = await readFile(`/proc/${id}/status`, 'utf8');
	return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024);
}

function report(growths: Growths): Section {
	const extra = (contender: Contender) =>
		Math.round(mean(growths[contender].large) - mean(growths[contender].small));
	return {
		title: 'Memory',
		command: 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: [
			{
				text: `${videos} downloads of 100 MB need less than ${goalMegabytes} MB more at the peak than ${videos} of 1 MB`,
				measured: `${extra('ours')} MB (built-in ${extra('builtIn')} MB)`,
				met: extra('ours') < goalMegabytes,
			},
		],
		body: [
			table(
				['node', `${videos} x 1 MB`, `${videos} x 100 MB`, 'difference of the means'],
				(['ours', 'builtIn'] as const).map((contender) => [
					names[contender],
					`${growths[contender].small.join(', ')} MB`,
					`${growths[contender].large.join(', ')} MB`,
					`${extra(contender)} MB`,
				]),
			),
			`How far the resident memory of the n8n process rose in one run of ${videos} items: its peak (VmHWM in /proc, set back just before) over its size before. Each case ran ${repeats} times, each time in a new n8n process, after one video as a warm-up and a forced garbage collection: without that the memory that the start of n8n has left behind hides the growth. Files go to disk (\`N8N_DEFAULT_BINARY_DATA_MODE=filesystem\`). Tasks are ready at once; ours downloads three at a time, the built-in node one after another.`,
		].join('\n\n'),
	};
}
