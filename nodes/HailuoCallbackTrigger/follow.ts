import type { IWebhookFunctions } from 'n8n-workflow';
import type { CallbackTask } from '../../video/callback';
import { asError, StoppedError } from '../../video/failure';
import type { Connection } from '../../video/host';
import type { Provider } from '../../video/provider';
import { formatReference } from '../../video/reference';
import type { TaskReference } from '../../video/reference';
import type { VideoTask } from '../../video/task';
import { isFinal, isGivenUp, withoutAbsent } from '../../video/task';
import { eventOf } from '../../video/trigger/events';
import type { AskableRow } from '../HailuoTrigger/tableRows';
import { askableRow, foundRow, statusOf } from '../HailuoTrigger/tableRows';
import { isClaimed } from '../shared/taskTable/claims';
import { HeldFailures, mayGoOn, rowsAfter } from '../shared/taskTable/hands';
import { cellsOfEnd } from '../shared/taskTable/orderCells';
import type { FiredRow } from '../shared/taskTable/claims';
import type { TaskRow } from '../shared/taskTable/rows';
import type { TaskTable } from '../shared/taskTable/taskTable';
import { is, rowOf } from '../shared/taskTable/taskTable';
import type { CallbackForm } from './callbackForm';
import { inTable } from './callbackTable';
import type { CallbackMemory } from './callbackMemory';
import type { Handover } from './handover';
import { Questions } from './questions';

