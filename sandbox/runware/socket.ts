import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

import { isBadKey } from '../world';
import { invalidKey, missingKey } from './refusals';
import { isAuthentication, serve } from './routes';
import type { RunwareWorld } from './settings';

/**
 * Runware's WebSocket, which its JavaScript SDK speaks: the same task objects, after an
 * authentication task. Faults are injected over HTTP only. Returns what ends all connections.
 */
export function openSocket(server: Server, world: RunwareWorld): () => void {
	const sockets = new WebSocketServer({ noServer: true });

	server.on('upgrade', (request, socket, head) => {
		if (!/^(\/v1)?\/?(\?|$)/.test(request.url ?? '')) {
			socket.destroy();
			return;
		}
		sockets.handleUpgrade(request, socket, head, (client) => converse(client, world));
	});

	return () => {
		for (const client of sockets.clients) client.terminate();
		sockets.close();
	};
}

function converse(client: WebSocket, world: RunwareWorld): void {
	let key: string | undefined;
	const send = (body: unknown): void => client.send(JSON.stringify(body));

	client.on('message', (message) => {
		let tasks: unknown;
		try {
			tasks = JSON.parse(message.toString());
		} catch {
			tasks = undefined;
		}
		if (!Array.isArray(tasks)) {
			send({ errors: [{ code: 'invalidRequest', message: 'Not a JSON array of tasks' }] });
			return;
		}
		for (const { apiKey, connectionSessionUUID } of tasks.filter(isAuthentication)) {
			if (typeof apiKey !== 'string' || apiKey === '' || isBadKey(apiKey)) {
				send({ errors: [apiKey ? invalidKey() : missingKey()] });
				client.close();
				return;
			}
			key = apiKey;
			const session = connectionSessionUUID ?? randomUUID();
			send({ data: [{ taskType: 'authentication', connectionSessionUUID: session }] });
		}
		const work: unknown[] = tasks.filter((task) => !isAuthentication(task));
		if (work.length === 0) return;
		if (key === undefined) {
			send({ errors: [missingKey()] });
			return;
		}
		send(serve(world, work, key).body);
	});
}
