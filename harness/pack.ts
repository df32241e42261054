import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from './setup.cjs';

const run = promisify(execFile);
export const projectRoot = join(__dirname, '..');

/** @throws Problem with what the build printed when it fails */
export async function buildPackage(): Promise<void> {
	try {
		await run('npm', ['run', '--silent', 'build'], { cwd: projectRoot });
	} catch (failure) {
		const { stdout, stderr } = failure as { stdout: string; stderr: string };
		throw new Problem(`The build failed:\n${stdout}${stderr}`);
	}
}

/** Packs the built package as npm would publish it into `folder`; gives the tarball's path. */
export async function packPackage(folder: string): Promise<string> {
	const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
	const { stdout } = await run('npm', args, { cwd: projectRoot });
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	return join(folder, filename);
}

/** The tarball that `npm test` has made; a run of jest alone tests what is in the working tree, packed into `folder`. */
export async function packageUnderTest(folder: string): Promise<string> {
	const { HAILUO_TARBALL: tarball } = process.env;
	if (tarball) return tarball;
	await buildPackage();
	return await packPackage(folder);
}
