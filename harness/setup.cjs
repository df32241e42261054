'use strict';
// Plain JavaScript for Node 20 without dependencies: it runs before anything is installed.

const { spawn } = require('node:child_process');
const { mkdirSync, openSync, readFileSync, statfsSync } = require('node:fs');
const { homedir } = require('node:os');
const { basename, dirname, join } = require('node:path');

/** Something the person at the keyboard can mend: its message is the one sentence that says how. */
class Problem extends Error {}

/** What is heavy lives here, outside the checkout, and is shared by every checkout. */
function cacheFolder() {
	if (process.env.HAILUO_CACHE) return process.env.HAILUO_CACHE;
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-hailuo');
}

/** Makes the folder and throws a Problem when it cannot be written or less than `gigabytes` are free. */
function needSpace(folder, gigabytes, otherwise) {
	let space;
	try {
		mkdirSync(folder, { recursive: true });
		space = statfsSync(folder);
	} catch (failure) {
		throw new Problem(`Cannot write to ${folder} (${failure.code}): ${otherwise}.`);
	}
	const free = (space.bavail * space.bsize) / 1e9;
	if (free < gigabytes) {
		throw new Problem(
			`Only ${free.toFixed(1)} GB are free at ${folder} and ${gigabytes} GB are needed: free some space, or ${otherwise}.`,
		);
	}
}

/** Runs `work` and prints a line with the time elapsed every few seconds until it ends. */
async function withProgress(label, work) {
	const started = Date.now();
	const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
	console.log(`  ${label} ...`);
	const timer = setInterval(() => console.log(`  ${label} ... ${elapsed()}`), 5000);
	try {
		const result = await work();
		console.log(`  ${label}: done in ${elapsed()}`);
		return result;
	} finally {
		clearInterval(timer);
	}
}

const causes = [
	[/ENOSPC|EDQUOT/, 'the disk is full: free some space and run this again'],
	[
		/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT/,
		"its registry does not answer: check the network and npm's registry and proxy settings, and run this again",
	],
	[
		/CERT_|certificate/,
		'its registry shows a certificate that is not trusted: set NODE_EXTRA_CA_CERTS, and run this again',
	],
	[
		/E40[134]|ETARGET/,
		"its registry refused a package: check npm's registry setting and login, and run this again",
	],
	[
		/find Python|not found: (make|g\+\+|cc)|make: not found|g\+\+: not found/,
		'it has no compiler: install python3, make and g++ (Debian: apt-get install -y python3 make g++), and run this again',
	],
	[/EACCES|EPERM/, 'it may not write there: mend the owner of the folder, and run this again'],
];

/** npm with the guard that ends it together with us, when we were started by npm and so know where it is. */
function npmCommand() {
	const cli = process.env.npm_execpath;
	if (!cli || basename(cli) !== 'npm-cli.js') return ['npm'];
	return ['node', '--require', join(__dirname, 'exit-with-parent.cjs'), cli];
}

/**
 * Runs npm in `cwd` with its output in `logFile`, showing progress.
 * Throws a Problem with the cause and the log's path when npm fails.
 */
function runNpm(args, { label, cwd, env = process.env, logFile }) {
	mkdirSync(dirname(logFile), { recursive: true });
	// `npm run` hands its own settings down as variables; they must not steer an install elsewhere.
	const { npm_config_local_prefix: _, ...clean } = env;
	return withProgress(
		label,
		() =>
			new Promise((resolve, reject) => {
				const log = openSync(logFile, 'w');
				const [command, ...before] = npmCommand();
				const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
				const child = spawn(command, [...before, ...args, ...quiet], {
					cwd,
					env: clean,
					stdio: ['ignore', log, log],
					// Its own group, so that npm's children end with it when this process has to go.
					detached: true,
				});
				const stop = () => {
					try {
						process.kill(-child.pid, 'SIGTERM');
					} catch {
						// It has ended already.
					}
				};
				process.once('exit', stop);
				child.on('error', (failure) =>
					reject(
						new Problem(
							`npm does not start (${failure.code}): install Node.js with npm, and run this again.`,
						),
					),
				);
				child.on('exit', (code) => {
					process.removeListener('exit', stop);
					if (code === 0) return resolve();
					const output = readFileSync(logFile, 'utf8');
					const cause = causes.find(([pattern]) => pattern.test(output));
					const advice = cause ? cause[1] : 'its log says why';
					reject(new Problem(`npm failed (${label}): ${advice}. Log: ${logFile}`));
				});
			}),
	);
}

/** For the end of a script: one sentence for a Problem, the whole stack for a bug of ours. */
function explain(failure) {
	return failure instanceof Problem
		? failure.message
		: (failure && failure.stack) || String(failure);
}

module.exports = { Problem, cacheFolder, needSpace, withProgress, runNpm, explain };
