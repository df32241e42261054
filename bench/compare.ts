import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { N8nHome } from '../scripts/n8n/home';
import { packPackage, projectRoot } from '../scripts/pack';
import { explain, Problem } from '../scripts/setup.cjs';
import { faultTable } from './faults';
import { hundred } from './hundred';
import { Lab } from './lab';
import { measureLoad } from './load';
import { memory, memoryEnvironment } from './memory';
import { rate } from './rate';
import { print, save, type Section } from './report';
import { requests } from './requests';
import { wallTime } from './wallTime';

const parts = [
	'load',
	'rate',
	'wall',
	'faults',
	'hundred',
	'requests',
	'memory',
	'trigger',
] as const;
type Part = (typeof parts)[number];

const usage = `Usage: npm run bench -- [--quick] [--only=${parts.join(',')}]
  --quick  leaves out what waits longest, and only prints`;

async function main(args: string[]): Promise<void> {
	const quick = args.includes('--quick');
	const wanted = wantedParts(args);
	const done = async (section: Section): Promise<void> => {
		print(section);
		if (!quick) await save(section);
		if (section.goals.some(({ met }) => !met)) process.exitCode = 1;
	};
	if (wanted.has('load')) await done(await measureLoad());
	const homes = [await newHome(), await newHome()] as const;
	const [home] = homes;
	try {
		if (wanted.has('rate')) await done(await rate(homes));
		await together(home, wanted, quick, done);
		if (wanted.has('memory')) await done(await memory(home, quick));
	} finally {
		for (const each of homes) await each.remove();
	}
	if (wanted.has('trigger')) await trigger(done);
}

function wantedParts(args: string[]): Set<Part> {
	const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
	const names = only?.split(',') ?? [...parts];
	const unknown =
		names.some((name) => !(parts as readonly string[]).includes(name)) ||
		args.some((arg) => arg !== '--quick' && !arg.startsWith('--only='));
	if (unknown) throw new Problem(usage);
	return new Set(names as Part[]);
}

/** A user folder of n8n with the package in it. */
async function newHome(): Promise<N8nHome> {
	const home = await N8nHome.create({ env: memoryEnvironment });
	const tarball = await packPackage(home.userFolder);
	const { stdout } = await promisify(execFile)('tar', ['-tzf', tarball]);
	const { n8n } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[] };
	};
	const missing = n8n.nodes.find((file) => !stdout.includes(`package/${file}\n`));
	if (missing) throw new Problem(`${missing} is not there: run npm run build first.`);
	await home.installPackage(tarball);
	return home;
}

/** What waits rather than works runs at the same time, in one n8n. */
async function together(
	home: N8nHome,
	wanted: Set<Part>,
	quick: boolean,
	done: (section: Section) => Promise<void>,
): Promise<void> {
	if (!(['wall', 'faults', 'hundred', 'requests'] as const).some((part) => wanted.has(part)))
		return;
	const lab = await Lab.open(home);
	try {
		const wall = wanted.has('wall') ? wallTime(lab, quick) : undefined;
		await wall?.ours;
		if (wanted.has('faults')) await done(await faultTable(lab));
		if (wanted.has('hundred')) await done(await hundred(lab));
		if (wanted.has('requests')) await done(await requests(lab, quick));
		if (wall) await done(await wall.section());
	} finally {
		await lab.close();
	}
}

/** trigger.ts has an n8n of its own; it exports `measureTrigger(): Promise<Section>`. */
async function trigger(done: (section: Section) => Promise<void>): Promise<void> {
	const file = join(__dirname, 'trigger.ts');
	if (!existsSync(file)) {
		console.log('\nThe bench of the trigger is not there yet.');
		return;
	}
	const { measureTrigger } = (await import(file)) as { measureTrigger(): Promise<Section> };
	await done(await measureTrigger());
}

main(process.argv.slice(2)).catch((failure: unknown) => {
	console.error(explain(failure));
	process.exitCode = 1;
});
