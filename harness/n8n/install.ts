import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, explain, needSpace, Problem, runNpm, withProgress } from '../setup.cjs';
import { withLock } from './lock';

const run = promisify(execFile);
const projectRoot = join(__dirname, '..', '..');

/** The n8n versions that have a lock file in hosts/. */
export type N8nVersion = '2.41.1' | '1.123.81';
export const defaultN8nVersion: N8nVersion = '2.41.1';

/** An installed n8n and the Node.js that it runs on. */
export interface N8nHost {
	version: N8nVersion;
	/** Its node_modules are here. */
	folder: string;
	/** The JavaScript file that is the `n8n` command. */
	bin: string;
	/** The Node 24 binary. */
	node: string;
}

const elsewhere = 'set HAILUO_CACHE to a folder on another disk';

interface Lock {
	packages: Record<string, { version?: string }>;
}

/**
 * Installs n8n with Node 24 into the cache folder unless a good copy is there. Two runs at the same time
 * install once; an installation that was interrupted or damaged is made anew.
 * @throws Problem when the registry, the disk or the compiler is missing
 */
export async function ensureN8n(version: N8nVersion = defaultN8nVersion): Promise<N8nHost> {
	const folder = join(cacheFolder(), `n8n-${version}`);
	needSpace(cacheFolder(), 0, elsewhere);
	return await withLock(`${folder}.locked`, `n8n ${version}`, async () => {
		const nodeFolder = await ensureNode();
		const host: N8nHost = {
			version,
			folder,
			bin: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
			node: join(nodeFolder, 'bin', 'node'),
		};
		if (await isGood(host)) return host;
		if (existsSync(folder)) {
			await withProgress(`Removing a broken installation of n8n ${version}`, () =>
				rm(folder, { recursive: true, force: true }),
			);
		}
		needSpace(cacheFolder(), 4, elsewhere);
		await install(host, nodeFolder);
		if (!(await isGood(host))) {
			throw new Problem(
				`n8n ${version} was installed into ${folder} but does not run: remove that folder and run this again.`,
			);
		}
		return host;
	});
}

async function install(host: N8nHost, nodeFolder: string): Promise<void> {
	await mkdir(host.folder, { recursive: true });
	for (const file of ['package.json', 'package-lock.json']) {
		await copyFile(join(__dirname, 'hosts', host.version, file), join(host.folder, file));
	}
	const env = {
		...process.env,
		PATH: join(nodeFolder, 'bin') + delimiter + process.env.PATH,
		npm_config_nodedir: nodeFolder,
	};
	const npm = (label: string, name: string, args: string[]) =>
		runNpm(args, {
			label,
			cwd: host.folder,
			env,
			logFile: join(cacheFolder(), 'logs', `n8n-${host.version}-${name}.log`),
		});
	await npm(`Installing n8n ${host.version}, 1 of 2: packages (1 to 5 minutes, 2 GB)`, 'ci', [
		'ci',
		'--ignore-scripts',
		'--legacy-peer-deps',
	]);
	await npm(
		`Installing n8n ${host.version}, 2 of 2: compiling sqlite3 (1 to 2 minutes)`,
		'sqlite3',
		['rebuild', 'sqlite3', '--ignore-scripts=false'],
	);
}

/**
 * Every package of our lock file in place (npm writes its own list last), sqlite3 loads, n8n answers.
 * It takes a fifth of a second, so it is asked every time instead of trusting a marker file.
 */
async function isGood(host: N8nHost): Promise<boolean> {
	try {
		const wanted = lockFile(host.version);
		const present = JSON.parse(
			await readFile(join(host.folder, 'node_modules', '.package-lock.json'), 'utf8'),
		) as Lock;
		const complete = Object.entries(present.packages).every(
			([path, { version }]) =>
				wanted.packages[path]?.version === version &&
				existsSync(join(host.folder, path, 'package.json')),
		);
		if (!complete) return false;
		const cwd = host.folder;
		await run(host.node, ['-e', 'new (require("sqlite3").Database)(":memory:")'], { cwd });
		const { stdout } = await run(host.node, [host.bin, '--version'], { cwd });
		return stdout.trim() === host.version;
	} catch {
		return false;
	}
}

/** Node 24 is an npm package of the checkout; n8n must outlive the checkout, so it gets its own copy. */
async function ensureNode(): Promise<string> {
	const source = join(
		projectRoot,
		'node_modules/node/node_modules',
		`node-${process.platform}-${process.arch}`,
	);
	const { version } = JSON.parse(
		readFileSync(join(projectRoot, 'node_modules/node/package.json'), 'utf8'),
	) as { version: string };
	const folder = join(cacheFolder(), `node-${version}`);
	if (await runs(join(folder, 'bin', 'node'), version)) return folder;
	const bin = join(source, 'bin', 'node');
	if (!(await runs(bin, version))) {
		throw new Problem(`${bin} does not run: remove node_modules/node and run npm start again.`);
	}
	needSpace(cacheFolder(), 0.3, elsewhere);
	const half = `${folder}.${process.pid}`;
	await cp(source, half, { recursive: true });
	await rm(folder, { recursive: true, force: true });
	await rename(half, folder);
	return folder;
}

async function runs(node: string, version: string): Promise<boolean> {
	try {
		return (await run(node, ['--version'])).stdout.trim() === `v${version}`;
	} catch {
		return false;
	}
}

function lockFile(version: N8nVersion): Lock {
	return JSON.parse(
		readFileSync(join(__dirname, 'hosts', version, 'package-lock.json'), 'utf8'),
	) as Lock;
}

if (require.main === module) {
	ensureN8n((process.argv[2] as N8nVersion | undefined) ?? defaultN8nVersion).then(
		(host) => console.log(`n8n ${host.version} is ready in ${host.folder}`),
		(failure: unknown) => {
			console.error(explain(failure));
			process.exitCode = 1;
		},
	);
}
