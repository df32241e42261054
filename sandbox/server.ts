import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';

import { Callbacks } from './callbacks';
import { changeConfig, configSchema, type SandboxConfig, type SandboxConfigInput } from './config';
import { control } from './control';
import { downloadHost } from './download';
import { Faults } from './faults';
import { meetFaults } from './faultyAnswers';
import { addGuestTasks } from './guests';
import { vendors } from './index';
import { Ledger } from './ledger';
import { RateLimits } from './limits';
import { Links } from './links';
import { MEGABYTE } from './media';
import { addressOf, closePort, HOST, openPort } from './ports';
import { RequestLog } from './requestLog';
import type { Sandbox } from './sandbox';
import { type Clock, Tasks } from './tasks';
import { Uploads } from './uploads';
import { Waits } from './waits';
import { Answer, send, type World } from './world';

export type { RequestFilter, Sandbox, TaskView } from './sandbox';

export interface SandboxOptions {
	/** 0, the default, takes a free one for each vendor too; else theirs are those that follow. */
	port?: number;
	config?: SandboxConfigInput;
	/** Milliseconds since 1970; the machine's clock unless given. */
	clock?: Clock;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const parts = makeParts(options);
	const app = await makeApp(parts);
	const sandbox = makeSandbox(parts);
	await app.register(control(sandbox), { prefix: '/control' });
	try {
		await listen(app, parts, sandbox, options.port ?? 0);
	} catch (error) {
		await sandbox.close();
		throw error;
	}
	return sandbox;
}

/** What the sandbox is made of, and what changes of it while it runs. */
interface Parts {
	world: World<SandboxConfig>;
	initialConfig: SandboxConfig;
	config: SandboxConfig;
	/** Milliseconds by which the clock was moved. */
	offset: number;
	/** The first address. */
	url: string;
	log: RequestLog;
	faults: Faults;
	waits: Waits;
	/** What `close` has to end, first to last. */
	endings: Array<() => unknown>;
}

function makeParts(options: SandboxOptions): Parts {
	const initialConfig = configSchema.parse(options.config ?? {});
	const machine = options.clock ?? Date;
	const clock: Clock = { now: () => machine.now() + parts.offset };
	const config = (): SandboxConfig => parts.config;
	const ledger = new Ledger();
	const tasks = new Tasks(clock, config, ledger);
	const parts: Parts = {
		world: {
			clock,
			config,
			tasks,
			ledger,
			limits: new RateLimits(clock, config),
			links: new Links(clock, () => parts.url),
			uploads: new Uploads(clock),
			callbacks: new Callbacks(tasks, clock, config),
		},
		initialConfig,
		config: initialConfig,
		offset: 0,
		url: '',
		log: new RequestLog(clock, (path) => vendorOf(path)?.name),
		faults: new Faults(),
		waits: new Waits(clock),
		endings: [],
	};
	return parts;
}

const vendorNamed = (name: string) => vendors.find((vendor) => vendor.name === name);

/** `/minimax/...` and `/files/minimax/...` alike. */
function vendorOf(path: string) {
	const [first = '', second = ''] = path.split('/').slice(1);
	return vendorNamed(first === 'files' ? second : first);
}

/** Everything that is served, at one address: each vendor below its name, and the downloads. */
async function makeApp({ world, log, faults, waits }: Parts): Promise<FastifyInstance> {
	const app = fastify({
		bodyLimit: 100 * MEGABYTE,
		forceCloseConnections: true,
		maxParamLength: 300,
	});
	await app.register(multipart, { limits: { fileSize: 60 * MEGABYTE, files: 1 } });
	readJson(app);
	log.watch(app);
	meetFaults(app, {
		faults,
		waits,
		wordsOf: (vendor) => (kind, path) =>
			vendorNamed(vendor)?.answer(kind, path) ?? new Answer(500, undefined),
		dripMilliseconds: () => world.config().slowDripMilliseconds,
	});
	answerErrors(app);
	for (const vendor of vendors) {
		await app.register(vendor.routes(world), { prefix: `/${vendor.name}${vendor.basePath}` });
	}
	await app.register(downloadHost(world), { prefix: '/files' });
	return app;
}

