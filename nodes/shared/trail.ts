import type { IExecuteFunctions } from 'n8n-workflow';
import { isFinal, type KnownTask } from '../../video/task';
import { quoted } from '../../video/text';
import type { ItemCost } from './costNotes';
import { ExecutionData, nameOf, quietly } from './executionData';
import { type ItemResult, taskOf } from './itemResult';

/**
 * Leaves the references of accepted tasks where a person finds them although n8n keeps nothing that
 * a stopped execution gave out: in n8n's log and in the execution's custom data, which also gets
 * their cost and links. Nothing in here ever fails a node, or waits.
 */
export class TaskTrail {
	private readonly accepted: KnownTask[] = [];

	private readonly data: ExecutionData;

	constructor(private readonly context: IExecuteFunctions) {
		this.data = new ExecutionData(context);
	}

	/** To be called as soon as a vendor has accepted a task. */
	accept(task: KnownTask) {
		this.accepted.push(task);
		const name = nameOf(task);
		quietly(() =>
			this.context.logger.info(`Hailuo task accepted: ${name} (${this.whereabouts()})`),
		);
		this.data.addTask(task);
	}

	/**
	 * To be called at the end of a run: what it has cost and where its videos are; and names all
	 * tasks that go on, where it was stopped.
	 */
	end(results: readonly ItemResult[], costs: readonly ItemCost[]) {
		const tasks = results.map(taskOf);
		for (const task of tasks) if (task) this.data.addVideos(task);
		this.data.addCosts(
			costs.flatMap(({ item, cost }) => {
				const task = tasks[item];
				return task ? [{ task, cost }] : [];
			}),
		);
		const isStopped = results.some(
			(result) => 'failure' in result && result.failure.code === 'stopped',
		);
		if (!isStopped) return;
		const ended = new Set(
			tasks.flatMap((task) => (task?.status && isFinal(task.status) ? [nameOf(task)] : [])),
		);
		const goingOn = this.accepted.map(nameOf).filter((name) => !ended.has(name));
		if (goingOn.length === 0 || this.hasWarned()) return;
		quietly(() =>
			this.context.logger.warn(
				`The execution was stopped; these Hailuo tasks go on at the vendor: ${goingOn.join(', ')} (${this.whereabouts()})`,
			),
		);
	}

	/** Retry On Fail runs a stopped node again, which is stopped at once. */
	private hasWarned(): boolean {
		const memory = this.context.getContext('node');
		const execution = this.context.getExecutionId();
		if (memory.hailuoStopped === execution) return true;
		memory.hailuoStopped = execution;
		return false;
	}

	private whereabouts(): string {
		const { name } = this.context.getWorkflow();
		const node = this.context.getNode().name;
		return `execution ${this.context.getExecutionId()}, workflow “${quoted(name ?? '')}”, node “${quoted(node)}”`;
	}
}
