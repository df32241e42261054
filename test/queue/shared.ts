import { Cluster, type ClusterOptions } from '../../harness/n8n/cluster';
import { findServices, type Services } from '../../harness/n8n/services';
import { N8nSession } from '../../harness/n8n/session';

/** What the tests of one file share; see `useCluster`. */
export let cluster: Cluster;
export let session: N8nSession;

/** Starts n8n in queue mode with the package of globalSetup.ts for the tests of this file, and signs in. */
export function useCluster(
	ownServices: () => Partial<Services> = () => ({}),
	options: Partial<ClusterOptions> = {},
) {
	beforeAll(async () => {
		const { HAILUO_TARBALL: tarball } = process.env;
		if (!tarball) throw new Error('Start these tests with npm run test:queue.');
		const services = { ...(await findServices()), ...ownServices() };
		cluster = await Cluster.start({ services, tarball, ...options });
		session = await N8nSession.open(cluster.main.url);
	});
	afterAll(async () => await cluster?.stop());
}
