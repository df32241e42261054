import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import type { Binary, Credential, Execution, Workflow } from './home';

export interface Login {
	email: string;
	password: string;
}

/** A login for instances that live as long as a test run. */
export const testLogin: Login = { email: 'owner@example.com', password: 'Hailuo-owner-1' };

/** Triggers that need nothing but somebody who starts them. */
const startable = ['n8n-nodes-base.manualTrigger', 'n8n-nodes-base.scheduleTrigger'];

/** The owner, signed in to n8n's own REST API, the one that the editor uses. */
export class N8nSession {
	private readonly headers: Record<string, string> = {
		// n8n ties the cookie to the browser that signed in.
		'browser-id': randomUUID(),
		// n8n closes a connection that is idle for 5 s, perhaps in the moment in which it is used again.
		connection: 'close',
	};

	private constructor(readonly url: string) {}

	/** Signs in; on a new n8n it makes the owner first. */
	static async open(url: string, login: Login = testLogin): Promise<N8nSession> {
		const session = new N8nSession(url);
		const settings = await session.call<{ userManagement: { showSetupOnFirstLoad: boolean } }>(
			'GET',
			'/settings',
		);
		if (settings.userManagement.showSetupOnFirstLoad) {
			await session.call('POST', '/owner/setup', {
				...login,
				firstName: 'Olive',
				lastName: 'Owner',
			});
		}
		await session.call('POST', '/login', {
			emailOrLdapLoginId: login.email,
			password: login.password,
		});
		return session;
	}

	/** One request to `/rest<path>`; gives the answer's `data`. */
	async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.fetch(method, path, body);
		const text = await response.text();
		if (!response.ok) {
			throw new Error(
				`n8n answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`,
			);
		}
		return text === '' ? (undefined as T) : (JSON.parse(text) as { data: T }).data;
	}

	/** Makes the credential, or brings the one of the same name and type up to date; gives its ID. */
	async saveCredential({ name, type, data }: Omit<Credential, 'id'>): Promise<string> {
		const all = await this.call<Array<{ id: string; name: string; type: string }>>(
			'GET',
			'/credentials',
		);
		const known = all.find((credential) => credential.name === name && credential.type === type);
		const saved = known
			? await this.call<{ id: string }>('PATCH', `/credentials/${known.id}`, { name, type, data })
			: await this.call<{ id: string }>('POST', '/credentials', { name, type, data });
		return saved.id;
	}

	async createWorkflow(workflow: Workflow): Promise<string> {
		const { name, nodes, connections, settings = {}, pinData } = workflow;
		const body = { name, nodes, connections, settings, pinData, active: false };
		return (await this.call<{ id: string }>('POST', '/workflows', body)).id;
	}

	/** Stores a workflow and puts its trigger to work; gives its ID. */
	async publishWorkflow(workflow: Workflow): Promise<string> {
		const id = await this.createWorkflow(workflow);
		const { versionId } = await this.call<Workflow>('GET', `/workflows/${id}`);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
		return id;
	}

	/** Stores a changed workflow that findWorkflow() gave; gives its ID. */
	async updateWorkflow({
		id,
		name,
		nodes,
		connections,
		settings,
		versionId,
	}: Workflow): Promise<string> {
		await this.call('PATCH', `/workflows/${id}`, { name, nodes, connections, settings, versionId });
		return String(id);
	}

	async findWorkflow(name: string): Promise<Workflow | undefined> {
		const all = await this.call<Array<{ id: string; name: string }>>('GET', '/workflows');
		const found = all.find((workflow) => workflow.name === name);
		return found && (await this.call<Workflow>('GET', `/workflows/${found.id}`));
	}

	/** Stores a workflow and runs it. */
	async runNew(workflow: Workflow, timeoutMs?: number): Promise<Execution> {
		return await this.runWorkflow(await this.createWorkflow(workflow), timeoutMs);
	}

	/** Runs a stored workflow from its trigger, as the editor's button does, and waits for the end. */
	async runWorkflow(id: string, timeoutMs = 300_000): Promise<Execution> {
		return await this.waitForExecution(await this.startWorkflow(id), timeoutMs);
	}

	/**
	 * Starts a stored workflow from its manual or schedule trigger, or from the trigger of this name;
	 * gives the execution's ID.
	 */
	async startWorkflow(id: string, from?: string): Promise<string> {
		const workflow = await this.call<Workflow>('GET', `/workflows/${id}`);
		const trigger = workflow.nodes.find(({ name, type }) =>
			from === undefined ? startable.includes(type) : name === from,
		);
		if (!trigger)
			throw new Error(`Workflow ${workflow.name} has no trigger that a person can run.`);
		const { executionId } = await this.call<{ executionId: string }>(
			'POST',
			`/workflows/${id}/run`,
			{
				workflowData: workflow,
				triggerToStartFrom: { name: trigger.name },
			},
		);
		return executionId;
	}

	async waitForExecution(id: string, timeoutMs = 300_000): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		while (Date.now() < deadline) {
			const { status, data } = await this.call<{ status: string; data: string }>(
				'GET',
				`/executions/${id}`,
			);
			if (!['new', 'running', 'waiting'].includes(status)) {
				return { status, data: parse(data) as Execution['data'] };
			}
			await sleep(500);
		}
		throw new Error(`Execution ${id} did not end within ${timeoutMs / 1000} s.`);
	}

	/** The bytes of a binary field of an execution. */
	async readBinary(binary: Binary): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const path = `/binary-data?id=${encodeURIComponent(binary.id)}&action=download&fileName=file&mimeType=${encodeURIComponent(binary.mimeType)}`;
		const response = await this.fetch('GET', path);
		if (!response.ok) throw new Error(`n8n answered ${response.status} to ${path}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** A key for n8n's public API (`/api/v1`, header X-N8N-API-KEY) with these scopes; replaces the one of that label. */
	async publicApiKey(label: string, scopes: readonly string[]): Promise<string> {
		const { items } = await this.call<{ items: Array<{ id: string; label: string }> }>(
			'GET',
			'/api-keys',
		);
		for (const { id } of items.filter((one) => one.label === label)) {
			await this.call('DELETE', `/api-keys/${id}`);
		}
		const body = { label, expiresAt: null, scopes };
		return (await this.call<{ rawApiKey: string }>('POST', '/api-keys', body)).rawApiKey;
	}

	private async fetch(method: string, path: string, body?: unknown): Promise<Response> {
		const { headers } = this;
		const response = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (cookie) headers.cookie = cookie.split(';')[0] ?? '';
		return response;
	}
}
