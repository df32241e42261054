// Plain JavaScript for Node 20 without dependencies: on a fresh clone it runs before `npm ci`.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import setup from '../harness/setup.cjs';

const { Problem, cacheFolder, explain, needSpace, runNpm } = setup;
const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** Brings node_modules up to date with the lock file and puts its Node 24 first in PATH. */
async function bootstrap() {
	const [major] = process.versions.node.split('.').map(Number);
	if (major < 20) {
		throw new Problem(
			`This needs Node.js 20 or newer and runs on ${process.versions.node}: install one from https://nodejs.org, and run this again.`,
		);
	}
	if (!isUpToDate()) {
		needSpace(root, 1.5, 'put the checkout on another disk');
		await runNpm(['ci'], {
			label: 'Installing the npm packages (a minute or two)',
			cwd: root,
			logFile: join(cacheFolder(), 'logs', 'npm-ci.log'),
		});
	}
	if (!existsSync(join(modules, 'node', 'bin', 'node'))) {
		await runNpm(['rebuild', 'node', '--ignore-scripts=false'], {
			label: 'Fetching Node 24',
			cwd: root,
			logFile: join(cacheFolder(), 'logs', 'npm-rebuild-node.log'),
		});
	}
	process.env.PATH = join(modules, '.bin') + delimiter + process.env.PATH;
}

/** npm keeps the lock of what is really installed inside node_modules. */
function isUpToDate() {
	try {
		const wanted = readLock('package-lock.json');
		const present = readLock('node_modules/.package-lock.json');
		return Object.entries(wanted).every(
			([path, entry]) =>
				path === '' ||
				entry.optional ||
				entry.devOptional ||
				(present[path]?.version === entry.version && existsSync(join(root, path, 'package.json'))),
		);
	} catch {
		return false;
	}
}

function readLock(path) {
	return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
}

/**
 * Bootstraps, then runs main() of a TypeScript file of this folder in this same process, so that signals need no
 * relay. Its stop(), if it has one, is called first when a signal comes. An exit of our own lets every part end
 * the processes that it started.
 */
export async function runScript(file, onFailure = () => {}) {
	let stop = async () => {};
	const end = (code) => stop().finally(() => process.exit(code));
	for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
		process.once(signal, () => end(code));
	}
	if (process.env.npm_lifecycle_event) {
		// A signal that ends npm does not always reach us: npm passes it to a shell, which keeps it.
		const npm = process.ppid;
		const watch = setInterval(() => {
			if (process.ppid === npm) return;
			clearInterval(watch);
			end(143);
		}, 500);
		watch.unref();
	}
	try {
		await bootstrap();
		const require = createRequire(import.meta.url);
		require('tsx/cjs');
		const script = require(`./${file}`);
		if (script.stop) stop = script.stop;
		await script.main(process.argv.slice(2));
	} catch (failure) {
		console.error(explain(failure));
		onFailure();
		process.exitCode = 1;
	}
}
