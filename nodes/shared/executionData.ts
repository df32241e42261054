import type { IExecuteFunctions } from 'n8n-workflow';
import { round } from '../../video/cost';
import type { Cost, KnownTask } from '../../video/task';
import { formatReference } from '../../video/reference';
import { quoted } from '../../video/text';

/**
 * What an execution's custom data says of its videos, by which n8n's list of executions can be
 * filtered. n8n keeps 10 keys of an execution, the person's own included: so many each may take.
 */
const keys = {
	tasks: { name: 'hailuoTasks', most: 3 },
	videos: { name: 'hailuoVideos', most: 2 },
	cost: { name: 'hailuoCost', most: 1 },
} as const;
/** Characters that every n8n keeps of a value. */
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

/** Loops, and several nodes of a workflow, share it: what is there stays. Nothing in here fails a node. */
export class ExecutionData {
	private proxy?: ExecutionProxy;

	constructor(private readonly context: IExecuteFunctions) {}

	addTask(task: KnownTask) {
		quietly(() => this.add(keys.tasks, nameOf(task)));
	}

	/** The links of a task's videos; one that is longer than n8n keeps would not work, and is left out. */
	addVideos({ videos }: KnownTask) {
		for (const { url } of videos) quietly(() => this.add(keys.videos, url));
	}

	/** What tasks have cost, each once: a retry of the node comes by again. */
	addCosts(costs: ReadonlyArray<{ readonly task: KnownTask; readonly cost: Cost }>) {
		quietly(() => {
			const memory = this.context.getContext('node');
			const counted = (memory.hailuoCounted ??= {}) as Record<string, boolean>;
			const sums = { USD: 0, credits: 0, ...this.costs() };
			for (const { task, cost } of costs) {
				const name = formatReference(task.reference);
				if (counted[name]) continue;
				counted[name] = true;
				sums[cost.unit] = round(sums[cost.unit] + cost.amount);
			}
			const text = Object.entries(sums)
				.filter(([, amount]) => amount > 0)
				.map(([unit, amount]) => `${amount} ${unit}`)
				.join(', ');
			if (text !== '') this.data?.set(keys.cost.name, text);
		});
	}

	private get data() {
		this.proxy ??= this.context.getWorkflowDataProxy(0) as unknown as ExecutionProxy;
		return this.proxy.$execution?.customData;
	}

	/** What other nodes, or earlier runs of this one, have written. */
	private costs(): Partial<Record<Cost['unit'], number>> {
		const parts = (this.data?.get(keys.cost.name) ?? '').split(', ');
		return Object.fromEntries(
			parts.flatMap((part) => {
				const [amount, unit] = part.split(' ');
				return Number(amount) > 0 && unit ? [[unit, Number(amount)]] : [];
			}),
		);
	}

	private add({ name, most }: { name: string; most: number }, text: string) {
		const { data } = this;
		if (!data) return;
		for (let number = 1; number <= most; number++) {
			const key = number === 1 ? name : `${name}${number}`;
			const before = data.get(key);
			if (before?.split(', ').includes(text)) return;
			const after = before ? `${before}, ${text}` : text;
			if (after.length > mostCharacters) continue;
			data.set(key, after);
			return;
		}
	}
}

/** A reference as logs and custom data show it. */
export const nameOf = ({ reference }: KnownTask) => quoted(formatReference(reference), 200);

/** A trace is worth no error. */
export function quietly(work: () => void) {
	try {
		work();
	} catch {
		// The task is in the item, the error and the task table as well.
	}
}