/** What becomes of a callback. */
export type Outcome =
	| { readonly is: 'fires'; readonly handover: Handover }
	/** Nothing is left to do: it has fired, or is not wanted. */
	| { readonly is: 'done' }
	/** The vendor itself does not know the task. */
	| { readonly is: 'unknown' }
	/** Nobody was asked: too many strangers call. */
	| { readonly is: 'busy' }
	/** It is not known yet how the task has ended. */
	| { readonly is: 'later' };

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
	readonly memory: CallbackMemory<Outcome>;
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
		if (names.some((one) => memory.isHandled(one, connection.host.elapsed())))
			return { is: 'done' };
		if (memory.isUnknown(name, connection.host.elapsed())) return { is: 'unknown' };
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
		const reference = references.find((one) => this.questions.isOwn({ reference: one, facts: {} }));
		const question = { reference: reference ?? references[0], facts: {} };
		if (!this.questions.isAllowed(question, false)) return;
		const result = await this.questions.ask(question, { until: 'answered', patience: askFor });
		if (result.end === 'final') finish(result.task);
	}

	private async endOf(
		references: readonly TaskReference[],
		ended: Promise<VideoTask>,
	): Promise<Outcome> {
		const { memory, connection } = this.tools;
		const row = await this.rowOf(references);
		if (row && isClaimed(row.row.firedBy) && !this.isTest) {
			memory.handle(formatReference(row.reference), connection.host.elapsed());
			return { is: 'done' };
		}
		const likeliest = references.filter((reference) =>
			this.questions.isOwn({ reference, facts: {} }),
		);
		const candidates = row ? [row.reference] : likeliest.length > 0 ? likeliest : references;
		for (const reference of candidates) {
			const question = { reference, facts: row?.facts ?? {} };
			const isOurs = row !== undefined || likeliest.length > 0;
			if (!this.questions.isAllowed(question, isOurs)) return { is: 'busy' };
			const result = await Promise.race([
				this.questions.ask(question, { until: 'final', patience: followFor }),
				ended.then((task) => ({ end: 'final', task }) as const),
			]);
			if (result.end === 'final') return await this.ended(result.task, row?.row);
			if (result.end !== 'error') return { is: 'later' };
			if (result.error.category !== 'notFound') throw result.error;
		}
		memory.dismiss(formatReference(references[0]), connection.host.elapsed());
		return { is: 'unknown' };
	}

	private async ended(task: VideoTask, known: TaskRow | undefined): Promise<Outcome> {
		if (this.isTest || !isGivenUp(task.status)) return await this.settle(task, known);
		const references = [task.reference];
		const row = (await this.rowOf(references))?.row ?? (await this.rowAfter(references));
		return row ? await this.endOfOrder(row, task) : await this.settle(task, known);
	}

	/** Another vendor makes the video; or none could, and this is the end; or the run has died. */
	private async endOfOrder(order: TaskRow, task: VideoTask): Promise<Outcome> {
		const { memory, connection } = this.tools;
		const { host } = connection;
		const name = formatReference(task.reference);
		const held = new HeldFailures();
		let row: TaskRow | undefined = order;
		for (const end = host.elapsed() + followFor; host.elapsed() < end; ) {
			const isOther = row && row.taskRef !== null && row.taskRef !== name;
			if (!row || isOther) {
				memory.handle(name, host.elapsed());
				return { is: 'done' };
			}
			if (row.taskRef === name) {
				held.failed(row, host.elapsed());
				const isOver = isFinal(statusOf(row)) || !mayGoOn(row, task.status);
				if (isOver || !held.isYoung(row, host.elapsed())) return await this.settle(task, row);
			}
			await host.sleep(lookEvery);
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

	private async settle(task: VideoTask, row: TaskRow | undefined): Promise<Outcome> {
		const { form, memory, connection } = this.tools;
		const now = connection.host.elapsed();
		const name = formatReference(task.reference);
		if (memory.isClosed || memory.isHandled(name, now)) return { is: 'done' };
		memory.handle(name, now);
		const event = eventOf(task.status);
		if (event !== undefined && form.events.includes(event)) {
			return { is: 'fires', handover: this.handoverOf(name, task, row) };
		}
		if (row)
			await this.inTable(async (table) => await table.change([rowOf(name)], cellsOfEnd(task)));
		return { is: 'done' };
	}

	private handoverOf(name: string, task: VideoTask, row: TaskRow | undefined): Handover {
		const { table, simplify } = this.tools.form;
		const newRow: FiredRow = {
			...withoutAbsent({ model: task.model, label: table?.label || undefined }),
			...cellsOfEnd(task),
			taskRef: name,
			provider: task.reference.provider,
		};
		return {
			name,
			task: simplify ? { ...task, raw: undefined } : task,
			...(table && { row: newRow }),
			...(row && { recorded: foundRow(row, task).recorded }),
		};
	}

	/** The row of one of these; undefined without one, and without a table. */
	private async rowOf(references: readonly TaskReference[]): Promise<AskableRow | undefined> {
		if (!this.tools.form.table) return undefined;
		const rows = await this.inTable(
			async (table) =>
				await table.page(references.map(formatReference).map(rowOf), {
					anyOf: true,
					sortBy: 'id:asc',
					limit: 50,
				}),
		);
		// Several rows of one task may have been written at one moment: the one that has fired counts.
		const [first] = [...rows.filter(({ firedBy }) => isClaimed(firedBy)), ...rows];
		return first && askableRow(first);
	}

	/** The row of an order that has gone on after one of these was given up. */
	private async rowAfter(references: readonly TaskReference[]): Promise<TaskRow | undefined> {
		if (!this.tools.form.table) return undefined;
		const names = references.map(formatReference);
		const [row] = await this.inTable(async (table) => await rowsAfter(table, names));
		return row;
	}

	private async inTable<T>(work: (table: TaskTable) => Promise<T>): Promise<T> {
		const { context, connection, form } = this.tools;
		return await inTable(context, connection.host, form.table?.name ?? '', work);
	}

	private fault(cause: unknown): Outcome {
		if (!(cause instanceof StoppedError)) this.tools.warn(asError(cause).message);
		return { is: 'later' };
	}
}

/** What fires, fires for the first call only. */
const afterAnother = (outcome: Outcome): Outcome =>
	outcome.is === 'fires' ? { is: 'done' } : outcome;
