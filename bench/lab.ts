import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../sandbox/server';
import type { Execution, N8nHome, WorkflowNode } from '../harness/n8n/home';
import { startN8n, type N8nInstance } from '../harness/n8n/instance';
import { N8nSession } from '../harness/n8n/session';

/** The two nodes that are held against each other. */
export type Contender = 'ours' | 'builtIn';

export const names: Record<Contender, string> = {
	ours: 'Hailuo Generate Video',
	builtIn: "n8n's MiniMax node",
};

export interface Run {
	/** What n8n itself noted for the node, without the start of the execution. */
	milliseconds: number;
	succeeded: boolean;
	/** Items that have a file. */
	files: Array<{ bytes: number }>;
	/** Everything that n8n keeps of a failed execution; empty without a failure. */
	error: string;
}

export interface RunOptions {
	/** The lab's own, which has no rate limits, unless given. */
	sandbox?: Sandbox;
	/** Who makes the videos of our node. */
	provider?: 'minimax' | 'runware';
	/** Laid over the parameters of the node. */
	parameters?: Record<string, unknown>;
}

/** A published workflow that makes one video whenever its webhook is called. */
export interface Webhook {
	/** Calls it so many times at one moment. */
	call(times: number): Promise<void>;
	/** The status of so many executions when all of them have ended. */
	ended(count: number): Promise<string[]>;
}

interface NodeRun {
	executionTime: number;
}

const nodeName = 'Video';

/** A real n8n with both nodes, and the sandbox that stands in for MiniMax. */
export class Lab {
	private constructor(
		readonly n8n: N8nInstance,
		readonly sandbox: Sandbox,
		private readonly session: N8nSession,
	) {}

	static async open(home: N8nHome): Promise<Lab> {
		const sandbox = await openSandbox();
		try {
			const n8n = await startN8n({ home });
			return new Lab(n8n, sandbox, await N8nSession.open(n8n.url));
		} catch (failure) {
			await sandbox.close();
			throw failure;
		}
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await this.sandbox.close();
	}

	/**
	 * Runs the node once with one item for every number: how many seconds its task takes. The key
	 * tells this run's requests from others at the sandbox.
	 */
	async run(
		contender: Contender,
		seconds: number[],
		key: string,
		options: RunOptions = {},
	): Promise<Run> {
		const workflow = {
			name: `${key} ${seconds.length}`,
			nodes: [...itemNodes(seconds), await this.videoNode(contender, key, promptOfItem, options)],
			connections: {
				Start: { main: [[{ node: 'Seconds', type: 'main', index: 0 }]] },
				Seconds: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
				Items: { main: [[{ node: nodeName, type: 'main', index: 0 }]] },
			},
		};
		const id = await this.session.createWorkflow(workflow);
		const { executionId } = await this.session.call<{ executionId: string }>(
			'POST',
			`/workflows/${id}/run`,
			{
				workflowData: await this.session.call('GET', `/workflows/${id}`),
				triggerToStartFrom: { name: 'Start' },
			},
		);
		// It cannot end before its slowest task: until then nobody need ask.
		await sleep(Math.max(...seconds) * 1000, undefined, { ref: false });
		const execution = await this.session.waitForExecution(executionId, 30 * 60_000);
		return summary(execution);
	}

	/** Publishes a workflow that makes a video of the sandbox's usual time at every call. */
	async webhook(contender: Contender, key: string, options: RunOptions = {}): Promise<Webhook> {
		const path = randomUUID();
		const id = await this.session.publishWorkflow({
			name: `${key} webhook`,
			nodes: [
				{
					id: 'node-0',
					name: 'Call',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					position: [0, 0],
					webhookId: path,
					parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
				},
				await this.videoNode(contender, key, scene, options),
			],
			connections: { Call: { main: [[{ node: nodeName, type: 'main', index: 0 }]] } },
		});
		const url = `${this.n8n.url}/webhook/${path}`;
		await registered(url);
		return {
			call: async (times) => {
				const answers = await Promise.all(
					Array.from({ length: times }, async () => fetch(url, { method: 'POST' })),
				);
				const refused = answers.find(({ ok }) => !ok);
				if (refused) throw new Error(`n8n answered ${refused.status} to a call of the webhook.`);
			},
			ended: async (count) => await this.ended(id, count),
		};
	}

