import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Message {
	headers: IncomingHttpHeaders;
	text: string;
}

/** A server of the user's own that receives webhooks while `act` runs, and until there are so many. */
export async function receive(
	count: number,
	act: (url: string) => Promise<void>,
): Promise<Message[]> {
	const messages: Message[] = [];
	const receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			messages.push({ headers: request.headers, text });
			response.end('{}');
		});
	});
	await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
	await act(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
	while (messages.length < count) await new Promise((done) => setTimeout(done, 20));
	receiver.closeAllConnections();
	await new Promise((done) => receiver.close(done));
	return messages;
}
