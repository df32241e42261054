import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../ports';
import { N8nHome } from './home';
import { readyAddresses } from './instance';
import { startProcess, type N8nProcess } from './process';
import { makeStorage, type Services, type Storage } from './services';

export interface ClusterOptions {
	services: Services;
	/** `npm pack` of the package under test. */
	tarball: string;
	/** How many workers, 2 unless given, and how many executions each runs at once. */
	workers?: number;
	concurrency?: number;
	/** Added to the environment of all processes. */
	env?: Record<string, string>;
}

/** One process of n8n in queue mode, with a user folder of its own as if it were a machine of its own. */
export class Member {
	private process?: N8nProcess;

	constructor(
		readonly role: 'main' | 'worker' | 'webhook',
		private readonly home: N8nHome,
		readonly port: number,
		private readonly concurrency: number,
	) {}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** The process that does the work. */
	get id(): number {
		if (!this.process) throw new Error(`The ${this.role} does not run.`);
		return this.process.id;
	}

	async start(): Promise<void> {
		const { role, port, url, home } = this;
		this.process = await startProcess(home, {
			args: {
				main: ['start'],
				worker: ['worker', `--concurrency=${this.concurrency}`],
				webhook: ['webhook'],
			}[role],
			env: {
				N8N_PORT: String(port),
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			},
			readyAt: role === 'main' ? readyAddresses(url) : [`${url}/healthz/readiness`],
		});
	}

	async kill(signal: NodeJS.Signals): Promise<void> {
		await this.process?.kill(signal);
		this.process = undefined;
	}

	/** Everything that it has printed. */
	get log(): string {
		return readFileSync(join(this.home.userFolder, 'n8n.log'), 'utf8');
	}

	/** The executions that it has begun, as a worker. */
	get executions(): string[] {
		return [...this.log.matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id);
	}

	async remove(): Promise<void> {
		await this.kill('SIGTERM');
		await this.home.remove();
	}
}

/**
 * A real n8n in queue mode: the main process, workers, and a webhook process that alone takes calls of
 * production webhooks. Binary data is in the database. Database and keys of Redis are its own.
 */
export class Cluster {
	private constructor(
		readonly main: Member,
		readonly webhook: Member,
		readonly workers: readonly Member[],
		readonly storage: Storage,
	) {}

	/** Takes about a minute on two cores. */
	static async start({
		services,
		tarball,
		workers: count = 2,
		concurrency = 20,
		env: more = {},
	}: ClusterOptions): Promise<Cluster> {
		const storage = await makeStorage(services);
		const mainPort = await freePort();
		const webhookPort = await freePort();
		const env = {
			...storage.environment,
			EXECUTIONS_MODE: 'queue',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			N8N_DEFAULT_BINARY_DATA_MODE: 'database',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
			...more,
		};
		const member = async (role: Member['role'], port: number) =>
			new Member(role, await N8nHome.create({ tarball, env }), port, concurrency);
		const main = await member('main', mainPort);
		const webhook = await member('webhook', webhookPort);
		const workers: Member[] = [];
		for (let index = 0; index < count; index++) {
			workers.push(await member('worker', await freePort()));
		}
		const cluster = new Cluster(main, webhook, workers, storage);
		try {
			// It makes the tables.
			await main.start();
			await Promise.all([webhook, ...workers].map(async (one) => await one.start()));
		} catch (failure) {
			await cluster.stop();
			throw failure;
		}
		return cluster;
	}

	/** Ends all processes and deletes what they have kept. */
	async stop(): Promise<void> {
		const { main, webhook, workers, storage } = this;
		await Promise.all([main, webhook, ...workers].map(async (one) => await one.remove()));
		await storage.remove();
	}
}
