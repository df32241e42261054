import { createServer } from 'node:http';

import { vendors } from '../../sandbox';
import { VENDORS } from '../../sandbox/config';
import { startSandbox } from '../../sandbox/server';
import { authOf, call } from './client';
import { create, createNames, creates, isAccepted } from './creates';
import { sandbox, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 0 } });

describe('the addresses of the vendors', () => {
	it('are a port each, on this machine only', () => {
		const urls = VENDORS.map((vendor) => new URL(sandbox.baseUrl(vendor)));
		expect(urls.map(({ hostname }) => hostname)).toEqual(VENDORS.map(() => '127.0.0.1'));
		const ports = [new URL(sandbox.url).port, ...urls.map(({ port }) => port)];
		expect(new Set(ports).size).toBe(VENDORS.length + 1);
		expect(sandbox.port).toBe(Number(ports[0]));
	});

	it('serve a client that puts a path from the root behind its base', async () => {
		const url = new URL('/v2/me', sandbox.baseUrl('apiframe'));
		const response = await fetch(url, { headers: authOf('apiframe') });
		expect(response.status).toBe(200);
	});

	it.each(createNames)('take what the first address takes below the name: %s', async (name) => {
		const { vendor, path, order } = creates[name];
		const { basePath = '' } = vendors.find((one) => one.name === vendor) ?? {};
		const below = `${sandbox.url}/${vendor}${basePath}${path}`;
		const response = await fetch(below, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', ...authOf(vendor) },
			body: JSON.stringify(order('a lighthouse')),
		});
		expect(response.ok).toBe(true);
		expect(isAccepted(await create(sandbox, name))).toBe(true);
		const [first, second] = sandbox.requests();
		expect([second?.path, second?.vendor, second?.step]).toEqual([first?.path, vendor, 'create']);
		expect(sandbox.charges()).toHaveLength(2);
	});

	it('hold neither the control API nor the downloads', async () => {
		for (const vendor of VENDORS) {
			const { origin } = new URL(sandbox.baseUrl(vendor));
			for (const path of ['/control/tasks', `/files/${vendor}/videos/x-0.mp4`]) {
				expect([vendor, path, (await fetch(origin + path)).status]).toEqual([vendor, path, 404]);
			}
		}
	});

	it('share one row of faults', async () => {
		for (const name of createNames) {
			sandbox.inject({ vendor: creates[name].vendor, step: 'create', kind: 'badGatewayHtml' });
			expect([name, (await create(sandbox, name)).status]).toEqual([name, 502]);
		}
		expect(sandbox.requests().map(({ fault }) => fault)).toEqual(
			createNames.map(() => 'badGatewayHtml'),
		);
	});

	it('are all given back if one of them is taken', async () => {
		const first = await freeRow(VENDORS.length + 1);
		const free = await listening(first + VENDORS.length);
		await expect(startSandbox({ port: first })).rejects.toThrow('EADDRINUSE');
		await free();
		await (await startSandbox({ port: first })).close();
	});

	it('follow the first port if that is given, and close with it', async () => {
		const first = await freeRow(VENDORS.length + 1);
		const other = await startSandbox({ port: first });
		expect(VENDORS.map((vendor) => Number(new URL(other.baseUrl(vendor)).port))).toEqual(
			VENDORS.map((_vendor, index) => first + 1 + index),
		);
		expect((await call(other, 'apiframe', '/v2/me')).status).toBe(200);
		await other.close();
		await expect(call(other, 'apiframe', '/v2/me')).rejects.toThrow('fetch failed');
	});
});

/**
 * The first of so many ports in a row that are all free. They lie below those that the system hands
 * out, so that nobody gets one of them in the meantime.
 */
async function freeRow(count: number): Promise<number> {
	for (let first = 20_000 + (process.pid % 1000) * 10; ; first += count) {
		const row = await Promise.allSettled(
			Array.from({ length: count }, async (_value, index) => await listening(first + index)),
		);
		const open = row.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		await Promise.all(open.map(async (close) => await close()));
		if (open.length === count) return first;
	}
}

/** Takes a port, and returns what frees it. */
async function listening(port: number): Promise<() => Promise<unknown>> {
	const server = createServer();
	await new Promise<void>((done, fail) => {
		server.once('error', fail);
		server.listen(port, '127.0.0.1', done);
	});
	return async () => await new Promise((done) => server.close(done));
}
