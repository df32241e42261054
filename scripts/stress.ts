import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { runCommand } from '../harness/command';
import { explain, Problem } from '../harness/setup.cjs';

/**
 * `npm run test:stress [-- [--times 10] [test files]]`: the tests without n8n, again and again, while every core
 * has something else to do. A test that counts on the clock fails here.
 */
async function main(): Promise<void> {
	const { times, files } = readOptions();
	// Threads and not processes: however this process ends, they end with it.
	const load = Array.from(
		{ length: availableParallelism() },
		() => new Worker('for (;;);', { eval: true }),
	);
	let passed = 0;
	for (let run = 1; run <= times; run++) {
		console.log(`\n== Run ${run} of ${times}, with ${load.length} threads of load`);
		if (await passes(files)) passed++;
	}
	await Promise.all(load.map((thread) => thread.terminate()));
	console.log(`\n${passed} of ${times} runs passed`);
	process.exitCode = passed === times ? 0 : 1;
}

function readOptions() {
	const { values, positionals } = parseArgs({
		options: { times: { type: 'string', default: '10' } },
		allowPositionals: true,
	});
	const times = Number(values.times);
	if (!Number.isInteger(times) || times < 1) {
		throw new Problem(`--times ${values.times} is no number of runs: use 1 or more.`);
	}
	return { times, files: positionals };
}

async function passes(files: readonly string[]): Promise<boolean> {
	const args = ['--ignoreProjects', 'e2e', 'queue', '--ci', '--', ...files];
	return (await runCommand('jest', args)) === 0;
}

for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
	process.once(signal, () => process.exit(code));
}
main().catch((failure: unknown) => {
	console.error(explain(failure));
	process.exit(1);
});
