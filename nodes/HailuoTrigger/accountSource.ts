import { findProvider, providers } from '../../providers';
import { InputError, VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import { list } from '../../video/list';
import type { Provider } from '../../video/provider';
import { formatReference } from '../../video/reference';
import { repeat } from '../../video/retry';
import type { VideoTask } from '../../video/task';
import { isFinal } from '../../video/task';
import type { Found } from '../../video/trigger/events';
import type { AccountCursor, ListedTask } from '../../video/trigger/accountCursor';
import {
	longestRun,
	advanceCursor,
	startAccount,
	stepAccount,
} from '../../video/trigger/accountCursor';
import { isWanted } from '../../video/trigger/events';
import { finished } from '../../video/ask';
import { text } from './triggerForm';
import type { Round, Source, SourceTools } from './source';

export const listing = providers.filter(({ list: read }) => read !== undefined);

/** Milliseconds between two looks at the list while there are unfinished tasks. */
const lookEvery = 8000;
/** The clocks of a list's pages may differ by so much. */
const slack = 60_000;
/** Milliseconds that passing faults of the vendor are waited out at an activation. */
const patience = 20_000;
/** Pages read in one look at the most. */
const maxPages = 2000;
const samplePages = 5;

type FoundTask = Found<ListedTask>;

/** Fires for the tasks of a vendor's own list, whoever made them. */
export function accountSource(tools: SourceTools): Source<AccountCursor, ListedTask> {
	const { context, form, faults, jobs, vendors } = tools;
	const { wishes } = form;
	const { host } = vendors.connections;
	const provider = readProvider(text(context.getNodeParameter('provider', 'minimax')));
	const credential = context.getNode().credentials?.[provider.credential];
	const account = `${provider.id} ${credential?.id ?? credential?.name ?? ''}`;
	let lastLook: number | undefined;
	let running: FoundTask[] = [];

	const read = async (isEnough: (tasks: readonly FoundTask[]) => boolean, pages = maxPages) => {
		const connection = await vendors.connections.connection(provider, 0);
		return await readList(connection, provider, isEnough, pages);
	};

	/** The whole window first; then only what is as young as the oldest task that runs. */
	const look = async (round: Round<AccountCursor, ListedTask>) => {
		const whole = lastLook === undefined;
		lastLook = host.elapsed();
		const { from } = round.state();
		const oldest = Math.min(...running.map(({ created }) => created ?? from)) - slack;
		const listed = await read(isBefore(whole ? from : Math.max(from, oldest)));
		faults.good(provider.id);
		running = listed.filter(({ status }) => !isFinal(status));
		round.found(listed.filter(({ status }) => isFinal(status)));
		if (whole) round.keep(advanceCursor(round.state(), listed));
	};

	return {
		howToMakeOne: `Make a video with this ${provider.name} account, wait until it is finished, then fetch a test event again.`,
		step: (state, found) => stepAccount(state, found, wishes),

		async start(saved) {
			const connection = await vendors.connections.connection(provider, 0);
			const until = host.elapsed() + patience;
			if (saved?.account === account) {
				await repeat(connection, until, async () => await read(() => true, 1));
				return saved;
			}
			const isEnough = (tasks: readonly FoundTask[]) => {
				const [newest] = tasks;
				return isBefore((newest?.created ?? Infinity) - longestRun)(tasks);
			};
			return startAccount(
				account,
				await repeat(connection, until, async () => await read(isEnough)),
			);
		},

		tick(round) {
			const due = lastLook === undefined || host.elapsed() - lastLook >= lookEvery;
			if (due) jobs.start(provider.id, async () => await look(round));
			return running.length > 0;
		},

		async newest() {
			const tasks = await read((found) => found.some((one) => isWanted(wishes, one)), samplePages);
			return tasks.find((one) => isWanted(wishes, one));
		},
	};
}

function readProvider(id: string): Provider {
	const provider = findProvider(id);
	if (provider?.list) return provider;
	throw new InputError(
		provider
			? `${provider.name} has no list of tasks that a trigger could watch`
			: `Provider is “${id}”`,
		`Set Provider to ${list(listing.map(({ name }) => name))}, or set Source to Task Table, which works with every vendor.`,
	);
}

/** Whether a page ends before a moment; lists give the newest tasks first. */
const isBefore = (moment: number) => (tasks: readonly FoundTask[]) => {
	const last = tasks[tasks.length - 1];
	return last?.created !== undefined && last.created < moment;
};

async function readList(
	connection: Connection,
	provider: Provider,
	isEnough: (page: readonly FoundTask[]) => boolean,
	most: number,
): Promise<FoundTask[]> {
	const found = new Map<string, FoundTask>();
	let page: string | undefined;
	for (let pages = 0; pages < most; pages++) {
		const answer = await (provider.list as NonNullable<Provider['list']>)(connection, {}, page);
		const listed = answer.tasks.map(asFound(provider));
		// Pages shift while they are read: the later look at a task counts.
		for (const one of listed) found.set(one.name, one);
		page = answer.next;
		if (page === undefined || isEnough(listed)) break;
	}
	return [...found.values()];
}

const asFound =
	(provider: Provider) =>
	(listed: VideoTask): FoundTask => {
		const created = listed.createdAt === undefined ? NaN : Date.parse(listed.createdAt);
		const isLate = finished(listed, provider) instanceof VendorError;
		const task: VideoTask = isLate ? { ...listed, status: 'processing' } : listed;
		return {
			name: formatReference(task.reference),
			status: task.status,
			model: task.model,
			...(!Number.isNaN(created) && { created }),
			task,
		};
	};
