import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The only address that the sandbox listens on. */
export const HOST = '127.0.0.1';

/** A listening server whose requests `app` answers as if they had come in below `prefix`. */
export async function openPort(
	app: FastifyInstance,
	prefix: string,
	port: number,
): Promise<Server> {
	const server = createServer((request, response) => {
		request.url = `${prefix}${request.url ?? ''}`;
		app.routing(request, response);
	});
	server.keepAliveTimeout = app.server.keepAliveTimeout;
	server.requestTimeout = app.server.requestTimeout;
	server.listen(port, HOST);
	await once(server, 'listening');
	return server;
}

/** Ends what still runs, too. */
export async function closePort(server: Server): Promise<void> {
	const closed = new Promise((done) => server.close(done));
	server.closeAllConnections();
	await closed;
}

export const addressOf = (server: Server): string =>
	`http://${HOST}:${(server.address() as AddressInfo).port}`;
