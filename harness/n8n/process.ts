import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../setup.cjs';
import type { N8nHome } from './home';

const readyWithinMs = 600_000;
const stopWithinMs = 20_000;

/** A process of n8n that has started and answers. */
export interface N8nProcess {
	/** What n8n prints goes here. */
	logFile: string;
	/** Of the process that does the work, without its task runner. */
	id: number;
	/** Resolves when it has ended, whoever ended it. */
	ended: Promise<void>;
	/** Sends a signal to it and its children, and waits for the end. */
	kill(signal: NodeJS.Signals): Promise<void>;
}

export interface ProcessOptions {
	/** What follows `n8n` on the command line. */
	args: string[];
	/** Laid over the environment of the home. */
	env: Record<string, string>;
	/** It is ready when all of these answer with JSON. */
	readyAt: string[];
}

/**
 * Starts a process of n8n and waits until it answers.
 * @throws Problem when it does not
 */
export async function startProcess(
	home: N8nHome,
	{ args, env, readyAt }: ProcessOptions,
): Promise<N8nProcess> {
	const logFile = join(home.userFolder, 'n8n.log');
	const log = openSync(logFile, 'a');
	const child = spawn(
		home.host.node,
		['--require', join(__dirname, '..', 'exit-with-parent.cjs'), home.host.bin, ...args],
		{
			cwd: home.userFolder,
			env: { ...(await home.environment()), ...env },
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
	const kill = async (signal: NodeJS.Signals) => {
		signalGroup(child, signal);
		await Promise.race([ended, sleep(stopWithinMs, undefined, { ref: false })]);
		killNow();
		await ended;
		process.removeListener('exit', killNow);
	};
	try {
		await untilReady(readyAt, ended);
	} catch {
		const tail = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
		await kill('SIGKILL');
		throw new Problem(
			`n8n ${args[0]} did not start: its last words are below, its log is ${logFile}.\n${tail}`,
		);
	}
	return { logFile, id: child.pid ?? 0, ended, kill };
}

async function untilReady(urls: readonly string[], ended: Promise<void>): Promise<void> {
	let hasEnded = false;
	void ended.then(() => (hasEnded = true));
	const deadline = Date.now() + readyWithinMs;
	while (!hasEnded && Date.now() < deadline) {
		if ((await Promise.all(urls.map(answers))).every(Boolean)) return;
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
