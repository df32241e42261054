import type { FastifyPluginAsync } from 'fastify';
import { randomUUID } from 'node:crypto';

import { files } from './files/routes';
import type { MiniMaxWorld } from './settings';
import { template } from './template/routes';
import { v1 } from './v1/routes';
import { v2 } from './v2/routes';

export const routes =
	(world: MiniMaxWorld): FastifyPluginAsync =>
	async (server) => {
		server.addHook('onSend', async (_request, reply) => {
			reply.header('Trace-Id', randomUUID().replaceAll('-', ''));
		});
		for (const part of [v1, v2, template, files]) await server.register(part(world));
	};
