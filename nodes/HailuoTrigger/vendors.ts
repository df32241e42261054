import type { INodeCredentials } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { askAll } from '../../video/ask';
import { VendorError } from '../../video/failure';
import type { Provider, StatusAnswer } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import type { TaskFacts, VideoTask } from '../../video/task';
import { isFinal } from '../../video/task';
import type { Looks, PendingTask } from '../../video/trigger/looks';
import { chunks } from '../../video/wait';
import type { Accounts } from '../shared/accounts';
import type { Faults } from './faults';
import type { Work } from './work';

export interface AskableTask extends PendingTask {
	readonly facts: TaskFacts;
}

/** Requests that one vendor gets at the same time. */
const concurrency = 20;
/** Tasks that are asked for before what is finished among them is handed on. */
const chunkSize = 500;
/** Milliseconds that a question with nobody to repeat it waits out a vendor's passing faults. */
const patience = 5000;

/** Asks the vendors for unfinished tasks: those that are due, each vendor on its own. */
export class Vendors {
	constructor(
		readonly accounts: Accounts,
		private readonly looks: Looks,
		private readonly faults: Faults,
		private readonly work: Work,
	) {}

	/** Starts asking every vendor that is not being asked already. */
	look<Task extends AskableTask>(
		tasks: readonly Task[],
		until: number,
		finished: (task: Task, answer: VideoTask) => void,
	) {
		for (const [provider, own] of byProvider(tasks)) {
			if (this.work.isBusy(provider.id)) continue;
			const due = this.looks.due(provider, own, this.now());
			if (due.length === 0) continue;
			this.work.start(provider.id, async () => {
				for (const some of chunks(due, chunkSize)) {
					if (this.now() >= until) return;
					const answers = await this.askOrPutOff(provider, some);
					some.forEach((task, index) => {
						const final = this.judge(provider, task, answers[index]);
						if (final) finished(task, final);
					});
				}
			});
		}
	}

	/** Throws VendorError when a vendor does not accept its key. */
	async checkKeys(credentials: INodeCredentials = {}) {
		const chosen = providers.filter(({ credential }) => credentials[credential]);
		const check = async (provider: Provider) => {
			const id = this.accounts.host.uuid();
			const reference = { provider: provider.id, kind: provider.kinds[0].kind, id };
			const [answer] = await this.ask(provider, [{ name: id, reference, facts: {} }], 0);
			if (isBadKey(answer)) throw answer;
		};
		await Promise.all(chosen.map(check));
	}

	/** Asks for all of these at once, whether they are due or not. Answers in order. */
	async askNow(tasks: readonly AskableTask[]): Promise<StatusAnswer[]> {
		const found = new Map<AskableTask, StatusAnswer>();
		const ask = async (provider: Provider, own: readonly AskableTask[]) => {
			const answers = await this.ask(provider, own, patience);
			own.forEach((task, index) => found.set(task, answers[index]));
		};
		await Promise.all(
			[...byProvider(tasks)].map(async ([provider, own]) => await ask(provider, own)),
		);
		return tasks.map((task) => found.get(task) as StatusAnswer);
	}

	private async askOrPutOff(provider: Provider, tasks: readonly AskableTask[]) {
		try {
			return await this.ask(provider, tasks, 0);
		} catch (cause) {
			throw this.putOff(tasks, cause);
		}
	}

	private putOff(tasks: readonly AskableTask[], cause: unknown): unknown {
		for (const task of tasks) this.looks.failed(task, undefined, this.now());
		return cause;
	}

	private async ask(provider: Provider, tasks: readonly AskableTask[], wait: number) {
		const connection = await this.accounts.connection(provider, 0);
		return await askAll(connection, provider, tasks, { concurrency, patience: wait });
	}

	/** The task when it is final; keeps the schedule and the faults. */
	private judge(
		provider: Provider,
		task: AskableTask,
		answer: StatusAnswer,
	): VideoTask | undefined {
		const now = this.now();
		if (!(answer instanceof VendorError)) {
			this.faults.good(provider.id);
			if (isFinal(answer.status)) return answer;
			this.looks.answered(task, now);
			return undefined;
		}
		if (answer.category === 'notFound' || answer.category === 'input') {
			this.faults.good(provider.id);
			return this.looks.unknown(task, now) ? expired(task, answer) : undefined;
		}
		this.faults.note(provider.id, answer);
		this.looks.failed(task, answer.retryAfterMs, now);
		return undefined;
	}

	private now(): number {
		return this.accounts.host.now();
	}
}

/** Whether a reference belongs to a vendor and a kind that we know. */
export function isKnown({ provider, kind }: TaskReference): boolean {
	return findProvider(provider)?.kinds.some((one) => one.kind === kind) ?? false;
}

export function isBadKey(answer: StatusAnswer): answer is VendorError {
	return answer instanceof VendorError && answer.category === 'credential';
}

function byProvider<Task extends AskableTask>(tasks: readonly Task[]): Map<Provider, Task[]> {
	const groups = new Map<Provider, Task[]>();
	for (const task of tasks) {
		const provider = findProvider(task.reference.provider) as Provider;
		const group = groups.get(provider);
		if (group) group.push(task);
		else groups.set(provider, [task]);
	}
	return groups;
}

function expired({ reference, facts }: AskableTask, answer: VendorError): VideoTask {
	const failure = { ...answer.toFailure(), retryable: true };
	return { ...facts, reference, status: 'expired', videos: [], failure };
}
