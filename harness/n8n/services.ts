import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { Client, Pool } from 'pg';
import { freePort } from '../ports';
import { Problem } from '../setup.cjs';

/** Where n8n's queue mode finds what it needs beside itself. */
export interface Services {
	/** Of a role that may make databases. */
	readonly postgres: URL;
	readonly redis: URL;
}

/**
 * The services at HAILUO_POSTGRES and HAILUO_REDIS, or on the standard ports of this machine.
 * @throws Problem when one of them does not answer
 */
export async function findServices(): Promise<Services> {
	const {
		HAILUO_POSTGRES = 'postgres://postgres@127.0.0.1:5432/postgres',
		HAILUO_REDIS = 'redis://127.0.0.1:6379',
	} = process.env;
	const services = { postgres: new URL(HAILUO_POSTGRES), redis: new URL(HAILUO_REDIS) };
	await ask(services.postgres, 'PostgreSQL', 'postgresql', 'HAILUO_POSTGRES', async () =>
		query(services.postgres, 'SELECT 1'),
	);
	await ask(services.redis, 'Redis', 'redis-server', 'HAILUO_REDIS', async () =>
		withRedis(services.redis, async (redis) => await redis.ping()),
	);
	return services;
}

async function ask(
	{ host }: URL,
	name: string,
	debian: string,
	variable: string,
	question: () => Promise<unknown>,
): Promise<void> {
	try {
		await question();
	} catch (failure) {
		const why = (failure as Error).message || (failure as NodeJS.ErrnoException).code;
		throw new Problem(
			`${name} at ${host} cannot be used (${why}): install and start it (Debian: apt-get install -y ${debian}), or set ${variable} to the address of another one.`,
		);
	}
}

async function query(address: URL, text: string): Promise<void> {
	const client = new Client({ connectionString: address.href, connectionTimeoutMillis: 5000 });
	await client.connect();
	try {
		await client.query(text);
	} finally {
		await client.end();
	}
}

async function withRedis<T>({ href }: URL, work: (redis: Redis) => Promise<T>): Promise<T> {
	const redis = new Redis(href, {
		lazyConnect: true,
		maxRetriesPerRequest: 0,
		retryStrategy: () => null,
	});
	// What fails is thrown by the command; an event without a listener would be printed beside it.
	redis.on('error', () => undefined);
	try {
		await redis.connect();
		return await work(redis);
	} finally {
		redis.disconnect();
	}
}

/** A database and a part of Redis of one's own, and n8n's settings for them. */
export interface Storage {
	readonly environment: Record<string, string>;
	/** Rows of n8n's database. */
	rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
	/** Deletes both. */
	remove(): Promise<void>;
}

export async function makeStorage({ postgres, redis }: Services): Promise<Storage> {
	const name = `hailuo_queue_${randomBytes(6).toString('hex')}`;
	await query(postgres, `CREATE DATABASE ${name}`);
	const database = new URL(postgres.href);
	database.pathname = `/${name}`;
	const pool = new Pool({ connectionString: database.href, max: 2 });
	// Idle connections are cut when the database goes.
	pool.on('error', () => undefined);
	return {
		environment: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: postgres.hostname,
			DB_POSTGRESDB_PORT: postgres.port || '5432',
			DB_POSTGRESDB_USER: decodeURIComponent(postgres.username),
			DB_POSTGRESDB_PASSWORD: decodeURIComponent(postgres.password),
			DB_POSTGRESDB_DATABASE: name,
			DB_POSTGRESDB_POOL_SIZE: '10',
			// On a slow machine n8n's own limits take the database for lost, and every API call is answered with 503.
			DB_POSTGRESDB_CONNECTION_TIMEOUT: '120000',
			DB_PING_TIMEOUT_MS: '120000',
			QUEUE_BULL_REDIS_HOST: redis.hostname,
			QUEUE_BULL_REDIS_PORT: redis.port || '6379',
			QUEUE_BULL_REDIS_USERNAME: decodeURIComponent(redis.username),
			QUEUE_BULL_REDIS_PASSWORD: decodeURIComponent(redis.password),
			QUEUE_BULL_REDIS_DB: redis.pathname.slice(1) || '0',
			// The queue and everything else: cache, and the channel on which the processes tell each other what to stop.
			QUEUE_BULL_PREFIX: name,
			N8N_REDIS_KEY_PREFIX: name,
		},
		rows: async <Row extends object>(text: string, values: unknown[] = []) =>
			(await pool.query<Row>(text, values)).rows,
		remove: async () => {
			await pool.end();
			await query(postgres, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
			await withRedis(redis, async (client) => {
				for await (const keys of client.scanStream({ match: `*${name}*`, count: 1000 })) {
					if ((keys as string[]).length > 0) await client.del(...(keys as string[]));
				}
			});
		},
	};
}

/** A Redis of one's own, which keeps what it has when it dies, as one for n8n should. */
export interface OwnRedis {
	readonly url: URL;
	start(): Promise<void>;
	/** SIGKILL. */
	kill(): Promise<void>;
	/** Ends it and deletes its files. */
	remove(): Promise<void>;
}

export async function makeRedis(): Promise<OwnRedis> {
	const folder = await mkdtemp(join(tmpdir(), 'hailuo-redis-'));
	const port = await freePort();
	const url = new URL(`redis://127.0.0.1:${port}`);
	let kill = async () => {};
	const start = async () => {
		const child = spawn(
			'redis-server',
			['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes'],
			{ stdio: 'ignore' },
		);
		const killNow = () => child.kill('SIGKILL');
		process.once('exit', killNow);
		const ended = new Promise<void>((resolve) => {
			child.once('error', () => resolve());
			child.once('exit', () => resolve());
		});
		kill = async () => {
			killNow();
			await ended;
			process.removeListener('exit', killNow);
		};
		await untilAnswers(url, ended);
	};
	return {
		url,
		start,
		kill: async () => await kill(),
		remove: async () => {
			await kill();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function untilAnswers(url: URL, ended: Promise<void>): Promise<void> {
	let hasEnded = false;
	void ended.then(() => (hasEnded = true));
	while (!hasEnded) {
		const answer = await withRedis(url, async (redis) => await redis.ping()).catch(() => '');
		if (answer === 'PONG') return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Problem(
		'redis-server does not start: install it (Debian: apt-get install -y redis-server).',
	);
}
