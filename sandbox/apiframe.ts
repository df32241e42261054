import { Answer } from './world';
import type { VendorSide, World } from './world';

export const apiframe = (_world: World): VendorSide => ({
	answer: () => new Answer(404, {}),
	routes: async () => {},
});
