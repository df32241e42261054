import type { Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { invalidKey, missingKey, RunwareTasks } from './runware';
import { isBadKey, isRecord } from './world';
import type { World } from './world';

/**
 * Runware's WebSocket, which its JavaScript SDK speaks: the same task objects, after an
 * authentication task. Faults are injected over HTTP only. Returns what ends all connections.
 */
export function openRunwareSocket(server: Server, world: World): () => void {
	const sockets = new WebSocketServer({ noServer: true });
	const runwareTasks = new RunwareTasks(world);

	server.on('upgrade', (request, socket, head) => {
		if (!/^\/runware(\/v1)?\/?(\?|$)/.test(request.url ?? '')) {
			socket.destroy();
			return;
		}
		sockets.handleUpgrade(request, socket, head, (client) => serve(client, runwareTasks));
	});

	return () => {
		for (const client of sockets.clients) client.terminate();
		sockets.close();
	};
}

function serve(client: WebSocket, runwareTasks: RunwareTasks): void {
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
		const isAuthentication = (task: unknown): task is Record<string, unknown> =>
			isRecord(task) && task.taskType === 'authentication';
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
		send(runwareTasks.serve(work, key).body);
	});
}
