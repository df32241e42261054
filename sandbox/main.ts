import { parseArgs } from 'node:util';

import { vendors } from './index';
import { startSandbox } from './server';

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { port: { type: 'string', default: '8787' } } });
	const sandbox = await startSandbox({ port: Number(values.port) });
	const addresses = vendors.map(({ name, title }) => `${title} at ${sandbox.baseUrl(name)}`);
	process.stdout.write(`${[`sandbox listening on ${sandbox.url}`, ...addresses].join('\n')}\n`);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
	}
}

void main().catch((error: unknown) => {
	process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
});
