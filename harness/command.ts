import { spawn } from 'node:child_process';
import { projectRoot } from './pack';

interface CommandOptions {
	/** Added to the environment. */
	readonly env?: NodeJS.ProcessEnv;
	/** Shows what it prints as an error and nothing else. */
	readonly isQuiet?: boolean;
}

/** Runs a command in the checkout, which ends when this process ends; gives its exit code. */
export function runCommand(
	name: string,
	args: readonly string[],
	{ env = {}, isQuiet = false }: CommandOptions = {},
): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawn(name, args, {
			cwd: projectRoot,
			stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'],
			env: { ...process.env, ...env },
		});
		const stop = () => child.kill();
		process.once('exit', stop);
		child.once('error', reject);
		child.once('exit', (code) => {
			process.removeListener('exit', stop);
			resolve(code ?? 1);
		});
	});
}
