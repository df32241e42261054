import { N8nHome } from '../../harness/n8n/home';
import { findServices, makeStorage, type Storage } from '../../harness/n8n/services';
import { testOrderCrashes } from '../e2e/orderCrashes';

// Three minutes on a machine of its own.
jest.setTimeout(900_000);

let storage: Storage | undefined;

// One process of n8n, on PostgreSQL.
testOrderCrashes(async () => {
	storage = await makeStorage(await findServices());
	return await N8nHome.create({
		tarball: process.env.HAILUO_TARBALL,
		env: { ...storage.environment, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
	});
});

afterAll(async () => await storage?.remove());
