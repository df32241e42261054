import { createServer } from 'node:net';
import getPort from 'get-port';
import { Problem } from './setup.cjs';

const host = '127.0.0.1';

/** A port of 127.0.0.1 that is free, `preferred` or one of the hundred after it if they are. */
export async function freePort(preferred?: number): Promise<number> {
	return await getPort({ host, port: preferred && getPort.makeRange(preferred, preferred + 100) });
}

/** @throws Problem when something listens on the port already. */
export async function needPort(port: number): Promise<void> {
	const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
		const server = createServer();
		server.once('error', resolve);
		server.listen(port, host, () => server.close(() => resolve(undefined)));
	});
	if (problem?.code === 'EADDRINUSE') {
		throw new Problem(
			`Port ${port} is taken: end what uses it, or choose another one: npm start -- --port 5700`,
		);
	}
	if (problem) {
		throw new Problem(
			`Port ${port} cannot be used (${problem.code}): choose one above 1023: npm start -- --port 5700`,
		);
	}
}
