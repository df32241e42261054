import { join } from 'node:path';
import { N8nHome } from '../../harness/n8n/home';
import { startN8n } from '../../harness/n8n/instance';
import { packageUnderTest } from '../../harness/pack';
import { share } from './shared';

/** Lets tests play the services that n8n's own nodes send to; see outside/services.ts. */
const env = {
	NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'outside', 'addresses.cjs'))}`,
};

/**
 * An n8n with the packed package for each of jest's workers: tests beside each other do not share
 * credentials, task tables or logs.
 */
export = async function globalSetup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
	const first = await N8nHome.create({ env });
	const tarball = await packageUnderTest(first.userFolder);
	const homes = [first];
	while (homes.length < maxWorkers) homes.push(await N8nHome.create({ env }));
	for (const home of homes) await home.installPackage(tarball);
	share(await Promise.all(homes.map(async (home) => await startN8n({ home }))), tarball);
};
