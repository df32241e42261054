import { N8nHome } from '../../harness/n8n/home';
import { kinds } from './crashMoments';
import { testOrderCrashes } from './orderCrashes';
import { sharedN8n } from './shared';

// Three minutes on a machine of its own.
jest.setTimeout(900_000);

testOrderCrashes(kinds, async () => await N8nHome.create({ tarball: sharedN8n().tarball }));
