import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, needPort } from '../ports';
import { Problem } from '../setup.cjs';
import { N8nHome, type HomeOptions } from './home';

const readyWithinMs = 180_000;
const stopWithinMs = 20_000;

export interface InstanceOptions extends HomeOptions {
	/** A free one otherwise. */
	port?: number;
	/** An existing home instead of a new one made from the other options; `stop()` leaves it in place. */
	home?: N8nHome;
}

/** A running n8n server, reachable on 127.0.0.1 only. */
export interface N8nInstance {
	url: string;
	port: number;
	home: N8nHome;
	/** What n8n prints goes here. */
	logFile: string;
	/** Resolves when the server has ended, whoever ended it. */
	ended: Promise<void>;
	/** Ends n8n and its children, and removes a temporary home that it made. */
	stop(): Promise<void>;
	/** Sends a signal to n8n and its children, and waits for the end; the home stays, for a restart. */
	kill(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts n8n with our package and waits until it answers (about 20 s with a new user folder).
 * @throws Problem when the port is taken or n8n does not start
 */
export async function startN8n({
	port: wantedPort,
	home: givenHome,
	...homeOptions
}: InstanceOptions = {}): Promise<N8nInstance> {
	const port = wantedPort ?? (await freePort());
	await needPort(port);
	const home = givenHome ?? (await N8nHome.create(homeOptions));
	const logFile = join(home.userFolder, 'n8n.log');
	const log = openSync(logFile, 'a');
	const child = spawn(
		home.host.node,
		['--require', join(__dirname, '..', 'exit-with-parent.cjs'), home.host.bin, 'start'],
		{
			cwd: home.userFolder,
			env: { ...(await home.environment()), N8N_PORT: String(port) },
			stdio: ['ignore', log, log],
			// Its own process group: Ctrl-C in the terminal reaches us alone, and we end n8n and its task runner together.
			detached: true,
		},
	);
	const killNow = () => signalGroup(child, 'SIGKILL');
	process.once('exit', killNow);
	const ended = new Promise<void>((resolve) => {
		child.once('error', () => resolve());
		child.once('exit', () => resolve());
	});
	const end = async (signal: NodeJS.Signals) => {
		signalGroup(child, signal);
		await Promise.race([ended, sleep(stopWithinMs, undefined, { ref: false })]);
		killNow();
		await ended;
		process.removeListener('exit', killNow);
	};

	const url = `http://127.0.0.1:${port}`;
	const instance: N8nInstance = {
		url,
		port,
		home,
		logFile,
		ended,
		kill: end,
		stop: async () => {
			await end('SIGTERM');
			if (!givenHome) await home.remove();
		},
	};
	try {
		await untilReady(url, ended);
	} catch {
		const tail = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
		await end('SIGKILL');
		throw new Problem(
			`n8n did not start: its last words are below, its log is ${logFile}.\n${tail}`,
		);
	}
	return instance;
}

async function untilReady(url: string, ended: Promise<void>): Promise<void> {
	let hasEnded = false;
	void ended.then(() => (hasEnded = true));
	const deadline = Date.now() + readyWithinMs;
	while (!hasEnded && Date.now() < deadline) {
		// Ready for work is not yet ready to serve the editor: its settings come last.
		if ((await answers(`${url}/healthz/readiness`)) && (await answers(`${url}/rest/settings`)))
			return;
		await sleep(250);
	}
	throw new Error('not ready');
}

async function answers(url: string): Promise<boolean> {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
		const body = await response.text();
		// While it starts, n8n answers 200 with a plain page.
		return response.ok && body.startsWith('{');
	} catch {
		return false;
	}
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The whole group has ended already.
	}
}
