import type { Server } from 'node:http';

import type { World } from './world';

export function openRunwareSocket(_server: Server, _world: World): () => void {
	return () => {};
}