	private async ended(workflowId: string, count: number): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		for (const deadline = Date.now() + 30 * 60_000; Date.now() < deadline; await sleep(2000)) {
			const { results } = await this.session.call<{ results: Array<{ status: string }> }>(
				'GET',
				`/executions?limit=100&filter=${filter}`,
			);
			const over = results.filter(({ status }) => !['new', 'running', 'waiting'].includes(status));
			if (over.length >= count) return over.map(({ status }) => status);
		}
		throw new Error(`Not all ${count} executions of workflow ${workflowId} ended.`);
	}

	/** The process that does the work, not the task runner beside it. */
	async processId(): Promise<number> {
		const ours = `N8N_PORT=${this.n8n.port}`;
		for (const id of await readdir('/proc')) {
			if (!/^\d+$/.test(id)) continue;
			const [command, environment] = await Promise.all(
				['cmdline', 'environ'].map(
					async (file) => await readFile(`/proc/${id}/${file}`, 'utf8').catch(() => ''),
				),
			);
			if (!environment?.split('\0').includes(ours)) continue;
			if (command?.includes(`${this.n8n.home.host.bin}\0start`)) return Number(id);
		}
		throw new Error('The process of n8n is not there.');
	}

	private async videoNode(
		contender: Contender,
		key: string,
		prompt: string,
		{ sandbox = this.sandbox, provider = 'minimax', parameters = {} }: RunOptions,
	): Promise<WorkflowNode> {
		const url = sandbox.baseUrl(provider);
		const [type, data] =
			contender === 'builtIn'
				? ['minimaxApi', { apiKey: key, region: 'international', url: `${url}/v1` }]
				: provider === 'minimax'
					? ['hailuoMiniMaxApi', { apiKey: key, region: 'custom', baseUrl: url }]
					: ['hailuoRunwareApi', { apiKey: key, baseUrl: url }];
		const name = `${type} ${key}`;
		const id = await this.session.saveCredential({ name, type, data });
		const node = contender === 'ours' ? ownNode(provider) : builtInNode;
		return {
			...node,
			id: 'video',
			name: nodeName,
			position: [600, 0],
			credentials: { [type]: { id, name } },
			parameters: { ...node.parameters, prompt, ...parameters },
		};
	}
}

/** Without rate limits: they would slow both nodes down, and this is about the nodes. */
export async function openSandbox(): Promise<Sandbox> {
	return await startSandbox({ config: { rateLimits: false } });
}

function itemNodes(seconds: number[]): WorkflowNode[] {
	const at = (index: number) => ({ id: `node-${index}`, position: [200 * index, 0] });
	return [
		{
			...at(0),
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			parameters: {},
		},
		{
			...at(1),
			name: 'Seconds',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify({ seconds }), options: {} },
		},
		{
			...at(2),
			name: 'Items',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'seconds', options: {} },
		},
	];
}

/** n8n registers a webhook a moment after its workflow was published. */
async function registered(url: string): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		const answer = await fetch(url, { method: 'OPTIONS', headers: { origin: url } });
		if (answer.headers.get('access-control-allow-methods')?.includes('POST')) return;
		await sleep(100);
	}
	throw new Error(`n8n does not know the webhook ${url}.`);
}

const scene = 'A paper boat drifts down a rainy street';
/** The sandbox's marker has two braces on each side, which an expression cannot hold as they are. */
const promptOfItem = `={{ '${scene} ' + '{'.repeat(2) + 'sandbox seconds=' + $json.seconds + '}'.repeat(2) }}`;

type NodeKind = Pick<WorkflowNode, 'type' | 'parameters'> & { typeVersion: number };

const ownNode = (provider: string): NodeKind => ({
	type: 'n8n-nodes-hailuo.hailuoGenerateVideo',
	typeVersion: 1,
	parameters: { provider, mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3' },
});

const builtInNode: NodeKind = {
	type: '@n8n/n8n-nodes-langchain.minimax',
	typeVersion: 1.2,
	parameters: {
		resource: 'video',
		operation: 'textToVideo',
		modelId: 'MiniMax-Hailuo-2.3',
		duration: 6,
		resolution: '768P',
		downloadVideo: true,
		options: {},
	},
};

function summary({ status, data: { resultData } }: Execution): Run {
	const run = resultData.runData[nodeName]?.[0];
	if (!run) throw new Error(`The node did not run: ${JSON.stringify(resultData).slice(0, 2000)}`);
	const items = run.data?.main?.[0] ?? [];
	return {
		milliseconds: (run as unknown as NodeRun).executionTime,
		succeeded: status === 'success',
		files: items.flatMap(({ binary }) => {
			const file = binary?.data as { bytes?: number } | undefined;
			return file ? [{ bytes: file.bytes ?? 0 }] : [];
		}),
		error: status === 'success' ? '' : JSON.stringify(resultData),
	};
}

/** @throws Error when a run that must succeed did not, so that no number is made of it */
export function needFiles(run: Run, count: number): Run {
	if (!run.succeeded || run.files.length !== count) {
		throw new Error(
			`A run gave ${run.files.length} of ${count} videos: ${run.error.slice(0, 1000)}`,
		);
	}
	return run;
}
