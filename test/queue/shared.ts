import { Cluster, type ClusterOptions } from '../../harness/n8n/cluster';
import { findServices, type Services } from '../../harness/n8n/services';
import { N8nSession } from '../../harness/n8n/session';

/** n8n in queue mode with the package of globalSetup.ts, and its owner signed in. */
export interface Lab {
	readonly cluster: Cluster;
	readonly session: N8nSession;
}

export async function openLab(
	more: Partial<Services> = {},
	options: Partial<ClusterOptions> = {},
): Promise<Lab> {
	const { HAILUO_TARBALL: tarball } = process.env;
	if (!tarball) throw new Error('Start these tests with npm run test:queue.');
	const services = { ...(await findServices()), ...more };
	const cluster = await Cluster.start({ services, tarball, ...options });
	try {
		return { cluster, session: await N8nSession.open(cluster.main.url) };
	} catch (failure) {
		await cluster.stop();
		throw failure;
	}
}
