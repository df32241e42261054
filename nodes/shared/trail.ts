import type { IExecuteFunctions } from 'n8n-workflow';
import type { KnownTask } from '../../video/task';
import { isFinal } from '../../video/task';
import { formatReference } from '../../video/reference';
import { quoted } from '../../video/text';
import type { ItemResult } from './run';

/** The key under which an execution's custom data names the tasks that were made in it. */
const dataKey = 'hailuoTasks';
/** n8n keeps 10 keys of an execution, the person's own included, and 255 characters of each. */
const mostKeys = 3;
const mostCharacters = 255;

/** As much of n8n's proxy as is used here; n8n before 1.0 has less. */
interface ExecutionProxy {
	readonly $execution?: {
		readonly customData?: {
			get(key: string): string | undefined;
			set(key: string, value: string): void;
		};
	};
}

/**
 * Leaves the references of accepted tasks where a person finds them although n8n keeps nothing that
 * a stopped execution gave out: in n8n's log and in the execution's custom data. Nothing in here
 * ever fails a node, or waits.
 */
export class TaskTrail {
	private readonly accepted: KnownTask[] = [];

	constructor(private readonly context: IExecuteFunctions) {}

	/** To be called as soon as a vendor has accepted a task. */
	accept(item: number, task: KnownTask) {
		this.accepted.push(task);
		const name = nameOf(task);
		quietly(() =>
			this.context.logger.info(`Hailuo task accepted: ${name} (${this.whereabouts()})`),
		);
		quietly(() => this.keepInExecution(item, name));
	}

	/** To be called at the end of a run: names all tasks that go on, where it was stopped. */
	end(results: readonly ItemResult[]) {
		const isStopped = results.some(
			(result) => 'failure' in result && result.failure.code === 'stopped',
		);
		if (!isStopped) return;
		const ended = new Set(
			results.flatMap((result) =>
				'task' in result && result.task?.status && isFinal(result.task.status)
					? [nameOf(result.task)]
					: [],
			),
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

	/** Loops, and several nodes of a workflow, share the execution's data. */
	private keepInExecution(item: number, name: string) {
		const proxy = this.context.getWorkflowDataProxy(item) as unknown as ExecutionProxy;
		const data = proxy.$execution?.customData;
		if (!data) return;
		for (let number = 1; number <= mostKeys; number++) {
			const key = number === 1 ? dataKey : `${dataKey}${number}`;
			const before = data.get(key);
			const text = before ? `${before}, ${name}` : name;
			if (before?.split(', ').includes(name)) return;
			if (text.length > mostCharacters) continue;
			data.set(key, text);
			return;
		}
	}

	private whereabouts(): string {
		const { name } = this.context.getWorkflow();
		const node = this.context.getNode().name;
		return `execution ${this.context.getExecutionId()}, workflow “${quoted(name ?? '')}”, node “${quoted(node)}”`;
	}
}

const nameOf = ({ reference }: KnownTask) => quoted(formatReference(reference), 200);

/** A trace is worth no error. */
function quietly(work: () => void) {
	try {
		work();
	} catch {
		// The task is in the item, the error and the task table as well.
	}
}
