import { N8nHome } from '../../harness/n8n/home';
import { findServices, makeStorage, type Storage } from '../../harness/n8n/services';
import { kinds } from '../e2e/crashMoments';
import { testOrderCrashes } from '../e2e/orderCrashes';

// Two minutes on a machine of its own.
jest.setTimeout(900_000);

let storage: Storage | undefined;

// One process of n8n, on PostgreSQL: a vendor that can be asked what became of a create, and one that cannot.
// All kinds, on SQLite, are in test/e2e/orderCrashes.test.ts.
const some = kinds.filter(({ name }) => ['MiniMax V1', 'Runware'].includes(name));

testOrderCrashes(some, async () => {
	storage = await makeStorage(await findServices());
	return await N8nHome.create({
		tarball: process.env.HAILUO_TARBALL,
		env: { ...storage.environment, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
	});
});

afterAll(async () => await storage?.remove());
