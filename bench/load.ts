import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { devDependencies, n8n } from '../package.json';
import { packPackage, projectRoot } from '../harness/pack';
import { explain, Problem } from '../harness/setup.cjs';
import { table } from '../harness/markdown';
import { median, print, save, type Section } from './report';

const run = promisify(execFile);
const runs = 15;
const goals = { milliseconds: 60, kilobytes: 200 };

/** In a process of its own: what the nodes take after n8n-workflow is there. */
const loader = `
const [workflow, ...nodes] = process.argv.slice(1);
const start = performance.now();
require(workflow);
const between = performance.now();
for (const node of nodes) require(node);
console.log(JSON.stringify({ workflow: between - start, nodes: performance.now() - between }));
`;

interface LoadTime {
	workflow: number;
	nodes: number;
}

export async function measureLoad(): Promise<Section> {
	const nodes = nodeFiles();
	const times: LoadTime[] = [];
	await loadTime(nodes);
	for (let count = 0; count < runs; count++) times.push(await loadTime(nodes));
	const own = times.map((time) => time.nodes);
	const kilobytes = (await packedBytes()) / 1000;
	const ms = (value: number) => `${value.toFixed(1)} ms`;
	return {
		title: 'Load time and size',
		command: 'npm run bench:load',
		beside: `n8n-workflow ${devDependencies['n8n-workflow']}`,
		goals: [
			{
				text: `\`require\` of all nodes takes less than ${goals.milliseconds} ms more than n8n-workflow alone`,
				measured: ms(median(own)),
				met: median(own) < goals.milliseconds,
			},
			{
				text: `the packed tarball has less than ${goals.kilobytes} KB`,
				measured: `${kilobytes.toFixed(1)} KB`,
				met: kilobytes < goals.kilobytes,
			},
		],
		body: [
			table(
				['', 'median', 'least', 'most'],
				[
					['n8n-workflow alone', ...spread(times.map(({ workflow }) => workflow)).map(ms)],
					[`all ${nodes.length} nodes after it`, ...spread(own).map(ms)],
				],
			),
			`${runs} fresh Node.js ${process.versions.node} processes, files in the disk cache.`,
		].join('\n\n'),
	};
}

function nodeFiles(): string[] {
	const files = n8n.nodes.map((file) => join(projectRoot, file));
	const missing = files.find((file) => !existsSync(file));
	if (missing) throw new Problem(`${missing} is not there: run npm run build first.`);
	return files;
}

async function loadTime(nodes: string[]): Promise<LoadTime> {
	const workflow = require.resolve('n8n-workflow', { paths: [projectRoot] });
	const { stdout } = await run(process.execPath, ['-e', loader, workflow, ...nodes], {
		// tsx would come along otherwise.
		env: { ...process.env, NODE_OPTIONS: '' },
	});
	return JSON.parse(stdout) as LoadTime;
}

const spread = (values: number[]): number[] => [
	median(values),
	Math.min(...values),
	Math.max(...values),
];

async function packedBytes(): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'hailuo-pack-'));
	try {
		return (await stat(await packPackage(folder))).size;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function main(): Promise<void> {
	const section = await measureLoad();
	print(section);
	await save(section);
	if (section.goals.some(({ met }) => !met)) process.exitCode = 1;
}

if (require.main === module) {
	main().catch((failure: unknown) => {
		console.error(explain(failure));
		process.exitCode = 1;
	});
}
