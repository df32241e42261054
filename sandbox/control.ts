import type { FastifyPluginAsync } from 'fastify';
import { z, ZodError } from 'zod';

import type { SandboxConfigInput } from './config';
import type { Fault } from './faults';
import type { GuestTasks } from './guests';
import type { RequestFilter, Sandbox } from './sandbox';

const advanceSchema = z.object({ milliseconds: z.number() }).strict();

/** The methods of the Sandbox over HTTP, for tests that run in another process. */
export const control =
	(sandbox: Sandbox): FastifyPluginAsync =>
	async (server) => {
		server.setErrorHandler(async (error: Error, _request, reply) =>
			reply
				.code(error instanceof ZodError ? 400 : 500)
				.send({ error: error instanceof ZodError ? error.issues : error.message }),
		);

		server.get('/config', async () => sandbox.config());
		server.patch('/config', async (request) =>
			sandbox.configure(request.body as SandboxConfigInput),
		);

		server.get<{ Querystring: RequestFilter }>('/requests', async (request) =>
			sandbox.requests(request.query),
		);
		server.delete('/requests', async () => {
			sandbox.clearRequests();
			return {};
		});

		server.get<{ Querystring: { key?: string } }>('/charges', async (request) =>
			sandbox.charges(request.query.key),
		);
		server.get('/tasks', async () => sandbox.tasks());
		server.post('/tasks', async (request, reply) =>
			reply.code(201).send({ ids: sandbox.addTasks(request.body as GuestTasks) }),
		);

		server.get('/callbacks', async () => sandbox.callbacks());
		server.post('/callbacks/repeat', async () => ({ sent: await sandbox.repeatCallbacks() }));

		server.get('/faults', async () => sandbox.faults());
		server.post('/faults', async (request, reply) =>
			reply.code(201).send(sandbox.inject(request.body as Fault)),
		);
		server.delete('/faults', async () => {
			sandbox.clearFaults();
			return {};
		});

		server.post('/advance', async (request) => {
			const { milliseconds } = advanceSchema.parse(request.body);
			sandbox.advance(milliseconds);
			return {};
		});
		server.post('/reset', async () => {
			sandbox.reset();
			return {};
		});
	};
