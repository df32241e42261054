import { type Category, VendorError } from '../../video/failure';
import { costText } from '../../video/cost';
import { Unchecked, type VerifiedAccount } from './account';

/** One reading of a vendor's pages that nobody has seen confirmed at the vendor itself. */
export interface Check {
	readonly reading: string;
	/** What the package takes for granted. */
	readonly expected: string;
	/** The models of the videos that it may have to make; absent where it costs nothing. */
	readonly orders?: readonly string[];
	/** Absent where no request can tell; then `unchecked` says how a person can. Throws Unchecked. */
	readonly look?: (account: VerifiedAccount) => Promise<Finding>;
	readonly unchecked?: string;
}

export interface Finding {
	readonly confirmed: boolean;
	readonly seen: string;
}

/** These say nothing about the question. */
const unanswered: readonly Category[] = ['credential', 'rateLimit'];

/** A made-up ID has to be read as a task that the vendor itself does not know. */
export const unknownTask = (name: string, kind: string, id: string): Check => ({
	reading: `What it answers for an unknown ${name}`,
	expected: 'an answer that is read as: the vendor does not know the task',
	look: async (account) => {
		const [answer] = await account.ask([{ kind, id }]);
		const isError = answer instanceof VendorError;
		if (isError && (!account.lastAnswer || unanswered.includes(answer.category))) {
			throw new Unchecked(answer.message);
		}
		const confirmed = isError && answer.category === 'notFound' && answer.fromVendor;
		const readAs = isError ? answer.message : `a task that is ${answer.status}`;
		return { confirmed, seen: `${account.lastAnswer}, read as: ${readAs}` };
	},
});

/** The vendor says itself what a video has cost. */
export const statedPrice = (model: string): Check => ({
	reading: `The price of ${model}`,
	expected: 'the price in docs/models.md',
	orders: [model],
	look: async (account) => {
		const { estimate, task } = await account.video(model);
		if (!task.cost) throw new Unchecked('The vendor did not say what the video has cost.');
		const { amount, unit } = task.cost;
		const confirmed = unit === estimate.unit && Math.abs(amount - estimate.amount) < 0.005;
		return { confirmed, seen: `${costText(task.cost)} where ${costText(estimate)} was expected` };
	},
});

/** What nobody can ask for in a minute or two. */
export const byHand = (reading: string, expected: string, unchecked: string): Check => ({
	reading,
	expected,
	unchecked,
});

/** The contradictions between pages, each of which would need a video of its own. */
export const notedReadings = byHand(
	'Where pages contradict each other',
	'the reading in the column Note of docs/models.md',
	'Each row would cost a video: make the one that you need, and say in the issue which it was.',
);
