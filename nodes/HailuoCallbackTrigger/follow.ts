import type { IWebhookFunctions } from 'n8n-workflow';
import type { CallbackTask } from '../../video/callback';
import { asError, StoppedError } from '../../video/failure';
import type { Connection } from '../../video/host';
import type { Provider } from '../../video/provider';
import { formatReference, type TaskReference } from '../../video/reference';
import { isFinal, isGivenUp, type VideoTask } from '../../video/task';
import { eventOf } from '../../video/trigger/events';
import { type AskableRow, askableRow, foundRow } from '../HailuoTrigger/tableRows';
import { isClaimed } from '../shared/taskTable/claims';
import { HeldFailures, mayGoOn, rowsAfter } from '../shared/taskTable/heldRows';
import { cellsOfEnd, statusOf } from '../shared/taskTable/orderCells';
import type { TaskRow } from '../shared/taskTable/rows';
import { is, rowOf, type TaskTable } from '../shared/taskTable/taskTable';
import type { CallbackForm } from './callbackForm';
import { inTable } from './callbackTable';
import type { CallbackMemory } from './callbackMemory';
import type { Handover, Outcome } from './outcome';
import { Questions } from './questions';

/** Milliseconds for which a task is followed up whose callback came too early. */
const followFor = 30 * 60_000;
/** Milliseconds for which another callback about such a task asks for it. */
const askFor = 20_000;
/** Milliseconds between two looks at an order that may go on at another vendor. */
const lookEvery = 60_000;
const followedAtMost = 1000;
/** Milliseconds for which such a callback waits for the end. */
const joinFor = 3000;

interface Tools {
	readonly context: IWebhookFunctions;
	readonly form: CallbackForm;
	readonly memory: CallbackMemory;
	readonly provider: Provider;
	readonly connection: Connection;
	/** Tells the person who looks after n8n. */
	readonly warn: (message: string) => void;
}

/** Finds out what has become of tasks that were called back for: believes the vendor's answer only. */
export class Follower {
	private readonly questions: Questions;

	constructor(private readonly tools: Tools) {
		this.questions = new Questions(tools.provider, tools.connection);
	}

	/** Each task is followed once in a process; whoever calls meanwhile gets the end of that. */
	async follow({ references }: CallbackTask): Promise<Outcome> {
		const { memory, connection } = this.tools;
		const names = references.map(formatReference);
		const [name] = names;
		if (names.some((one) => memory.isHandled(one, this.now()))) return { is: 'done' };
		if (memory.isUnknown(name, this.now())) return { is: 'unknown' };
		const known = memory.following.get(name);
		if (known) {
			await this.askAgain(references, (task) => known.finish(task));
			const late = connection.host.sleep(joinFor).then((): Outcome => ({ is: 'later' }));
			return afterAnother(await Promise.race([known.outcome, late]));
		}
		if (memory.following.size >= followedAtMost) return { is: 'busy' };
		let finish: (task: VideoTask) => void = () => undefined;
		const ended = new Promise<VideoTask>((resolve) => (finish = resolve));
		const outcome = this.endOf(references, ended).catch((cause: unknown) => this.fault(cause));
		memory.following.set(name, { outcome, finish });
		return await outcome.finally(() => memory.following.delete(name));
	}

	/** It is followed up already, but may have ended since the last look. */
	private async askAgain(
		references: readonly TaskReference[],
		finish: (task: VideoTask) => void,
	): Promise<void> {
		const reference = references.find((one) => this.questions.isOwn(one)) ?? references[0];
		if (!this.questions.isAllowed(reference, false)) return;
		const result = await this.questions.ask(
			{ reference, facts: {} },
			{ until: 'answered', patience: askFor },
		);
		if (result.end === 'final') finish(result.task);
	}

	private async endOf(
		references: readonly TaskReference[],
		ended: Promise<VideoTask>,
	): Promise<Outcome> {
		const { memory } = this.tools;
		const row = await this.rowOf(references);
		if (row && isClaimed(row.row.firedBy) && !this.isTest) {
			memory.handle(formatReference(row.reference), this.now());
			return { is: 'done' };
		}
		const likeliest = references.filter((reference) => this.questions.isOwn(reference));
		const candidates = row ? [row.reference] : likeliest.length > 0 ? likeliest : references;
		for (const reference of candidates) {
			const question = { reference, facts: row?.facts ?? {} };
			const isOurs = row !== undefined || likeliest.length > 0;
			if (!this.questions.isAllowed(reference, isOurs)) return { is: 'busy' };
			const result = await Promise.race([
				this.questions.ask(question, { until: 'final', patience: followFor }),
				ended.then((task) => ({ end: 'final', task }) as const),
			]);
			if (result.end === 'final') return await this.ended(result.task, row?.row);
			if (result.end !== 'error') return { is: 'later' };
			if (result.error.category !== 'notFound') throw result.error;
		}
		memory.dismiss(formatReference(references[0]), this.now());
		return { is: 'unknown' };
	}

