import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../ports';
import { ensureN8n, type N8nHost, type N8nVersion } from './install';

const run = promisify(execFile);

export interface Credential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface WorkflowNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
	[key: string]: unknown;
}

/** A workflow as n8n exports it. */
export interface Workflow {
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	[key: string]: unknown;
}

/** One binary field of an item: the bytes themselves (base64), or the ID of a stored file. */
export interface Binary {
	data: string;
	id?: string;
	mimeType: string;
	fileName?: string;
	fileSize?: string;
	bytes?: number;
}

export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, Binary>;
}

/** What n8n tells about an execution. */
export interface Execution {
	status: string;
	data: {
		resultData: {
			error?: { message: string; description?: string };
			runData: Record<
				string,
				Array<{
					/** Milliseconds, without the start of the execution. */
					executionTime: number;
					data?: { main: Array<Item[] | null> };
					error?: { message: string };
				}>
			>;
		};
	};
}

export interface HomeOptions {
	version?: N8nVersion;
	/** Kept when given; a temporary folder that `remove()` deletes otherwise. */
	userFolder?: string;
	/** `npm pack` of the package under test; see pack.ts. */
	tarball?: string;
	/** Added to n8n's environment. */
	env?: Record<string, string>;
}

/** A user folder of n8n with our package in it, and the n8n commands that need no server (about 5 s each). */
export class N8nHome {
	private constructor(
		readonly host: N8nHost,
		readonly userFolder: string,
		private readonly temporary: boolean,
		private readonly extraEnvironment: Record<string, string>,
	) {}

	static async create({
		version,
		userFolder,
		tarball,
		env = {},
	}: HomeOptions = {}): Promise<N8nHome> {
		const host = await ensureN8n(version);
		if (userFolder) await mkdir(userFolder, { recursive: true });
		const folder = userFolder ?? (await mkdtemp(join(tmpdir(), 'hailuo-n8n-')));
		const home = new N8nHome(host, folder, !userFolder, env);
		if (tarball) await home.installPackage(tarball);
		return home;
	}

	/** n8n loads what lies here at its next start. Never a symlink: it would bring the checkout's own n8n-workflow along. */
	async installPackage(tarball: string): Promise<void> {
		const target = join(this.userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-hailuo');
		await rm(target, { recursive: true, force: true });
		await mkdir(target, { recursive: true });
		await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
	}

	/** Nothing of the caller's environment reaches n8n but what it needs to run: no N8N_ variable, no key. */
	async environment(): Promise<NodeJS.ProcessEnv> {
		const inherited = Object.entries(process.env).filter(([name]) =>
			/^(PATH|HOME|TMPDIR|LANG|LC_ALL|TZ|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|https?_proxy)$/i.test(
				name,
			),
		);
		return {
			...Object.fromEntries(inherited),
			NO_PROXY: '127.0.0.1,localhost',
			N8N_USER_FOLDER: this.userFolder,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			// Every n8n process opens this port, also for a command, and the default one collides.
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_DYNAMIC_BANNERS_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
			// n8n 1 has no such module, and does not start when it is told to leave it out.
			...(this.host.version.startsWith('1.') ? {} : { N8N_DISABLED_MODULES: 'mcp-registry' }),
			N8N_PYTHON_ENABLED: 'false',
			// A busy machine answers late: n8n would take its own database for lost, and refuse everything.
			DB_PING_TIMEOUT_MS: '120000',
			...this.extraEnvironment,
		};
	}

	async importCredentials(credentials: Credential[]): Promise<void> {
		await this.importFile('import:credentials', credentials);
	}

	/** The workflow needs an `id`. */
	async importWorkflow(workflow: Workflow & { id: string }): Promise<void> {
		await this.importFile('import:workflow', [workflow]);
	}

	/** Runs an imported workflow from its manual trigger. A workflow that fails is an answer too: look at `status`. */
	async executeWorkflow(id: string): Promise<Execution> {
		const output = await this.command(['execute', `--id=${id}`, '--rawOutput']);
		const start = output.search(/^\{$/m);
		if (start < 0) throw new Error(`n8n execute printed no run data:\n${output.slice(-4000)}`);
		return JSON.parse(output.slice(start)) as Execution;
	}

	/** The bytes of a binary field of this home's executions. */
	async readBinary(binary: Binary): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const [, path = ''] = binary.id.split(':');
		return await readFile(join(this.userFolder, '.n8n', 'storage', path));
	}

	/** Runs an n8n command and gives what it printed, also when it ended badly. */
	async command(args: string[]): Promise<string> {
		const result = await run(this.host.node, [this.host.bin, ...args], {
			cwd: this.userFolder,
			env: await this.environment(),
			maxBuffer: 256 * 1024 * 1024,
			timeout: 300_000,
		}).catch((failure: { stdout?: string; stderr?: string }) => failure);
		return `${result.stdout ?? ''}${result.stdout ? '' : (result.stderr ?? '')}`;
	}

	/** Deletes the user folder if it was a temporary one. */
	async remove(): Promise<void> {
		if (this.temporary) await rm(this.userFolder, { recursive: true, force: true, maxRetries: 3 });
	}

	private async importFile(command: string, content: unknown): Promise<void> {
		const folder = await mkdtemp(join(tmpdir(), 'hailuo-import-'));
		try {
			const file = join(folder, 'import.json');
			await writeFile(file, JSON.stringify(content), { mode: 0o600 });
			const output = await this.command([command, `--input=${file}`]);
			if (!/Successfully imported/.test(output))
				throw new Error(`n8n ${command} failed:\n${output}`);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	}
}
