import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const projectRoot = join(__dirname, '..');

/** Packs the built package as npm would publish it; gives the tarball's path in a temporary folder. */
export async function packPackage(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'hailuo-pack-'));
	const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
		cwd: projectRoot,
	});
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	return join(folder, filename);
}
