import { byHand, type Check, notedReadings, unknownTask } from './check';

/** What README's “What is not verified” names of ToAPIs. */
export const toapisChecks: readonly Check[] = [
	unknownTask('task', 'video', 'task_100000000000001'),
	byHand(
		'All prices',
		'none: ToAPIs publishes no prices on the pages of its API',
		'Note the balance before and after a video, and say in the issue what it has cost.',
	),
	notedReadings,
];
