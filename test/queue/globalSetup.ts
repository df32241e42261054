import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findServices } from '../../harness/n8n/services';
import { packageUnderTest, projectRoot } from '../../harness/pack';

/** Says what is missing before anything has been started. */
export = async function globalSetup(): Promise<void> {
	await findServices();
	const folder = join(projectRoot, 'test', 'results');
	await mkdir(folder, { recursive: true });
	process.env.HAILUO_TARBALL = await packageUnderTest(folder);
};