/** A body that is no JSON is refused in the vendor's words. */
function readJson(app: FastifyInstance): void {
	app.removeContentTypeParser('application/json');
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
		try {
			done(null, body === '' ? undefined : JSON.parse(String(body)));
		} catch {
			done(new Answer(400, undefined));
		}
	});
}

function answerErrors(app: FastifyInstance): void {
	app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
		const { path } = request.seen;
		if (error instanceof Answer && error.body !== undefined) return await send(reply, error);
		const isOurs = (error.statusCode ?? 500) >= 500 && !(error instanceof Answer);
		if (isOurs) process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`);
		const kind = isOurs ? 'serverError' : 'badRequest';
		const answer =
			vendorOf(path)?.answer(kind, path, error.message) ??
			new Answer(400, { error: error.message });
		return await send(reply, answer);
	});

	app.setNotFoundHandler(async (request, reply) => {
		const { path } = request.seen;
		const answer =
			vendorOf(path)?.answer('pathUnknown', path) ?? new Answer(404, { error: 'not found' });
		return await send(reply, answer);
	});
}

function makeSandbox(parts: Parts): Sandbox {
	const { world, log, faults } = parts;
	const { tasks, ledger } = world;
	const lists = new Map(vendors.flatMap(({ name, list }) => (list ? [[name, list]] : [])));
	return {
		url: '',
		port: 0,
		baseUrl: () => '',
		config: () => parts.config,
		configure: (change) => (parts.config = changeConfig(parts.config, change)),
		inject: (fault) => faults.inject(fault),
		faults: () => faults.list(),
		clearFaults: () => faults.clear(),
		requests: (filter) => log.list(filter),
		clearRequests: () => log.clear(),
		charges: (key) => {
			tasks.settle();
			return ledger.charges(key);
		},
		tasks: () => tasks.all().map((task) => ({ ...task, phase: tasks.phase(task) })),
		callbacks: () => world.callbacks.list(),
		repeatCallbacks: async (onlyMissed) => await world.callbacks.repeat(onlyMissed),
		addTasks: (guests) => addGuestTasks(world, lists, guests),
		advance: (milliseconds) => {
			parts.offset += z.number().finite().nonnegative().parse(milliseconds);
		},
		reset: () => reset(parts),
		close: async () => {
			for (const end of parts.endings) await end();
		},
	};
}

function reset(parts: Parts): void {
	const { world, log, faults, waits } = parts;
	waits.end();
	parts.offset = 0;
	parts.config = parts.initialConfig;
	log.clear();
	faults.clear();
	world.tasks.reset();
	world.ledger.reset();
	world.limits.reset();
	world.uploads.reset();
	world.callbacks.reset();
}

/** Opens the first port, and one of its own for each vendor, and tells the sandbox where they are. */
async function listen(
	app: FastifyInstance,
	parts: Parts,
	sandbox: Sandbox,
	port: number,
): Promise<void> {
	const { world, waits, endings } = parts;
	endings.push(
		() => waits.end(),
		() => world.callbacks.close(),
		() => app.close(),
	);
	await app.listen({ host: HOST, port });
	parts.url = sandbox.url = addressOf(app.server);
	sandbox.port = Number(new URL(sandbox.url).port);
	const bases = new Map<string, string>();
	for (const [index, vendor] of vendors.entries()) {
		const server = await openPort(app, `/${vendor.name}`, port && port + 1 + index);
		bases.set(vendor.name, `${addressOf(server)}${vendor.basePath}`);
		const closeSocket = vendor.openSocket?.(server, world);
		endings.push(async () => {
			closeSocket?.();
			await closePort(server);
		});
	}
	sandbox.baseUrl = (vendor) => bases.get(vendor) ?? '';
}
