import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { N8nHome } from '../harness/n8n/home';
import { n8n } from '../package.json';
import { packPackage } from '../harness/pack';
import { explain, Problem } from '../harness/setup.cjs';
import { simulateDay } from './day';
import { faultTable } from './faults';
import { hundred } from './hundred';
import { Lab } from './lab';
import { measureLoad } from './load';
import { memory, memoryEnvironment } from './memory';
import { measureQueue } from './queue';
import { rate } from './rate';
import { print, save, type Section } from './report';
import { requests } from './requests';
import { wallTime } from './wallTime';

/** These compare the two nodes in a real n8n. */
const comparisons = ['rate', 'wall', 'faults', 'hundred', 'requests', 'memory'] as const;
const parts = ['load', ...comparisons, 'trigger', 'queue', 'day'] as const;
type Part = (typeof parts)[number];

const queueMinutes = 30;
const usage = `Usage: npm run bench -- [--quick] [--only=${parts.join(',')}] [--minutes=${queueMinutes}]
  --quick    leaves out what waits longest, and only prints
  --minutes  of load in the part queue, which needs PostgreSQL and Redis and runs only when it is named`;

async function main(args: string[]): Promise<void> {
	const quick = args.includes('--quick');
	const wanted = wantedParts(args);
	const done = async (section: Section): Promise<void> => {
		print(section);
		if (!quick) await save(section);
		if (section.goals.some(({ met }) => !met)) process.exitCode = 1;
	};
	if (wanted.has('queue')) await done(await measureQueue(minutes(args), quick));
	if (wanted.has('load')) await done(await measureLoad());
	if (comparisons.some((part) => wanted.has(part))) await inN8n(wanted, quick, done);
	if (wanted.has('trigger')) {
		// It loads n8n-core, which no other part needs.
		const { measureTrigger } = await import('./trigger');
		await done(await measureTrigger());
	}
	if (wanted.has('day')) await done(await simulateDay());
}

function minutes(args: string[]): number {
	const text = args.find((arg) => arg.startsWith('--minutes='))?.slice('--minutes='.length);
	const number = Number(text ?? queueMinutes);
	if (!(number > 0)) throw new Problem(usage);
	return number;
}

async function inN8n(
	wanted: Set<Part>,
	quick: boolean,
	done: (section: Section) => Promise<void>,
): Promise<void> {
	const homes = [await newHome(), await newHome()] as const;
	const [home] = homes;
	try {
		if (wanted.has('rate')) await done(await rate(homes));
		await together(home, wanted, quick, done);
		if (wanted.has('memory')) await done(await memory(home, quick));
	} finally {
		for (const each of homes) await each.remove();
	}
}

function wantedParts(args: string[]): Set<Part> {
	const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
	const names = only?.split(',') ?? parts.filter((part) => part !== 'queue');
	const unknown =
		names.some((name) => !(parts as readonly string[]).includes(name)) ||
		args.some((arg) => !/^--(quick$|only=|minutes=)/.test(arg));
	if (unknown) throw new Problem(usage);
	return new Set(names as Part[]);
}

/** A user folder of n8n with the package in it. */
async function newHome(): Promise<N8nHome> {
	const home = await N8nHome.create({ env: memoryEnvironment });
	const tarball = await packPackage(home.userFolder);
	const { stdout } = await promisify(execFile)('tar', ['-tzf', tarball]);
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

main(process.argv.slice(2)).catch((failure: unknown) => {
	console.error(explain(failure));
	process.exitCode = 1;
});
