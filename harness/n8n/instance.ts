import { freePort, needPort } from '../ports';
import { N8nHome, type HomeOptions } from './home';
import { startProcess, type N8nProcess } from './process';

export interface InstanceOptions extends HomeOptions {
	/** A free one otherwise. */
	port?: number;
	/** An existing home instead of a new one made from the other options; `stop()` leaves it in place. */
	home?: N8nHome;
}

/** A running n8n server, reachable on 127.0.0.1 only. Its `kill` leaves the home in place, for a restart. */
export interface N8nInstance extends N8nProcess {
	url: string;
	port: number;
	home: N8nHome;
	/** Ends n8n and its children, and removes a temporary home that it made. */
	stop(): Promise<void>;
}

/** What answers when an n8n at this address is ready for work and for the editor, whose settings come last. */
export const readyAddresses = (url: string): string[] => [
	`${url}/healthz/readiness`,
	`${url}/rest/settings`,
];

/**
 * Starts n8n with our package and waits until it answers (about 20 s with a new user folder).
 * @throws Problem when the port is taken or n8n does not start
 */
export async function startN8n({
	port: wantedPort,
	home: givenHome,
	...homeOptions
}: InstanceOptions = {}): Promise<N8nInstance> {
	const port = wantedPort ?? (await freePort());
	await needPort(port);
	const home = givenHome ?? (await N8nHome.create(homeOptions));
	const url = `http://127.0.0.1:${port}`;
	const started = await startProcess(home, {
		args: ['start'],
		env: { N8N_PORT: String(port) },
		readyAt: readyAddresses(url),
	});
	const stop = async () => {
		await started.kill('SIGTERM');
		if (!givenHome) await home.remove();
	};
	return { ...started, url, port, home, stop };
}