	private async ended(task: VideoTask, before: TaskRow | undefined): Promise<Outcome> {
		if (this.isTest || !isGivenUp(task.status)) return await this.settle(task, before);
		const known = (await this.rowOf([task.reference]))?.row;
		const name = formatReference(task.reference);
		// Or the row of an order that has gone on after it was given up.
		const [row] = known
			? [known]
			: await this.inTable(async (table) => await rowsAfter(table, name));
		return row ? await this.endOfOrder(row, task) : await this.settle(task, before);
	}

	/** Another vendor makes the video; or none could, and this is the end; or the run has died. */
	private async endOfOrder(order: TaskRow, task: VideoTask): Promise<Outcome> {
		const { memory, connection } = this.tools;
		const name = formatReference(task.reference);
		const held = new HeldFailures();
		let row: TaskRow | undefined = order;
		for (const end = this.now() + followFor; this.now() < end; ) {
			const isOther = row && row.taskRef !== null && row.taskRef !== name;
			if (!row || isOther) {
				memory.handle(name, this.now());
				return { is: 'done' };
			}
			if (row.taskRef === name) {
				held.failed(row, this.now());
				const isOver = isFinal(statusOf(row)) || !mayGoOn(row, task.status);
				if (isOver || !held.isYoung(row, this.now())) return await this.settle(task, row);
			}
			await connection.host.sleep(lookEvery);
			[row] = await this.inTable(
				async (table) => await table.page([is('id', order.id)], { limit: 1 }),
			);
		}
		return { is: 'later' };
	}

	/** A test shows a task as it is, whatever has become of its order. */
	private get isTest(): boolean {
		return this.tools.context.getMode() === 'manual';
	}

	private now(): number {
		return this.tools.connection.host.elapsed();
	}

	private async settle(task: VideoTask, row: TaskRow | undefined): Promise<Outcome> {
		const { form, memory } = this.tools;
		const name = formatReference(task.reference);
		if (memory.isClosed || memory.isHandled(name, this.now())) return { is: 'done' };
		memory.handle(name, this.now());
		const event = eventOf(task.status);
		if (event !== undefined && form.events.includes(event)) {
			return { is: 'fires', handover: this.handoverOf(name, task, row) };
		}
		const change = cellsOfEnd(task);
		if (row) await this.inTable(async (table) => await table.change([rowOf(name)], change));
		return { is: 'done' };
	}

	private handoverOf(name: string, task: VideoTask, row: TaskRow | undefined): Handover {
		const { table, simplify } = this.tools.form;
		const { provider } = task.reference;
		const label = table?.label || undefined;
		return {
			name,
			task: simplify ? { ...task, raw: undefined } : task,
			...(table && { row: { ...cellsOfEnd(task), label, taskRef: name, provider } }),
			...(row && { recorded: foundRow(row, task).recorded }),
		};
	}

	/** The row of one of these; undefined without one, and without a table. */
	private async rowOf(references: readonly TaskReference[]): Promise<AskableRow | undefined> {
		const filters = references.map(formatReference).map(rowOf);
		const rows = await this.inTable(
			async (table) => await table.page(filters, { anyOf: true, sortBy: 'id:asc', limit: 50 }),
		);
		// Several rows of one task may have been written at one moment: the one that has fired counts.
		const [first] = [...rows.filter(({ firedBy }) => isClaimed(firedBy)), ...rows];
		return first && askableRow(first);
	}

	/** No rows without a table. */
	private async inTable(work: (table: TaskTable) => Promise<TaskRow[]>): Promise<TaskRow[]> {
		const { context, connection, form } = this.tools;
		return form.table ? await inTable(context, connection.host, form.table.name, work) : [];
	}

	private fault(cause: unknown): Outcome {
		if (!(cause instanceof StoppedError)) this.tools.warn(asError(cause).message);
		return { is: 'later' };
	}
}

/** What fires, fires for the first call only. */
const afterAnother = (outcome: Outcome): Outcome =>
	outcome.is === 'fires' ? { is: 'done' } : outcome;
