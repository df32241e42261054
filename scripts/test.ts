import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../harness/command';
import { ensureN8n } from '../harness/n8n/install';
import { findServices } from '../harness/n8n/services';
import { packPackage, projectRoot } from '../harness/pack';
import { explain } from '../harness/setup.cjs';

interface Count {
	passed: number;
	failed: number;
}

interface Step {
	title: string;
	seconds: number;
	failed: number;
}

/** Files side by side in a real n8n. Each has one of its own, often a second one and a browser: 2 GB. */
const filesAtOnce = Math.min(6, Math.max(1, Math.floor(process.availableMemory() / 2e9)));

const resultsFolder = join(projectRoot, 'test', 'results');
const steps: Step[] = [];
const total: Count = { passed: 0, failed: 0 };

/**
 * `npm test`: everything that needs no service, each step with a headline; the last line is `N passed, N failed`.
 * `--queue` adds queue mode, which needs PostgreSQL and Redis; `--only-queue` runs nothing else.
 */
export async function main(args: string[]): Promise<void> {
	await rm(resultsFolder, { recursive: true, force: true });
	await mkdir(resultsFolder, { recursive: true });

	const all = !args.includes('--only-queue');
	// First, as it costs nothing and says at once what is missing.
	const queue =
		(!all || args.includes('--queue')) &&
		(await step('PostgreSQL and Redis', async () => void (await findServices())));
	if (all) await withoutN8n();
	if (all || queue) await inN8n(all, queue);

	console.log('\nSummary');
	for (const { title, seconds, failed } of steps) {
		console.log(`  ${failed === 0 ? 'ok    ' : 'FAILED'} ${`${seconds} s`.padStart(6)}  ${title}`);
	}
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed === 0 ? 0 : 1;
}

async function withoutN8n(): Promise<void> {
	await step('Type check', () => npmRun('typecheck'));
	await step('Lint', () => npmRun('lint'));
	await step('Tests without n8n', () => jest('fast', ['--ignoreProjects', 'e2e', 'queue']));
}

/** What needs the build. */
async function inN8n(all: boolean, queue: boolean): Promise<void> {
	if (!(await step('Build', () => npmRun('build')))) {
		console.log('Not run: n8n’s scan and the tests in a real n8n. They need the build.');
		return;
	}
	if (all) await step('n8n’s scan of community packages', () => npmRun('scan'));
	await step('n8n', async () => void (await ensureN8n()));
	const env = { HAILUO_TARBALL: await packPackage(resultsFolder) };
	if (all) {
		// Most of them wait for n8n or for a time to pass.
		await step('Tests in a real n8n and a real browser', () =>
			jest('e2e', ['--selectProjects', 'e2e', '--maxWorkers', String(filesAtOnce)], env),
		);
	}
	if (queue) {
		// Each has five processes of n8n, which wait most of the time.
		await step('Tests in queue mode', () =>
			jest('queue', ['--selectProjects', 'queue', '--maxWorkers', '2'], env),
		);
	}
}

/** Runs one step; it fails by throwing, which counts as one, or by the failed tests that it gives back. */
async function step(title: string, work: () => Promise<Count | void>): Promise<boolean> {
	console.log(`\n== ${title}`);
	const started = Date.now();
	let count: Count;
	try {
		count = (await work()) ?? { passed: 0, failed: 0 };
	} catch (failure) {
		console.log(explain(failure));
		count = { passed: 0, failed: 1 };
	}
	total.passed += count.passed;
	total.failed += count.failed;
	const seconds = Math.round((Date.now() - started) / 1000);
	steps.push({ title, seconds, failed: count.failed });
	return count.failed === 0;
}

async function npmRun(script: string): Promise<void> {
	const code = await runCommand('npm', ['run', '--silent', script]);
	if (code !== 0) throw new Error(`npm run ${script} failed (exit code ${code}).`);
}

async function jest(name: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Count> {
	const file = join(resultsFolder, `${name}.json`);
	// jest prints its JSON result on stdout; its report goes to stderr.
	const code = await runCommand('jest', [...args, '--ci', '--json', '--outputFile', file], {
		env,
		isQuiet: true,
	});
	const result = JSON.parse(await readFile(file, 'utf8')) as {
		numPassedTests: number;
		numFailedTests: number;
		numRuntimeErrorTestSuites: number;
	};
	const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
	// jest may fail with every test passed, in its set-up for instance.
	return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}
