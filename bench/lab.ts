import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { saveCredentials } from '../harness/n8n/examples';
import type { Execution, N8nHome, Workflow } from '../harness/n8n/home';
import { startN8n, type N8nInstance } from '../harness/n8n/instance';
import { N8nSession } from '../harness/n8n/session';
import {
	endedExecutions,
	itemsOf,
	oneNode,
	publishWithWebhook,
	setNode,
	splitOut,
	withBetween,
} from '../harness/n8n/workflows';

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
		const workflow = withBetween(
			await this.oneVideo(contender, key, promptOfItem, options),
			setNode({ seconds }),
			splitOut('seconds'),
		);
		const id = await this.session.createWorkflow(workflow);
		const executionId = await this.session.startWorkflow(id);
		// It cannot end before its slowest task: until then nobody need ask.
		await sleep(Math.max(...seconds) * 1000, undefined, { ref: false });
		const execution = await this.session.waitForExecution(executionId, 30 * 60_000);
		return summary(execution);
	}

	/** Publishes a workflow that makes a video of the sandbox's usual time at every call. */
	async webhook(contender: Contender, key: string, options: RunOptions = {}): Promise<Webhook> {
		const workflow = await this.oneVideo(contender, key, scene, options);
		const { workflowId, post } = await publishWithWebhook(this.session, workflow);
		return {
			call: async (times) => {
				await Promise.all(Array.from({ length: times }, async () => await post({})));
			},
			ended: async (count) => {
				const executions = await endedExecutions(this.session, workflowId, count, 30);
				return executions.map(({ status }) => status);
			},
		};
	}

	/** A trigger and the node behind it, with a credential of this key. */
	private async oneVideo(
		contender: Contender,
		key: string,
		prompt: string,
		{ sandbox = this.sandbox, provider = 'minimax', parameters = {} }: RunOptions,
	): Promise<Workflow> {
		const url = sandbox.baseUrl(provider);
		const [type, data] =
			contender === 'builtIn'
				? ['minimaxApi', { apiKey: key, region: 'international', url: `${url}/v1` }]
				: provider === 'minimax'
					? ['hailuoMiniMaxApi', { apiKey: key, region: 'custom', baseUrl: url }]
					: ['hailuoRunwareApi', { apiKey: key, baseUrl: url }];
		const account = { name: `${type} ${key}`, type, data };
		const credentials = await saveCredentials(this.session, account);
		const form = { prompt, ...parameters };
		if (contender === 'builtIn') {
			return oneNode('minimax', { ...builtInForm, ...form }, credentials, builtInNode);
		}
		const mode = { provider, mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3' };
		return oneNode('hailuoGenerateVideo', { ...mode, ...form }, credentials);
	}
}

/** Without rate limits: they would slow both nodes down, and this is about the nodes. */
export async function openSandbox(): Promise<Sandbox> {
	return await startSandbox({ config: { rateLimits: false } });
}

const scene = 'A paper boat drifts down a rainy street';
/** The sandbox's marker has two braces on each side, which an expression cannot hold as they are. */
const promptOfItem = `={{ '${scene} ' + '{'.repeat(2) + 'sandbox seconds=' + $json.seconds + '}'.repeat(2) }}`;

const builtInNode = { type: '@n8n/n8n-nodes-langchain.minimax', typeVersion: 1.2 };
const builtInForm = {
	resource: 'video',
	operation: 'textToVideo',
	modelId: 'MiniMax-Hailuo-2.3',
	duration: 6,
	resolution: '768P',
	downloadVideo: true,
	options: {},
};

function summary(execution: Execution): Run {
	const { resultData } = execution.data;
	const run = resultData.runData.Hailuo?.[0];
	if (!run) throw new Error(`The node did not run: ${JSON.stringify(resultData).slice(0, 2000)}`);
	const succeeded = execution.status === 'success';
	return {
		milliseconds: run.executionTime,
		succeeded,
		files: itemsOf(execution, 'Hailuo').flatMap(({ binary }) => {
			return binary?.data ? [{ bytes: binary.data.bytes ?? 0 }] : [];
		}),
		error: succeeded ? '' : JSON.stringify(resultData),
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
