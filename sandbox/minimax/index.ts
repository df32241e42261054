import { randomUUID } from 'node:crypto';

import type { VendorSide, World } from '../world';
import { answer } from './answers';
import { files } from './files';
import { template } from './template';
import { usualV1Task, v1 } from './v1';
import { usualV2Task, v2 } from './v2';

export const minimax = (world: World): VendorSide => ({
	answer,
	usualTask: (key, { kind, model }) =>
		kind === 'v1' ? usualV1Task(key, model) : usualV2Task(key, model),
	routes: async (server) => {
		server.addHook('onSend', async (_request, reply) => {
			reply.header('Trace-Id', randomUUID().replaceAll('-', ''));
		});
		for (const part of [v1, v2, template, files]) await server.register(part(world));
	},
});
