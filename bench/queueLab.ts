import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { unlimited } from '../harness/accounts';
import { Cluster } from '../harness/n8n/cluster';
import { saveAllCredentials } from '../harness/n8n/examples';
import { executionsOf, firedBy } from '../harness/n8n/events';
import { findServices } from '../harness/n8n/services';
import { N8nSession } from '../harness/n8n/session';
import {
	oneNode,
	publishWithWebhook,
	reacting,
	splitOut,
	withBetween,
	type Webhook,
} from '../harness/n8n/workflows';

interface Task {
	readonly provider: string;
	readonly prompt: string;
}

export const callersAtOnce = 16;

/** n8n in queue mode, the sandbox, and a pair of workflows that fires and reacts. */
export class QueueLab {
	private submitted = 0;

	private constructor(
		readonly cluster: Cluster,
		readonly session: N8nSession,
		readonly sandbox: Sandbox,
		/** Takes `{ tasks }`, submits and ends. */
		private readonly submit: Webhook,
		/** The same, and keeps them in the task table. */
		readonly fire: Webhook,
		/** The workflow that fires for each task of the table. */
		readonly react: string,
	) {}

	static async open(tarball: string): Promise<QueueLab> {
		const services = await findServices();
		const sandbox = await startSandbox({ config: unlimited });
		let cluster: Cluster | undefined;
		try {
			cluster = await Cluster.start({ services, tarball, env: metrics });
			const { url } = cluster.webhook;
			const session = await N8nSession.open(cluster.main.url);
			const credentials = await saveAllCredentials(session, sandbox);
			const submitting = (recordTask: boolean) =>
				publishWithWebhook(
					session,
					withBetween(
						oneNode(
							'hailuoGenerateVideo',
							{
								provider: '={{ $json.provider }}',
								prompt: '={{ $json.prompt }}',
								waitForCompletion: false,
								recordTask,
							},
							credentials,
						),
						splitOut('body.tasks'),
					),
					url,
				);
			const react = await session.publishWorkflow(reacting('hailuoTrigger', {}, credentials));
			const [submit, fire] = [await submitting(false), await submitting(true)];
			return new QueueLab(cluster, session, sandbox, submit, fire, react);
		} catch (failure) {
			await cluster?.stop();
			await sandbox.close();
			throw failure;
		}
	}

	async close(): Promise<void> {
		await this.cluster.stop();
		await this.sandbox.close();
	}

	/** Calls a workflow once for each task, by a few callers. */
	async callOften({ post }: Webhook, tasks: readonly Task[]): Promise<void> {
		const left = [...tasks];
		const caller = async () => {
			for (let task = left.shift(); task; task = left.shift()) await post({ tasks: [task] });
		};
		await Promise.all(Array.from({ length: callersAtOnce }, caller));
	}

	/** Executions that submit and end. Runware: no limit of creates is documented for it. */
	async submitOften(count: number): Promise<void> {
		const task = { provider: 'runware', prompt: 'A paper boat' };
		await this.callOften(this.submit, Array<Task>(count).fill(task));
		this.submitted += count;
		await this.untilEnded(this.submit.workflowId, this.submitted);
	}

	/** How many executions of a workflow there are in these states. */
	async count(workflowId: string, ...states: string[]): Promise<number> {
		const [{ count }] = await this.cluster.storage.rows<{ count: string }>(
			'SELECT count(*) FROM execution_entity WHERE "workflowId" = $1 AND status = ANY($2)',
			[workflowId, states],
		);
		return Number(count);
	}

	/** Waits until a workflow has so many executions that ended well. */
	async untilEnded(workflowId: string, count: number): Promise<void> {
		for (const deadline = Date.now() + 20 * 60_000; Date.now() < deadline; await sleep(200)) {
			if ((await this.count(workflowId, 'error', 'crashed')) > 0) {
				throw new Error(`Executions of workflow ${workflowId} failed.`);
			}
			if ((await this.count(workflowId, 'success')) >= count) return;
		}
		throw new Error(`Not all ${count} executions of workflow ${workflowId} ended.`);
	}

	/**
	 * Seconds from the end of each task at this sandbox to the start of the execution that it fired, as soon as
	 * this workflow has fired for so many.
	 */
	async lagsOf(sandbox: Sandbox, workflowId: string, count: number): Promise<number[]> {
		const endOf = new Map(sandbox.tasks().map(({ id, endsAt }) => [id, endsAt]));
		let lags: number[] = [];
		for (const deadline = Date.now() + 15 * 60_000; lags.length < count; await sleep(5000)) {
			if (Date.now() > deadline) throw new Error(`Only ${lags.length} of ${count} tasks fired.`);
			lags = (await executionsOf(this.cluster.storage, workflowId)).flatMap((execution) =>
				firedBy(execution).map(
					({ taskId }) =>
						(execution.startedAt.getTime() - (endOf.get(String(taskId)) ?? NaN)) / 1000,
				),
			);
		}
		return lags;
	}

	/** Bytes of the whole database of n8n. */
	async databaseBytes(): Promise<number> {
		const [{ bytes }] = await this.cluster.storage.rows<{ bytes: string }>(
			'SELECT pg_database_size(current_database()) AS bytes',
		);
		return Number(bytes);
	}

	/** Calls of n8n's API of data tables so far, as the main process counts them. */
	async tableCalls(): Promise<number> {
		const text = await (await fetch(`${this.cluster.main.url}/metrics`)).text();
		return text
			.split('\n')
			.filter((line) => /_request_duration_seconds_count\{.*data-tables/.test(line))
			.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
	}
}

const metrics = {
	N8N_METRICS: 'true',
	N8N_METRICS_INCLUDE_API_ENDPOINTS: 'true',
	N8N_METRICS_INCLUDE_API_PATH_LABEL: 'true',
};
