import { N8nHome } from '../../scripts/n8n/home';
import { startN8n } from '../../scripts/n8n/instance';
import { buildPackage, packPackage } from '../../scripts/pack';
import { share } from './shared';

/** One n8n with the packed package for all end-to-end tests of a run. */
export = async function globalSetup(): Promise<void> {
	const home = await N8nHome.create();
	let { HAILUO_TARBALL: tarball } = process.env;
	if (!tarball) {
		// `npm test` has packed already; a run of jest alone tests what is in the working tree.
		await buildPackage();
		tarball = await packPackage(home.userFolder);
	}
	await home.installPackage(tarball);
	share(await startN8n({ home }), tarball);
};
