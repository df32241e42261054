/** The part of `ws` that the sandbox uses; the package brings no types. */
declare module 'ws' {
	import type { IncomingMessage } from 'node:http';
	import type { Duplex } from 'node:stream';

	export interface WebSocket {
		on(event: 'message', listener: (message: Buffer) => void): void;
		send(message: string): void;
		close(): void;
		terminate(): void;
	}

	export class WebSocketServer {
		constructor(options: { noServer: true });
		readonly clients: Set<WebSocket>;
		handleUpgrade(
			request: IncomingMessage,
			socket: Duplex,
			head: Buffer,
			done: (client: WebSocket) => void,
		): void;
		close(): void;
	}
}
