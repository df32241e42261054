import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { realAccounts, sandboxAccounts } from '../harness/accounts';
import { isFirstStart } from './firstStart';
import { importExamples } from '../harness/n8n/examples';
import { N8nHome, type Execution, type Item } from '../harness/n8n/home';
import { startN8n } from '../harness/n8n/instance';
import { isAlive } from '../harness/n8n/lock';
import { N8nSession, testLogin, type Login } from '../harness/n8n/session';
import { buildPackage, packPackage, projectRoot } from '../harness/pack';
import { freePort, needPort } from '../harness/ports';
import { needSpace, Problem, withProgress } from '../harness/setup.cjs';

/** Workflows and logins of `npm start` live in the checkout and survive a restart; `--once` uses a temporary folder. */
const userFolder = join(projectRoot, '.n8n-dev');
const outputFolder = join(projectRoot, 'output');
const firstExample = 'text-to-video';
const longestVideoMs = 40 * 60_000;

/** What has to end, newest first. */
const cleanups: Array<() => Promise<unknown>> = [];

let isStopping = false;

/** Ends everything that main() has started. */
export async function stop(): Promise<void> {
	isStopping = true;
	for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) {
		await cleanup().catch((failure: unknown) => console.error(failure));
	}
}

/** `npm start`: the whole product on this machine, with one finished video to begin with. */
export async function main(args: string[]): Promise<void> {
	try {
		await start(readOptions(args));
	} finally {
		await stop();
	}
}

async function start({ once, port: wantedPort }: Options): Promise<void> {
	const port = wantedPort ?? (await freePort(once ? undefined : 5678));
	await needPort(port);
	needSpace(projectRoot, 0.3, 'move the checkout to another disk');
	const real = realAccounts(process.env);
	if (!once) await claimUserFolder(port);

	await withProgress('Building the nodes', buildPackage);
	const home = await N8nHome.create({ userFolder: once ? undefined : userFolder });
	cleanups.push(() => home.remove());
	await home.installPackage(await packPackage(home.userFolder));
	const accounts = real.length > 0 ? real : sandboxAccounts(await openSandbox());

	const n8n = await withProgress('Starting n8n (20 s the first time)', () =>
		startN8n({ home, port }),
	);
	cleanups.push(() => n8n.stop());
	const login = once ? testLogin : await keptLogin();
	const session = await signIn(n8n.url, login);
	const { [firstExample]: workflowId } = await importExamples(session, accounts);

	const [{ service }] = accounts;
	const file =
		once || (await isFirstStart(userFolder))
			? await withProgress(`Making a video with ${service}`, async () => {
					const execution = await session.runWorkflow(workflowId, longestVideoMs);
					return await saveVideo(session, execution);
				})
			: undefined;
	if (once) {
		await stop();
		console.log(file);
		return;
	}
	console.log(`
  The first video   ${file ?? `was made at the first start; in the editor, Execute workflow makes another`}
  The editor        ${n8n.url}/workflow/${workflowId}
  All examples      ${n8n.url}/home/workflows
  Sign in with      ${login.email}
  Password          ${login.password}
  Videos come from  ${service}

  Press Ctrl-C to stop. Your workflows stay in .n8n-dev for the next time.
`);
	await n8n.ended;
	if (!isStopping) throw new Problem(`n8n ended by itself: its log is ${n8n.logFile}`);
}

interface Options {
	once: boolean;
	port?: number;
}

function readOptions(args: string[]): Options {
	const usage = 'Use: npm start [-- [--once] [--port 5678]]';
	try {
		const { values } = parseArgs({
			args,
			options: { once: { type: 'boolean', default: false }, port: { type: 'string' } },
		});
		const port = values.port === undefined ? undefined : Number(values.port);
		if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
			throw new Error(`${values.port} is no port`);
		}
		return { once: values.once, port };
	} catch (failure) {
		throw new Problem(`${(failure as Error).message}. ${usage}`);
	}
}

/** Two n8n on one database would spoil it. */
async function claimUserFolder(port: number): Promise<void> {
	const claim = join(userFolder, 'running.json');
	if (existsSync(claim)) {
		const other = JSON.parse(readFileSync(claim, 'utf8')) as { pid: number; url: string };
		if (isAlive(other.pid)) {
			throw new Problem(
				`npm start runs already in this checkout (process ${other.pid}, ${other.url}): use that one or end it; if it is no longer there, remove ${claim}`,
			);
		}
	}
	await mkdir(userFolder, { recursive: true });
	await writeFile(claim, JSON.stringify({ pid: process.pid, url: `http://127.0.0.1:${port}` }));
	cleanups.push(() => rm(claim, { force: true }));
}

async function openSandbox(): Promise<Sandbox> {
	const sandbox = await startSandbox();
	cleanups.push(() => sandbox.close());
	return sandbox;
}

async function keptLogin(): Promise<Login> {
	const file = join(userFolder, 'login.json');
	if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Login;
	// n8n wants a capital letter and a digit.
	const login = { email: testLogin.email, password: `H1-${randomBytes(9).toString('base64url')}` };
	await writeFile(file, JSON.stringify(login), { mode: 0o600 });
	return login;
}

async function signIn(url: string, login: Login): Promise<N8nSession> {
	try {
		return await N8nSession.open(url, login);
	} catch {
		throw new Problem(
			`n8n in ${userFolder} no longer accepts the login in its login.json: put your new password there, or remove that folder to start afresh.`,
		);
	}
}

async function saveVideo(session: N8nSession, execution: Execution): Promise<string> {
	const { error, runData } = execution.data.resultData;
	if (execution.status !== 'success') {
		const reason = [error?.message, error?.description].filter(Boolean).join(' ');
		throw new Problem(`The example workflow ended as ${execution.status}: ${reason}`);
	}
	const items = Object.values(runData)
		.flatMap((runs) => runs)
		.flatMap(({ data }) => data?.main ?? [])
		.flatMap((output): Item[] => output ?? []);
	const binary = items.flatMap((item) => Object.values(item.binary ?? {})).at(-1);
	if (!binary)
		throw new Problem(
			'The example workflow ran but its items hold no video: is Download Video off?',
		);
	await mkdir(outputFolder, { recursive: true });
	const file = join(outputFolder, binary.fileName ?? 'video.mp4');
	await writeFile(file, await session.readBinary(binary));
	return file;
}
