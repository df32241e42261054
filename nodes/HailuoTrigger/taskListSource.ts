import type { INode } from 'n8n-workflow';
import { InputError, VendorError } from '../../video/failure';
import { formatReference, parseReference, type TaskReference } from '../../video/reference';
import type { VideoTask } from '../../video/task';
import { type Found, isWanted, type Sighting } from '../../video/trigger/events';
import {
	isHandledInList,
	isLostInList,
	type ListCursor,
	startList,
	stepList,
} from '../../video/trigger/listCursor';
import type { WatchedTask } from '../../video/watchlist';
import type { Source, SourceTools } from './source';
import { isBadKey, isKnown, lost } from './vendors';

/** More would outgrow what n8n keeps for a trigger. */
const maxTasks = 10_000;
/** References that a sample is looked for among, the last ones. */
const sampleSize = 200;

/** Fires for the tasks of a list of references. */
export function taskListSource(tools: SourceTools): Source<ListCursor, Sighting> {
	const { form, faults, vendors } = tools;
	const { wishes } = form;
	const { references, broken } = readTasks(form.tasks);
	const tasks = references.map(asAskable);
	const names = tasks.map(({ name }) => name);

	return {
		howToMakeOne:
			'Enter the reference of a finished task in Tasks, or wait until one of them is finished, then fetch a test event again.',
		step: (state, found) => stepList(state, found, wishes, names),

		async start(saved) {
			if (broken) throw broken;
			// An expression may give the first reference later.
			if (tasks.length === 0 && isTyped(form.node)) throw empty();
			if (saved) return saved;
			const answers = await vendors.askNow(tasks);
			const refused = answers.find(isBadKey);
			if (refused) throw refused;
			return startList(answers.flatMap(asFound));
		},

		tick(round) {
			if (broken) faults.note('tasks', broken);
			const cursor = round.cursor();
			const open = tasks.filter(({ name }) => !isHandledInList(cursor, name));
			const gone = tasks.filter(({ name }) => isLostInList(cursor, name)).map(lost);
			vendors.keep([...open, ...gone]);
			vendors.look([...open, ...gone], round.until, (_, task) => round.report(asFound(task)));
			return open.length > 0;
		},

		async newest() {
			if (broken) throw broken;
			const answers = await vendors.askNow(tasks.slice(-sampleSize));
			const found = answers.flatMap(asFound).filter((one) => isWanted(wishes, one));
			const time = ({ task }: Found) => Date.parse(task.completedAt ?? task.createdAt ?? '') || 0;
			return found.reduceRight<Found | undefined>(
				(best, one) => (best && time(best) >= time(one) ? best : one),
				undefined,
			);
		},
	};
}

function readTasks(value: unknown): { references: TaskReference[]; broken?: InputError } {
	const values: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[\s,;]+/);
	const texts = [...new Set(values.map(textOf).filter((one) => one !== ''))];
	if (texts.length > maxTasks) {
		throw new InputError(
			`Tasks has ${texts.length} references`,
			`Enter at most ${maxTasks}, or set Source to Task Table, which has no limit.`,
		);
	}
	const references = new Map<string, TaskReference>();
	const broken: string[] = [];
	for (const one of texts) {
		const reference = parseReference(one);
		if (reference && isKnown(reference)) references.set(formatReference(reference), reference);
		else broken.push(one);
	}
	return {
		references: [...references.values()],
		...(broken.length > 0 && { broken: complaint(broken) }),
	};
}

/** A reference, or an item of a Hailuo node. */
function textOf(value: unknown): string {
	const isItem = typeof value === 'object' && value !== null && 'taskRef' in value;
	return String((isItem ? value.taskRef : value) ?? '').trim();
}

const isTyped = ({ parameters }: INode) => !String(parameters.tasks ?? '').startsWith('=');

const empty = () =>
	new InputError('Tasks is empty', 'Enter task references such as minimax:v1:106916112212032.');

function complaint(broken: readonly string[]): InputError {
	const [first] = broken;
	const more = broken.length > 1 ? ` and ${broken.length - 1} more are not` : ' is not a';
	return new InputError(
		`Tasks: “${first.slice(0, 100)}”${more} task reference${broken.length > 1 ? 's' : ''}`,
		'Use provider:kind:ID, e.g. minimax:v1:106916112212032, one a line or with commas between.',
	);
}

function asAskable(reference: TaskReference): WatchedTask {
	return { name: formatReference(reference), reference, facts: {} };
}

function asFound(answer: VideoTask | VendorError): Array<Found> {
	if (answer instanceof VendorError) return [];
	const { reference, status, model } = answer;
	return [{ name: formatReference(reference), status, model, task: answer }];
}
